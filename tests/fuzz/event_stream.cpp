// Server-sent events: any bytes, cut as the input says, give the same events as the bytes whole, within the limit.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/event_splitter.hpp"

namespace {

using namespace sluice::dialects;

constexpr std::size_t most = 200;   // small, so that inputs of a usual size reach it

void require(bool holds) {
  if (!holds) std::abort();
}

struct Told final : EventSink {
  void event(std::string_view name, std::string_view data) override {
    require(name.size() <= 128 && data.size() <= most);
    all.push_back("event " + std::string(name) + "\n" + std::string(data));
  }
  void oversized() override { all.emplace_back("oversized"); }
  void stray(std::string_view line) override { all.push_back("stray " + std::string(line.substr(0, 5))); }   // a long one is cut
  std::vector<std::string> all;
};

std::vector<std::string> split(std::string_view bytes, std::string_view cuts) {
  Told told;
  EventSplitter splitter(most);
  while (!bytes.empty()) {
    std::size_t piece = bytes.size();
    if (!cuts.empty()) {
      piece = std::min<std::size_t>(bytes.size(), static_cast<unsigned char>(cuts.front()) % 16u + 1u);
      cuts.remove_prefix(1);
    }
    const std::vector<char> gone_afterwards(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(piece));
    bytes.remove_prefix(piece);
    splitter.feed({gone_afterwards.data(), gone_afterwards.size()}, told);
  }
  return std::move(told.all);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut_bytes = std::min<std::size_t>(size - 1, data[0]);
  const std::string_view bytes = input.substr(1 + cut_bytes);
  require(split(bytes, {}) == split(bytes, input.substr(1, cut_bytes)));
  return 0;
}
