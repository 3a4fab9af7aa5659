// Which API somebody speaks, and which operation of it is asked for.
#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::llm {

enum class Dialect : std::uint8_t { openai, anthropic };
enum class Operation : std::uint8_t { chat, completions, embeddings };

constexpr std::string_view to_string(Dialect d) { return d == Dialect::openai ? "openai" : "anthropic"; }
constexpr std::string_view to_string(Operation o) {
  return o == Operation::chat ? "chat" : o == Operation::completions ? "completions" : "embeddings";
}

}  // namespace sluice::llm
