#include "sluice/net/spawn.hpp"

#include <atomic>
#include <cstdint>
#include <cstdio>

namespace sluice::net {
namespace {
std::atomic<std::uint64_t> escaped{0};
}

void report_escaped(const char* what, std::exception_ptr failure) noexcept {
  escaped.fetch_add(1, std::memory_order_relaxed);
  try {
    std::rethrow_exception(std::move(failure));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "sluice: internal error in %s: %s\n", what, e.what());
  } catch (...) {
    std::fprintf(stderr, "sluice: internal error in %s\n", what);
  }
}

std::uint64_t escaped_exceptions() noexcept { return escaped.load(std::memory_order_relaxed); }

}  // namespace sluice::net
