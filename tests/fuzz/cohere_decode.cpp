// A Cohere stream or answer, whatever it holds, gives the same events and the same outcome however its bytes are cut, and
// what is made of it is JSON. The first four bytes say where it is cut.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dialects/all.hpp"
#include "sluice/json/validate.hpp"
#include "unit/dialects/neutral_events.hpp"

namespace {

using namespace sluice::dialects;
using namespace sluice::dialects::neutral_events;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const Wire& wire = cohere::wire();
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
    const std::size_t length = 1 + data[turn % 4] % 64u;
    pieces.push_back(bytes.substr(at, length));
    at += length;
  }
  const Decoded whole = decode_pieces(wire, {bytes}), cut = decode_pieces(wire, pieces);
  require(whole.error == cut.error, "another outcome when cut\n");
  require(describe(whole.events) == describe(cut.events), "other events when cut\n");
  const Sum sum = sum_of(whole.events);
  require(!whole.error.empty() || sum.ended || !sum.failure.empty(), "a stream without an end was taken as whole\n");
  const auto one = facts_of(wire, bytes), many = facts_of(wire, bytes, 3);
  require(one.usage == many.usage && one.finished == many.finished && one.events == many.events, "other facts when cut\n");
  if (const auto answer = wire.decode(bytes)) require(!sluice::json::validate(cohere::caller().write_chat({}, *answer, {"id", 1, {}})), "an answer that is no JSON\n");
  if (const auto answer = wire.decode_rerank(bytes)) require(!sluice::json::validate(cohere::caller().write_rerank({}, *answer, {"id", 1, {}})), "a ranking that is no JSON\n");
  if (const auto answer = wire.decode_embedding(bytes)) require(!sluice::json::validate(cohere::caller().write_embedding({}, *answer, {"id", 1, {}})), "embeddings that are no JSON\n");
  (void)wire.failure_in_success(sluice::llm::Operation::chat, {}, bytes);
  (void)wire.read_failure(500, {}, bytes);
  return 0;
}
