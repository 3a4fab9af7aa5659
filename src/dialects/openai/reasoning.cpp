#include "dialects/openai/reasoning.hpp"

#include <array>
#include <utility>

#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

void open(std::string& list, std::string_view type, std::string_view member, std::string_view text) {
  if (!list.empty()) list += ',';
  list.append("{\"type\":\"").append(type).append("\",\"").append(member).append("\":");
  json::append_quoted(list, text);
}

void close(std::string& list, std::string_view id, llm::Maker maker, std::int64_t& index) {
  if (!id.empty()) {
    list += ",\"id\":";
    json::append_quoted(list, id);
  }
  list.append(",\"format\":\"").append(format_of(maker)).append("\",\"index\":");
  json::append_integer(list, index++);
  list += '}';
}

}  // namespace

std::string_view format_of(llm::Maker maker) {
  switch (maker) {
    case llm::Maker::anthropic: return "anthropic-claude-v1";
    case llm::Maker::google: return "google-gemini-v1";
    case llm::Maker::openai: return "openai-responses-v1";
    case llm::Maker::unknown: break;
  }
  return "unknown";
}

void append_details(std::string& list, const llm::Thinking& thinking, std::int64_t& index) {
  const bool apart = thinking.maker == llm::Maker::openai && !thinking.redacted;
  if (!thinking.redacted && (!apart || !thinking.text.empty())) {
    open(list, apart ? "reasoning.summary" : "reasoning.text", apart ? "summary" : "text", thinking.text);
    if (!apart && !thinking.signature.empty()) {
      list += ",\"signature\":";
      json::append_quoted(list, thinking.signature);
    }
    close(list, thinking.id, thinking.maker, index);
  }
  if ((!thinking.redacted && !apart) || thinking.signature.empty()) return;
  open(list, "reasoning.encrypted", "data", thinking.signature);
  close(list, thinking.id, thinking.maker, index);
}

void append_call_detail(std::string& list, const llm::ToolCall& call, std::string_view id, std::int64_t& index) {
  open(list, "reasoning.encrypted", "data", call.signature);
  close(list, id, call.maker, index);
}

llm::Maker maker_of_model(std::string_view model) {
  static constexpr std::array<std::pair<std::string_view, llm::Maker>, 7> names{{
      {"claude", llm::Maker::anthropic}, {"gemini", llm::Maker::google}, {"gpt-", llm::Maker::openai},
      {"o1", llm::Maker::openai}, {"o3", llm::Maker::openai}, {"o4", llm::Maker::openai}, {"codex", llm::Maker::openai}}};
  const std::string_view name = model.substr(model.rfind('/') == model.npos ? 0 : model.rfind('/') + 1);
  for (const auto& [word, maker] : names) {
    if (word.size() > 2 ? name.find(word) != name.npos : name.starts_with(word)) return maker;
  }
  return llm::Maker::unknown;
}

}  // namespace sluice::dialects::openai
