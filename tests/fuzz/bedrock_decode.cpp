// A ConverseStream answer of whatever events gives the same neutral events however it is cut, never a whole answer without
// an end, and what is written of them for a caller is a stream that reads the same. Each line of the input is one event:
// its type, a blank and its payload. A whole answer is read from the input as it is.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "unit/dialects/bedrock_support.hpp"

namespace {

using namespace sluice::dialects;
using namespace sluice::dialects::bedrock_tests;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
}

std::string framed(std::string_view lines) {
  std::string stream;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string_view type = line.substr(0, std::min<std::size_t>(blank, 200));
    stream += frame_of(type, line.substr(std::min(blank + 1, line.size())), type.ends_with("Exception") ? "exception" : "event");
  }
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (auto answer = bedrock_wire().decode(input)) {
    require(Json::accept(bedrock_caller().write_chat({}, *answer, {})), "an answer that is no JSON\n");
  }
  (void)bedrock_wire().decode_embedding(input);
  (void)bedrock_wire().usage_of(sluice::llm::Operation::chat, input);
  (void)bedrock_wire().read_failure(400, {}, input);
  const std::string stream = framed(input);
  const Decoded whole = decode_pieces({stream}), pieces = decode_pieces(cut(stream, 7));
  require(whole.error == pieces.error, "another outcome when cut\n");
  require(describe(whole.events) == describe(pieces.events), "other events when cut\n");
  const bool ended = anthropic_tests::sum_of(whole.events).ended;
  const bool failed = !whole.events.empty() && std::holds_alternative<sluice::llm::event::Failed>(whole.events.back());
  require(!whole.error.empty() || ended || failed, "a stream without an end was taken as whole\n");
  const auto facts = facts_of(stream), bytewise = facts_of(stream, 5);
  require(facts.usage == bytewise.usage && facts.finished == bytewise.finished && facts.text_bytes == bytewise.text_bytes, "other facts when cut\n");
  if (!whole.error.empty()) return 0;
  std::string again;
  const auto writer = bedrock_caller().stream_writer({}, {});
  for (const auto& event : whole.events) writer->write(event, again);
  const Decoded twice = decode_pieces({again});
  require(twice.error.empty(), "a stream was written that cannot be read\n");
  return 0;
}
