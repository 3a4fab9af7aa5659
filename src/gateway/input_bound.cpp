#include "gateway/input_bound.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/tokens/chat_tokens.hpp"
#include "sluice/tokens/vocabulary.hpp"

namespace sluice::gateway {
namespace {

// Counting is done on the worker's own thread: English at 15 us a kilobyte, hostile text at 230.
constexpr std::size_t largest_counted = 128 << 10;
constexpr std::int64_t unknown_context = 1'000'000;
// What providers put around a request: roles and, with tools, a system prompt for them (Claude's has up to 346 tokens:
// platform.claude.com/docs/en/agents-and-tools/tool-use). Others put a prompt of their own before every request: xAI's has 680.
constexpr std::int64_t around_plain = 64, around_tools = 1'024;
constexpr std::array<std::string_view, 7> without_own_prompt = {"openai", "azure", "anthropic", "gemini", "vertex", "bedrock", "mistral"};

// What stands for something that is not in the body, or is made while the request runs: earlier turns kept by the provider,
// cached content, what searches and tools of the provider find. Only the model's context bounds it.
constexpr std::array<std::string_view, 11> beyond_the_body = {
    "\"previous_response_id\"", "\"conversation\"", "\"cachedContent\"", "\"file_id\"", "\"container\"", "\"item_reference\"",
    "\"web_search",             "\"file_search\"",  "oogleSearch",        "\"mcp_servers\"", "\"mcp\""};
// What may be billed for more tokens than it has bytes here.
constexpr std::array<std::string_view, 10> media = {"\"image_url\"", "\"input_image\"", "\"image\"",  "\"input_file\"", "\"file\"",
                                                    "\"document\"",  "\"input_audio\"", "fileData", "file_data",       "\"video\""};
// Each picture or file. Bills known: OpenAI's small models 48,169 for one picture at most (platform.openai.com/docs/guides/
// images-vision: gpt-4o-mini, 32 tiles of 5,667 with 2,833), Claude's about 1,600, Gemini's 258 a tile. Files have pages.
constexpr std::int64_t most_of_one = 50'000;

template <class Needles>
bool any_in(std::string_view body, const Needles& needles) {
  return std::any_of(needles.begin(), needles.end(), [body](std::string_view needle) { return body.find(needle) != body.npos; });
}

// A letter written as an escape, which no serialiser does: a name that we would not find may be behind it.
bool hides_letters(std::string_view body) {
  for (std::size_t at = body.find("\\u00"); at != body.npos; at = body.find("\\u00", at + 4)) {
    if (at + 4 < body.size() && body[at + 4] >= '4' && body[at + 4] <= '7') return true;
  }
  return false;
}

std::int64_t count_of(std::string_view body, std::string_view needle) {
  std::int64_t count = 0;
  for (std::size_t at = body.find(needle); at != body.npos; at = body.find(needle, at + needle.size())) ++count;
  return count;
}

// A token has at least one byte, so that text and data in the body cannot be billed for more tokens than it has bytes.
std::int64_t by_bytes(std::string_view provider, std::string_view body) {
  std::int64_t pieces = 0;
  for (const std::string_view name : media) pieces += count_of(body, name);
  const bool known = std::find(without_own_prompt.begin(), without_own_prompt.end(), provider) != without_own_prompt.end();
  const bool plain = known && body.find("ools\"") == body.npos && body.find("oolConfig\"") == body.npos && body.find("functions\"") == body.npos &&
                     body.find("schema") == body.npos && body.find("Schema") == body.npos;
  return static_cast<std::int64_t>(body.size()) + (plain ? around_plain : around_tools) + pieces * most_of_one;
}

bool is_router(std::string_view provider, std::string_view base_url) {
  return provider == "openrouter" || provider == "litellm" || base_url.find("openrouter.ai") != base_url.npos;
}

bool holds_some(std::string_view body, std::string_view name) {
  const auto value = json::find(body, name);
  if (!value || json::kind_of(*value) != json::Kind::array) return false;
  bool some = false;
  json::each_element(*value, [&some](std::string_view) { some = true; });
  return some;
}

bool says(std::string_view body, std::string_view name, std::string_view raw) {
  const auto value = json::find(body, name);
  return value && *value == raw;
}

// The keys as the provider reads them.
std::string_view plain_keys(std::string_view body, std::optional<std::string>& changed) {
  if (hides_letters(body)) changed = json::with_plain_keys(body);
  return changed ? std::string_view(*changed) : body;
}

// A stored prompt, of whatever length, stands for an object; text would be a completion's.
bool has_stored_prompt(const Endpoint& endpoint, std::string_view body) {
  if (endpoint.dialect != llm::Dialect::responses) return false;
  const auto prompt = json::find(body, "prompt");
  return prompt && json::kind_of(*prompt) == json::Kind::object;
}

}  // namespace

std::string_view other_models(std::string_view provider, std::string_view base_url, std::string_view raw) {
  if (!is_router(provider, base_url)) return {};
  std::optional<std::string> changed;
  const std::string_view body = plain_keys(raw, changed);
  for (const std::string_view name : {"models", "fallbacks"}) {
    if (holds_some(body, name)) return name;
  }
  return {};
}

std::string_view beyond_any_bound(const Endpoint& endpoint, std::string_view provider, std::string_view base_url, std::string_view raw) {
  std::optional<std::string> changed;
  const std::string_view body = plain_keys(raw, changed);
  const auto tiered = [body] { return body.find("_tier\"") != body.npos && says(body, "service_tier", "\"priority\""); };
  switch (endpoint.dialect) {
    case llm::Dialect::openai:
      if (tiered()) return "service_tier";
      if (is_router(provider, base_url) && holds_some(body, "plugins")) return "plugins";
      return other_models(provider, base_url, body);
    case llm::Dialect::responses:
      if (says(body, "background", "true")) return "background";
      if (tiered()) return "service_tier";
      return body.find("\"image_generation\"") != body.npos ? "tools" : std::string_view();
    case llm::Dialect::anthropic:
      return body.find("\"speed\"") != body.npos && says(body, "speed", "\"fast\"") ? "speed" : std::string_view();
    default: return {};
  }
}

// OpenAI's own models, whose vocabularies are known, at their own API or Azure's. Nothing: not known, or not all of it text.
std::optional<std::int64_t> counted_input(const Endpoint& endpoint, std::string_view provider, std::string_view model,
                                          std::string_view body) {
  if ((provider != "openai" && provider != "azure") || body.size() > largest_counted) return std::nullopt;
  const tokens::Vocabulary vocabulary = tokens::vocabulary_of(model);
  if (vocabulary == tokens::Vocabulary::none) return std::nullopt;
  tokens::InputTokens counted;
  if (endpoint.dialect == llm::Dialect::responses) counted = tokens::responses_tokens(vocabulary, body);
  else if (endpoint.dialect != llm::Dialect::openai) return std::nullopt;
  else if (endpoint.operation == llm::Operation::chat) counted = tokens::chat_tokens(vocabulary, body);
  else if (endpoint.operation == llm::Operation::completions) counted = tokens::completion_tokens(vocabulary, body);
  else if (endpoint.operation == llm::Operation::embeddings) counted = tokens::embedding_tokens(vocabulary, body);
  else return std::nullopt;
  return counted.only_text ? std::optional(counted.text) : std::nullopt;
}

std::int64_t input_bound(const Endpoint& endpoint, std::string_view provider, std::string_view model, std::string_view body,
                         std::int64_t context, bool exact) {
  const std::int64_t most = context > 0 ? context : unknown_context;
  if (exact) {
    if (const auto counted = counted_input(endpoint, provider, model, body)) return *counted;
  }
  if (endpoint.operation == llm::Operation::embeddings || endpoint.operation == llm::Operation::rerank) {
    return static_cast<std::int64_t>(body.size());   // many inputs, each up to the context
  }
  if (!exact || any_in(body, beyond_the_body) || hides_letters(body) || has_stored_prompt(endpoint, body)) return most;
  return std::min(by_bytes(provider, body), most);
}

}  // namespace sluice::gateway
