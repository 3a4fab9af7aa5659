#include "dialects/openai/answer_fields.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::openai {
namespace {

bool says_something(std::string_view raw) { return raw.size() > 2 && raw != "null" && raw != "false"; }

std::uint64_t fnv(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ull;
  }
  return hash;
}

std::string_view google_member(std::string_view extra, std::string_view name) {
  if (extra.empty()) return {};
  const auto google = json::find(extra, "google");
  return google ? json::find(*google, name).value_or("") : std::string_view();
}

std::optional<llm::Finish> finish_named(std::string_view raw) {
  using llm::Finish;
  static constexpr std::array<std::pair<std::string_view, Finish>, 17> names{{
      {"\"stop\"", Finish::stop}, {"\"tool_calls\"", Finish::tool_calls}, {"\"length\"", Finish::length},
      {"\"content_filter\"", Finish::content_filter}, {"\"function_call\"", Finish::tool_calls},
      {"\"tool_call\"", Finish::tool_calls},          // DeepSeek-R1 on Azure
      {"\"eos\"", Finish::stop},                      // Together
      {"\"end_turn\"", Finish::stop}, {"\"stop_sequence\"", Finish::stop}, {"\"eos_token\"", Finish::stop},
      {"\"tool_use\"", Finish::tool_calls}, {"\"max_tokens\"", Finish::length},
      {"\"model_length\"", Finish::length},           // Mistral: the context is full
      {"\"insufficient_system_resource\"", Finish::length},   // DeepSeek: broken off
      {"\"sensitive\"", Finish::content_filter},      // z.ai
      {"\"safety\"", Finish::content_filter}, {"\"refusal\"", Finish::refusal}}};
  for (const auto& [name, finish] : names) {
    if (raw == name) return finish;
  }
  if (raw.empty() || raw == "null" || raw == "\"\"") return std::nullopt;
  return Finish::unknown;
}

}  // namespace

MessageFields message_fields(std::string_view message) {
  MessageFields fields;
  std::string_view other_reasoning;
  json::each_member(message, [&](std::string_view key, std::string_view value) {
    if (key == "content") fields.content = says_something(value) ? value : std::string_view();
    else if (!says_something(value)) return;
    else if (key == "reasoning_content") fields.reasoning = value;
    else if (key == "reasoning") other_reasoning = value;
    else if (key == "tool_calls") fields.calls = value;
    else if (key == "reasoning_details") fields.details = value;
    else if (key == "refusal") fields.refusal = value;
    else if (key == "function_call") fields.function_call = value;
    else if (key == "annotations") fields.annotations = value;
    else if (key == "audio") fields.audio = value;
    else if (key == "images") fields.images = value;
    else if (key == "extra_content") fields.extra = value;
  });
  if (!fields.reasoning.starts_with('"')) fields.reasoning = other_reasoning.starts_with('"') ? other_reasoning : std::string_view();
  return fields;
}

CallFields call_fields(std::string_view call) {
  CallFields fields;
  std::string_view function, custom, type;
  json::each_member(call, [&](std::string_view key, std::string_view value) {
    if (key == "id") fields.id = value.starts_with('"') ? value : std::string_view();
    else if (key == "index") fields.index = value;
    else if (key == "function") function = value;
    else if (key == "custom") custom = value;
    else if (key == "type") type = value;
    else if (key == "extra_content") fields.extra = value;
  });
  // Snowflake gives both, the unused one empty.
  if (custom.starts_with('{') && (function.empty() || type == "\"custom\"")) {
    fields.custom = true;
    fields.name = json::find(custom, "name").value_or("");
    fields.arguments = json::find(custom, "input").value_or("");
    return fields;
  }
  json::each_member(function, [&](std::string_view key, std::string_view value) {
    if (key == "name") fields.name = value;
    else if (key == "arguments") fields.arguments = value;
  });
  return fields;
}

std::string arguments_text(std::string_view raw) {
  if (raw.starts_with('"')) return json::unquoted(raw).value_or("");
  return raw.starts_with('{') ? std::string(raw) : std::string();
}

std::string google_signature(std::string_view extra) {
  return json::unquoted(google_member(extra, "thought_signature")).value_or("");
}
bool is_google_thought(std::string_view extra) { return google_member(extra, "thought") == "true"; }

End end_of(std::string_view finish_reason, std::string_view finish_details, std::string_view stop_reason) {
  End end;
  if (finish_reason.empty() && !finish_details.empty()) finish_reason = json::find(finish_details, "type").value_or("");
  end.finish = finish_named(finish_reason);
  end.failed = finish_reason == "\"error\"" || finish_reason == "\"network_error\"";   // OpenRouter, z.ai
  // vLLM's stop_reason, SGLang's matched_stop: the text that was met, or a token's number.
  if (end.finish == llm::Finish::stop) end.stop_sequence = json::unquoted(stop_reason).value_or("");
  return end;
}

std::string made_call_id(std::string_view answer, std::int64_t choice, std::int64_t call) {
  std::string text(answer);
  text += '/';
  append_integer(text, choice);
  text += '/';
  append_integer(text, call);
  std::string id = "call_";
  constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::uint64_t half = 0; half < 2; ++half) {
    std::uint64_t hash = fnv(text, 14695981039346656037ull + half);
    for (int i = 0; i < 10; ++i, hash /= digits.size()) id += digits[hash % digits.size()];
  }
  return id;
}

llm::Maker maker_of_format(std::string_view format) {
  if (format.starts_with("anthropic")) return llm::Maker::anthropic;
  if (format.starts_with("google")) return llm::Maker::google;
  if (format.starts_with("openai") || format.starts_with("azure-openai")) return llm::Maker::openai;
  return llm::Maker::unknown;
}

}  // namespace sluice::dialects::openai
