// What Anthropic answers, whatever it holds, is written again in its own dialect: a whole answer decodes to the same
// once more, a stream keeps the order of events.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "unit/dialects/anthropic_event_order.hpp"
#include "unit/dialects/anthropic_support.hpp"

namespace {

using namespace sluice;
using namespace sluice::dialects;
using namespace sluice::dialects::anthropic_tests;

void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

void whole(std::string_view bytes) {
  const auto answer = anthropic::wire().decode(bytes);
  if (!answer) return;
  const std::string written = anthropic::caller().write_chat({}, *answer, {"id", 1, {}});
  const auto again = anthropic::wire().decode(written);
  require(again.has_value(), written);
  require(anthropic::caller().write_chat({}, *again, {"id", 1, {}}) == written, written);
}

void streamed(std::string_view bytes) {
  const Decoded decoded = decode_pieces({bytes});
  const auto writer = anthropic::caller().stream_writer({}, {"id", 1, {}});
  std::string sse;
  for (const auto& event : decoded.events) writer->write(event, sse);
  if (sse.find("event: message_stop") == std::string::npos) return;
  for (const std::string& rule : EventOrder::read(sse).broken) {
    // A provider's own broken arguments go on as they are.
    if (!rule.starts_with("the pieces of an input")) require(false, rule + "\n" + sse);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with('{')) whole(bytes);
  else streamed(bytes);
  return 0;
}
