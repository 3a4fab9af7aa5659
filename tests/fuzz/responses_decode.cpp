// A stream or a whole answer of the Responses API, whatever it holds: the same events and facts however its bytes are cut,
// never an end that was not there, and what is written of it is a stream in order. The first four bytes say where it is cut.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "unit/dialects/responses_support.hpp"
#include "sluice/json/validate.hpp"

namespace {

using namespace sluice::dialects::responses_tests;
using sluice::llm::Operation;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
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
  require(describe(facts_of({bytes})) == describe(facts_of(pieces)), "other facts when cut\n");

  const auto writer = caller().stream_writer({}, {"req", 1, ""});
  std::string out;
  for (const auto& e : whole.events) writer->write(e, out);
  for (std::size_t at = out.find("\ndata: "); at != std::string::npos; at = out.find("\ndata: ", at)) {
    at += 7;
    require(!sluice::json::validate(std::string_view(out).substr(at, out.find('\n', at) - at)), "what is written is no JSON\n");
  }
  wire().usage_of(Operation::chat, bytes);
  wire().failure_in_success(Operation::chat, {}, bytes);
  if (const auto answer = wire().decode(bytes)) {
    require(!sluice::json::validate(caller().write_chat({}, *answer, {"req", 1, ""})), "an answer that is no JSON\n");
  }
  return 0;
}
