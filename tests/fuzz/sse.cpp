// Server-sent events: any bytes, cut as the input says, give the same events as the bytes whole, and every byte belongs
// to one event.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/http/sse.hpp"

namespace {

using namespace sluice::http;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Stream {
  std::vector<std::string> events;   // name, LF, data
  std::size_t raw = 0;
  bool mid_event = false;
};

Stream read(std::string_view bytes, std::string_view cuts) {
  Stream out;
  SseReader reader;
  while (!bytes.empty()) {
    std::size_t piece = bytes.size();
    if (!cuts.empty()) {
      piece = std::min<std::size_t>(bytes.size(), static_cast<unsigned char>(cuts.front()) % 16u + 1u);
      cuts.remove_prefix(1);
    }
    const std::vector<char> copy(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(piece));
    bytes.remove_prefix(piece);
    reader.feed({copy.data(), copy.size()});
    for (;;) {
      const auto event = reader.next();
      require(event.has_value());
      if (!*event) break;
      out.events.push_back(std::string((*event)->name) + "\n" + std::string((*event)->data));
      out.raw += (*event)->raw_size;
    }
  }
  out.mid_event = reader.mid_event();
  const auto last = reader.finish();
  if (last) out.events.push_back("last\n" + std::string(last->name) + "\n" + std::string(last->data));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut_bytes = std::min<std::size_t>(size - 1, data[0]);
  const std::string_view bytes = input.substr(1 + cut_bytes);
  const Stream whole = read(bytes, {});
  const Stream cut = read(bytes, input.substr(1, cut_bytes));
  require(whole.events == cut.events && whole.mid_event == cut.mid_event);
  require(whole.raw <= bytes.size() && cut.raw <= bytes.size());
  return 0;
}
