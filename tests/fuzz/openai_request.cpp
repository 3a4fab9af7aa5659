// Reading a chat request of OpenAI's dialect: anything is either refused with 400 or taken, and what the simulated
// provider answers to it is valid JSON.
#include <cstdlib>

#include "dialects/all.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/providers/simulated.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto request = sluice::dialects::openai::caller().read_chat(body);
  if (!request && request.error().code() != sluice::Code::bad_request) std::abort();
  if (request && (request->messages.empty() || request->model.empty())) std::abort();

  sluice::providers::SimulationSettings settings;
  for (const auto operation :
       {sluice::llm::Operation::chat, sluice::llm::Operation::completions, sluice::llm::Operation::embeddings}) {
    const auto script = sluice::providers::simulate(settings, operation, {}, body, 1, 1);
    std::string whole;
    for (const auto& piece : script.pieces) whole += piece.bytes;
    if (script.content_type == "application/json" && sluice::json::validate(whole)) std::abort();
  }
  return 0;
}
