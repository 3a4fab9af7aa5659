#include "sluice/net/frames.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace sluice::net {
namespace {

struct Taken {
  unsigned char* bytes;
  std::size_t size;
  unsigned char mark;
};

std::vector<Taken> take_many() {
  std::vector<Taken> taken;
  for (std::size_t size = 8; size < 6000; size += 37) {
    auto* bytes = static_cast<unsigned char*>(take_frame(size));
    const auto mark = static_cast<unsigned char>(taken.size());
    std::memset(bytes, mark, size);
    taken.push_back({bytes, size, mark});
  }
  return taken;
}

void give_all(const std::vector<Taken>& taken) {
  for (const Taken& frame : taken) {
    EXPECT_EQ(frame.bytes[0], frame.mark);
    EXPECT_EQ(frame.bytes[frame.size - 1], frame.mark);
    give_frame(frame.bytes, frame.size);
  }
}

TEST(Frames, AreAsLargeAsAskedForAndShareNothing) {
  const std::vector<Taken> first = take_many(), second = take_many();
  give_all(first);
  const std::vector<Taken> again = take_many();   // made of what the first had
  give_all(second);
  give_all(again);
}

TEST(Frames, MayBeGivenBackByAnotherThread) {
  const std::vector<Taken> mine = take_many();
  std::thread other([&mine] {
    give_all(take_many());
    give_all(mine);
    give_all(take_many());
  });
  other.join();   // and what it kept is freed with it
  give_all(take_many());
}

}  // namespace
}  // namespace sluice::net
