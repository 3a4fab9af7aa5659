// A stream or a whole answer of the Responses API, whatever it holds: the same events and facts however its bytes are cut,
// never an end that was not there, and what is written of it is a stream in order.
#include "dialects/all.hpp"
#include "fuzz/cut.hpp"
#include "sluice/json/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto cut = fuzz::Cut::of(data, size);
  if (!cut) return 0;
  const dialects::Wire& wire = dialects::responses::wire();
  const dialects::CallerDialect& caller = dialects::responses::caller();
  const auto whole = fuzz::same_events(wire, *cut);
  fuzz::require_same_facts(wire, *cut);

  const auto writer = caller.stream_writer({}, {"req", 1, ""});
  std::string out;
  for (const auto& e : whole.events) writer->write(e, out);
  for (std::size_t at = out.find("\ndata: "); at != std::string::npos; at = out.find("\ndata: ", at)) {
    at += 7;
    fuzz::require(!json::validate(std::string_view(out).substr(at, out.find('\n', at) - at)), "what is written is no JSON\n");
  }
  wire.usage_of(llm::Operation::chat, cut->bytes);
  wire.failure_in_success(llm::Operation::chat, {}, cut->bytes);
  if (const auto answer = wire.decode(cut->bytes)) {
    fuzz::require(!json::validate(caller.write_chat({}, *answer, {"req", 1, ""})), "an answer that is no JSON\n");
  }
  return 0;
}
