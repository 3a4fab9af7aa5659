#include "sluice/net/frames.hpp"

#include <array>
#include <cstdint>
#include <new>
#include <utility>

namespace sluice::net {
namespace {

constexpr std::size_t step = 128;      // sizes are rounded up to this
constexpr std::size_t sizes = 32;      // larger frames than sizes * step are not kept
#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t kept = 0;      // so that the use of a frame that is gone is seen
#else
constexpr std::uint32_t kept = 16;     // of each size, by each thread
#endif

struct Free {
  Free* next;
};

// No destructor, so that reaching it needs no guard; Closing has it instead.
struct Store {
  std::array<Free*, sizes> first;
  std::array<std::uint32_t, sizes> count;
  bool closes, closed;
};
constinit thread_local Store store{};

struct Closing {
  ~Closing() {
    store.closed = true;
    for (Free*& first : store.first) {
      while (first != nullptr) ::operator delete(std::exchange(first, first->next));
    }
  }
};

void close_with_thread() {
  thread_local const Closing closing;
  store.closes = true;
  static_cast<void>(closing);
}

}  // namespace

void* take_frame(std::size_t size) {
  const std::size_t which = (size - 1) / step;
  if (which >= sizes) return ::operator new(size);
  Free* const first = store.first[which];
  if (first == nullptr) return ::operator new((which + 1) * step);
  store.first[which] = first->next;
  --store.count[which];
  return first;
}

void give_frame(void* frame, std::size_t size) noexcept {
  const std::size_t which = (size - 1) / step;
  if (which >= sizes || store.count[which] == kept || store.closed) return ::operator delete(frame);
  if (!store.closes) close_with_thread();
  store.first[which] = new (frame) Free{store.first[which]};
  ++store.count[which];
}

}  // namespace sluice::net
