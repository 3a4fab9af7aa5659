// An Ollama stream or answer, whatever it holds, gives the same events and the same outcome however its bytes are cut, and
// what is made of it is JSON.
#include "dialects/all.hpp"
#include "fuzz/cut.hpp"
#include "sluice/json/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto cut = fuzz::Cut::of(data, size);
  if (!cut) return 0;
  const dialects::Wire& wire = dialects::ollama::wire();
  fuzz::same_events(wire, *cut);
  fuzz::require_same_facts(wire, *cut);
  if (const auto answer = wire.decode(cut->bytes)) {
    fuzz::require(!json::validate(dialects::openai::caller().write_chat({}, *answer, {"id", 1, {}})),
        "an answer that is no JSON\n");
  }
  (void)wire.decode_embedding(cut->bytes);
  (void)wire.failure_in_success(llm::Operation::chat, {}, cut->bytes);
  (void)wire.read_failure(500, {}, cut->bytes);
  return 0;
}
