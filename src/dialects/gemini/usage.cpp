#include "dialects/gemini/usage.hpp"

#include <algorithm>
#include <string>

#include "dialects/gemini/model_traits.hpp"
#include "dialects/gemini/names.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::gemini {
namespace {

// Keeps sums far from overflow whatever the provider says; no answer has a trillion tokens.
constexpr std::int64_t most_tokens = 1'000'000'000'000;

// protobuf writes a 64-bit integer as a string; these are 32 bits wide, but a proxy may not know.
std::optional<std::int64_t> count_of(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"') raw = raw.substr(1, raw.size() - 2);
  const auto value = json::to_integer(raw);
  if (!value || *value < 0 || *value > most_tokens) return std::nullopt;
  return value;
}

std::int64_t audio_in(std::string_view details) {
  std::int64_t tokens = 0;
  json::each_element(details, [&tokens](std::string_view entry) {
    std::string_view modality;
    std::optional<std::int64_t> count;
    json::each_member(entry, [&](std::string_view key, std::string_view raw) {
      if (key == "modality") modality = raw;
      else if (key == "tokenCount") count = count_of(raw);
    });
    if (count && modality_of(modality) == Modality::audio) tokens = std::min(tokens + *count, most_tokens);
  });
  return tokens;
}

struct Stated {
  std::optional<std::int64_t> prompt, candidates, thoughts, total, tool_use, cached;
  std::int64_t audio_prompt = 0, audio_answer = 0;
};

Stated read_counts(std::string_view raw) {
  Stated stated;
  json::each_member(raw, [&stated](std::string_view key, std::string_view value) {
    if (key == "promptTokenCount") stated.prompt = count_of(value);
    else if (key == "candidatesTokenCount" || key == "responseTokenCount") stated.candidates = count_of(value);
    else if (key == "thoughtsTokenCount") stated.thoughts = count_of(value);
    else if (key == "totalTokenCount") stated.total = count_of(value);
    else if (key == "toolUsePromptTokenCount") stated.tool_use = count_of(value);
    else if (key == "cachedContentTokenCount") stated.cached = count_of(value);
    else if (key == "promptTokensDetails") stated.audio_prompt = audio_in(value);
    else if (key == "candidatesTokensDetails") stated.audio_answer = audio_in(value);
  });
  return stated;
}

}  // namespace

std::optional<llm::Usage> read_usage(std::string_view raw) {
  const Stated stated = read_counts(raw);
  if (!stated.prompt && !stated.candidates && !stated.thoughts && !stated.total) return std::nullopt;
  llm::Usage usage;
  usage.input = stated.prompt.value_or(0) + stated.tool_use.value_or(0);
  usage.reasoning = stated.thoughts.value_or(0);
  usage.output = stated.candidates.value_or(0) + usage.reasoning;
  // A total and nothing of the answer (older embeddings): what is not in the parts was read.
  if (!stated.prompt && stated.total) usage.input = std::max(usage.input, *stated.total - usage.output);
  usage.cache_read = std::min(stated.cached.value_or(0), usage.input);
  usage.input_audio = std::min(stated.audio_prompt, usage.input);
  usage.output_audio = std::min(stated.audio_answer, usage.output - usage.reasoning);
  return usage;
}

std::int64_t billed_searches(std::string_view grounding, std::string_view model) {
  std::int64_t queries = 0;
  if (const auto list = json::find(grounding, "webSearchQueries")) {
    json::each_element(*list, [&queries](std::string_view) { ++queries; });
  }
  return traits_of(model).version >= 300 ? queries : std::min<std::int64_t>(queries, 1);
}

std::optional<llm::Usage> usage_in_answer(std::string_view body) {
  if (json::kind_of(body) == json::Kind::array) {
    std::optional<llm::Usage> last;
    json::each_element(body, [&last](std::string_view chunk) {
      if (auto usage = usage_in_answer(chunk)) last = usage;
    });
    return last;
  }
  std::string_view counts, candidates, model;
  json::each_member(body, [&](std::string_view key, std::string_view raw) {
    if (key == "usageMetadata") counts = raw;
    else if (key == "candidates") candidates = raw;
    else if (key == "modelVersion") model = raw;
  });
  auto usage = read_usage(counts);
  if (!usage) return usage;
  json::each_element(candidates, [&](std::string_view candidate) {
    const auto grounding = json::find(candidate, "groundingMetadata");
    if (grounding) usage->web_searches += billed_searches(*grounding, model);
  });
  return usage;
}

}  // namespace sluice::dialects::gemini
