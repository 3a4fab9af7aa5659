#include "dialects/anthropic/answer.hpp"

#include <string>
#include <utility>
#include <vector>

#include "dialects/anthropic/citation.hpp"
#include "dialects/anthropic/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::anthropic {
namespace {

Error nonsense(std::string_view what) {
  return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

// One content block's members that we know, raw.
struct Block { std::string_view type, text, citations, id, name, input, thinking, signature, data; };

Block read_block(std::string_view raw) {
  Block block;
  json::each_member(raw, [&block](std::string_view key, std::string_view value) {
    if (key == "type") block.type = value;
    else if (key == "text") block.text = value;
    else if (key == "citations") block.citations = value;
    else if (key == "id") block.id = value;
    else if (key == "name") block.name = value;
    else if (key == "input") block.input = value;
    else if (key == "thinking") block.thinking = value;
    else if (key == "signature") block.signature = value;
    else if (key == "data") block.data = value;
  });
  return block;
}

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

// Citations cut an answer up: what is cited is a text of its own.
void add_text(const Block& block, std::vector<llm::Part>& parts) {
  llm::Text text{text_of(block.text)};
  json::each_element(block.citations, [&text](std::string_view raw) { text.citations.push_back(read_citation(raw)); });
  if (!text.text.empty() || !text.citations.empty()) parts.emplace_back(std::move(text));
}

void add_block(std::string_view raw, std::vector<llm::Part>& parts) {
  const Block block = read_block(raw);
  if (block.type == "\"text\"") {
    add_text(block, parts);
  } else if (block.type == "\"tool_use\"") {
    const bool given = json::kind_of(block.input) == json::Kind::object;
    parts.push_back(llm::ToolCall{text_of(block.id), text_of(block.name), given ? std::string(block.input) : "{}"});
  } else if (block.type == "\"thinking\"") {
    parts.push_back(llm::Thinking{text_of(block.thinking), text_of(block.signature), false, llm::Maker::anthropic});
  } else if (block.type == "\"redacted_thinking\"") {
    parts.push_back(llm::Thinking{"", text_of(block.data), true, llm::Maker::anthropic});
  } else if (json::kind_of(raw) == json::Kind::object) {
    parts.push_back(llm::ServerPart{std::string(raw), llm::Dialect::anthropic});
  }
}

}  // namespace

std::optional<llm::Finish> finish_of(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::string) return std::nullopt;
  if (raw == "\"end_turn\"" || raw == "\"stop_sequence\"") return llm::Finish::stop;
  if (raw == "\"tool_use\"") return llm::Finish::tool_calls;
  if (raw == "\"refusal\"") return llm::Finish::refusal;
  if (raw == "\"max_tokens\"" || raw == "\"model_context_window_exceeded\"") return llm::Finish::length;
  // It stopped in the middle of a turn and would go on if asked. What the caller has is not the whole answer.
  if (raw == "\"pause_turn\"" || raw == "\"compaction\"") return llm::Finish::pause;
  return llm::Finish::unknown;
}

std::optional<llm::Usage> usage_of(std::string_view body) {
  UsageCount count;
  if (const auto usage = json::find(body, "usage")) count.see(*usage);
  if (!count.seen()) return std::nullopt;
  return count.total();
}

Result<llm::ChatResponse> decode(std::string_view body) {
  if (const auto fault = json::validate(body)) return nonsense(fault->reason);
  llm::ChatResponse answer;
  llm::Choice choice;
  UsageCount count;
  bool is_message = false, has_content = false;
  json::each_member(body, [&](std::string_view key, std::string_view raw) {
    if (key == "type") is_message = raw == "\"message\"";
    else if (key == "id") answer.id = text_of(raw);
    else if (key == "model") answer.model = text_of(raw);
    else if (key == "usage") {
      count.see(raw);
      answer.service_tier = text_of(json::find(raw, "service_tier").value_or(""));
    } else if (key == "stop_sequence") choice.stop_sequence = text_of(raw);
    else if (key == "stop_reason") choice.finish = finish_of(raw).value_or(llm::Finish::unknown);
    else if (key == "content" && json::kind_of(raw) == json::Kind::array) {
      has_content = true;
      json::each_element(raw, [&choice](std::string_view block) { add_block(block, choice.parts); });
    }
  });
  if (!is_message) return nonsense("it is no message");
  if (!has_content) return nonsense("it has no content");
  answer.usage = count.total();
  answer.choices.push_back(std::move(choice));
  return answer;
}

Result<std::int64_t> decode_token_count(std::string_view body) {
  if (const auto fault = json::validate(body)) return nonsense(fault->reason);
  const auto tokens = json::to_integer(json::find(body, "input_tokens").value_or(""));
  if (!tokens || *tokens < 0) return nonsense("it has no count of tokens");
  return *tokens;
}

}  // namespace sluice::dialects::anthropic
