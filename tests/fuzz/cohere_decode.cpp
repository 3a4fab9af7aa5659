// A Cohere stream or answer, whatever it holds, gives the same events and the same outcome however its bytes are cut, and
// what is made of it is JSON.
#include "dialects/all.hpp"
#include "fuzz/cut.hpp"
#include "sluice/json/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto cut = fuzz::Cut::of(data, size);
  if (!cut) return 0;
  const dialects::Wire& wire = dialects::cohere::wire();
  const dialects::CallerDialect& caller = dialects::cohere::caller();
  fuzz::same_events(wire, *cut);
  fuzz::require_same_facts(wire, *cut);
  const dialects::AnswerContext context{"id", 1, {}};
  if (const auto answer = wire.decode(cut->bytes)) {
    fuzz::require(!json::validate(caller.write_chat({}, *answer, context)), "an answer that is no JSON\n");
  }
  if (const auto answer = wire.decode_rerank(cut->bytes)) {
    fuzz::require(!json::validate(caller.write_rerank({}, *answer, context)), "a ranking that is no JSON\n");
  }
  if (const auto answer = wire.decode_embedding(cut->bytes)) {
    fuzz::require(!json::validate(caller.write_embedding({}, *answer, context)), "embeddings that are no JSON\n");
  }
  (void)wire.failure_in_success(llm::Operation::chat, {}, cut->bytes);
  (void)wire.read_failure(500, {}, cut->bytes);
  return 0;
}
