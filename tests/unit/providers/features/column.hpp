// Whom a feature is tried with: a type of provider, and a model of its for what not every model can.
#pragma once
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/dialect.hpp"
#include "sluice/providers/registry.hpp"

namespace sluice::providers::features {

// What a model must be able to do for a feature to be asked of it. muse: it thinks unless it is told not
// to. count: how many tokens it thinks can be said.
enum class Ability : unsigned char { talk, think, muse, count, hear, speak, draw, see, embed, rerank };

struct Column {
  std::string title;
  llm::Maker maker = llm::Maker::unknown;   // of its thoughts' signatures
  ProviderSpec spec{};
  // The model for each ability; one that is not named is that of the first.
  std::vector<std::pair<Ability, std::string>> models{};

  std::string model(Ability ability) const {
    const auto named = std::find_if(models.begin(), models.end(), [ability](const auto& one) { return one.first == ability; });
    return named != models.end() ? named->second : models.front().second;
  }
};

inline presets::Offer only_responses() {
  presets::Offer offer;
  offer.add("responses");
  return offer;
}

// The models are the table's one choice: of each maker a usual one, and others where a feature is in these only.
inline std::vector<Column> own_types() {
  using enum Ability;
  const std::vector<std::pair<Ability, std::string>> of_openai = {
      {talk, "gpt-4.1"}, {think, "gpt-5.1"}, {muse, "gpt-5.1"}, {count, "gpt-5.1"}, {hear, "gpt-audio"},
          {speak, "gpt-audio"}, {embed, "text-embedding-3-small"}};
  const std::vector<std::pair<Ability, std::string>> of_google = {
      {talk, "gemini-3-flash-preview"}, {muse, "gemini-2.5-flash"}, {count, "gemini-2.5-flash"},
          {speak, "gemini-2.5-flash-preview-tts"}, {draw, "gemini-3-pro-image-preview"}, {embed, "gemini-embedding-001"}};
  return {
      {"openai", llm::Maker::openai, {"openai", "", "", "", ""}, of_openai},
      {"openai (responses)", llm::Maker::openai, {"openai", "", "", "", "", {}, {}, only_responses()}, of_openai},
      {"anthropic", llm::Maker::anthropic, {"anthropic", "", "", "", ""},
          {{talk, "claude-opus-4-5"}, {muse, "claude-sonnet-5"}}},
      {"gemini", llm::Maker::google, {"gemini", "", "", "", ""}, of_google},
      {"bedrock", llm::Maker::anthropic, {"bedrock", "", "us-east-1", "", ""},
       {{talk, "anthropic.claude-opus-4-5-20251101-v1:0"}, {muse, "anthropic.claude-sonnet-5"},
           {embed, "amazon.titan-embed-text-v2:0"}}},
      {"cohere", llm::Maker::unknown, {"cohere", "", "", "", ""},
       {{talk, "command-a-reasoning-08-2025"}, {see, "command-a-vision-07-2025"}, {embed, "embed-v4.0"},
           {rerank, "rerank-v3.5"}}},
      {"ollama", llm::Maker::unknown, {"ollama", "http://127.0.0.1:11434", "", "", ""},
          {{talk, "qwen3"}, {embed, "embeddinggemma"}}},
      {"azure", llm::Maker::openai, {"azure", "https://x.openai.azure.com", "", "", ""}, of_openai},
      {"vertex", llm::Maker::google, {"vertex", "", "global", "p", ""}, of_google},
      {"vertex (Claude)", llm::Maker::anthropic, {"vertex", "", "global", "p", ""},
          {{talk, "claude-opus-4-5"}, {muse, "claude-sonnet-5"}}},
  };
}

}  // namespace sluice::providers::features
