// A stream of chat chunks, whatever it holds, gives the same events and the same outcome however its bytes are cut, and
// is never taken as whole without an end. As a whole answer the same bytes are read or refused. The first four bytes say
// where it is cut.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "sluice/dialects/dialect.hpp"
#include "sluice/json/validate.hpp"
#include "unit/dialects/openai_reading.hpp"

namespace {

using namespace sluice::dialects;
using namespace sluice::dialects::openai_tests;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
}

// What we make of it for a caller is JSON.
void require_answer(std::string_view bytes) {
  const auto answer = openai::wire().decode(bytes);
  if (!answer) return;
  require(!sluice::json::validate(openai::caller().write_chat({}, *answer, {"id", 1, ""})), "an answer that is no JSON\n");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
    const std::size_t length = 1 + data[turn % 4] % 64u;
    pieces.push_back(bytes.substr(at, length));
    at += length;
  }
  const Decoded whole = decode_pieces({bytes}), cut = decode_pieces(pieces);
  require(whole.error == cut.error, "another outcome when cut\n");
  require(describe(whole.events) == describe(cut.events), "other events when cut\n");
  const Sum sum = sum_of(whole.events);
  require(!whole.error.empty() || sum.ended || sum.failed, "a stream without an end was taken as whole\n");
  const auto writer = openai::caller().stream_writer({}, {"id", 1, ""});
  std::string text;
  for (const auto& e : whole.events) writer->write(e, text);
  for (const std::string& one : data_of(text)) require(one == "[DONE]" || !sluice::json::validate(one), "a chunk that is no JSON\n");
  require_answer(bytes);
  return 0;
}
