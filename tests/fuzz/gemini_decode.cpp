// A streamed answer of the Gemini API in either framing, whatever it holds, gives the same events and the same outcome
// however its bytes are cut, and the meter never takes a broken one as whole. Whole answers are decoded and written
// again. The first four bytes say where it is cut.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "unit/dialects/gemini_support.hpp"

namespace {

using namespace sluice::dialects;
using namespace sluice::dialects::gemini_tests;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
}

void whole_answer(std::string_view body) {
  const auto decoded = gemini::wire().decode(body);
  if (decoded) {
    const std::string written = gemini::caller().write_chat({}, *decoded, {"id", 0, {}});
    require(nlohmann::json::accept(written), "an answer was written that is no JSON\n");
    require(gemini::wire().decode(written).has_value(), "an answer was written that cannot be read\n");
  }
  (void)gemini::wire().usage_of(sluice::llm::Operation::chat, body);
  (void)gemini::wire().failure_in_success(sluice::llm::Operation::chat, {}, body);
  (void)gemini::wire().read_failure(429, {}, body);
  (void)gemini::wire().decode_embedding(body);
  (void)gemini::wire().decode_token_count(body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  whole_answer(bytes);
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
    const std::size_t length = 1 + data[turn % 4] % 64u;
    pieces.push_back(bytes.substr(at, length));
    at += length;
  }
  const Decoded whole = decode_pieces({bytes}), cut = decode_pieces(pieces);
  require(whole.error == cut.error, "another outcome when cut\n");
  require(describe(whole.events) == describe(cut.events), "other events when cut\n");
  const bool ended = sum_of(whole.events).ended;
  const bool failed = !whole.events.empty() && std::holds_alternative<sluice::llm::event::Failed>(whole.events.back());
  require(!whole.error.empty() || ended || failed, "a stream without an end was taken as whole\n");

  const auto meter = gemini::wire().meter(sluice::llm::Operation::chat);
  for (const auto piece : pieces) meter->feed(piece);
  meter->finish();
  if (ended) require(meter->facts().finished, "the meter missed the end of a whole stream\n");

  for (const char* query : {"", "alt=sse"}) {
    std::string out;
    const auto writer = gemini::caller().stream_writer({}, {"id", 0, query});
    for (const auto& event : whole.events) writer->write(event, out);
    if (!ended || !whole.error.empty()) continue;
    const Decoded again = decode_pieces({out});
    if (!again.error.empty()) std::fprintf(stderr, "%s\n%s\n", again.error.c_str(), out.c_str());   // what to look for
    require(again.error.empty(), "a stream was written that cannot be read\n");
    require(sum_of(again.events).text == sum_of(whole.events).text, "a stream was written that says something else\n");
  }
  return 0;
}
