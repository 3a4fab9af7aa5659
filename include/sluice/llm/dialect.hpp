// Which API somebody speaks, which operation of it is asked for, and whose models have written something.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::llm {

// openai: chat completions and all else under /v1 that is not `responses`. ollama is spoken to providers only.
enum class Dialect : std::uint8_t { openai, responses, anthropic, gemini, bedrock, cohere, ollama };
constexpr std::array<Dialect, 7> all_dialects = {Dialect::openai,  Dialect::responses, Dialect::anthropic, Dialect::gemini,
                                                 Dialect::bedrock, Dialect::cohere,    Dialect::ollama};

// From rerank on an operation is one of OpenAI's (or Cohere's) that is passed on but for what providers.hpp says.
enum class Operation : std::uint8_t {
  chat, completions, embeddings, count_tokens, rerank, moderations,
  image_generations, image_edits, image_variations, speech, transcriptions, translations,
  stored_response,   // GET, DELETE, cancel and input_items of a response kept by its provider
};

// Whose model a signature comes from. It proves thinking to its own maker only, on whichever platform the model runs
// (Claude's signatures are good at Anthropic, Bedrock and Vertex alike).
enum class Maker : std::uint8_t { unknown, anthropic, google, openai };

constexpr std::string_view to_string(Dialect d) {
  constexpr std::array<std::string_view, 7> names = {"openai", "responses", "anthropic", "gemini", "bedrock", "cohere", "ollama"};
  return names[static_cast<std::size_t>(d)];
}
constexpr std::string_view to_string(Operation o) {
  constexpr std::array<std::string_view, 13> names = {
      "chat",        "completions",       "embeddings", "count_tokens",   "rerank",       "moderations", "image_generations",
      "image_edits", "image_variations", "speech",     "transcriptions", "translations", "stored_response"};
  return names[static_cast<std::size_t>(o)];
}

}  // namespace sluice::llm
