// AWS event stream frames: whatever the bytes hold, cutting them changes nothing, and what is told as a frame lies inside
// them. The first four bytes say where it is cut, the fifth how long a frame may be.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialects/bedrock/event_stream.hpp"

namespace {

using namespace sluice::dialects::bedrock;

struct Log final : FrameSink {
  void frame(const Frame& frame) override {
    std::string_view rest = frame.headers;
    while (const auto header = take_header(rest)) text.append(header->name).append("=").append(header->value).append(";");
    if (!rest.empty()) std::abort();
    text.append(frame.text(":event-type")).append(frame.payload).append("\n");
  }
  void oversized() override { text += "oversized\n"; }
  std::string text;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 5) return 0;
  const std::size_t most = 16 + data[4] * 16u;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 5, size - 5);
  Log whole, pieces;
  FrameReader one(most), other(most);
  one.feed(bytes, whole);
  for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
    const std::size_t length = 1 + data[turn % 4] % 64u;
    other.feed(bytes.substr(at, length), pieces);
    at += length;
  }
  if (whole.text != pieces.text || one.broken() != other.broken()) std::abort();
  if (!one.broken() && one.inside_frame() != other.inside_frame()) std::abort();
  return 0;
}
