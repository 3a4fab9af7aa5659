#include "dialects/bedrock/answer.hpp"

#include <algorithm>
#include <utility>

#include "dialects/bedrock/signatures.hpp"
#include "dialects/bedrock/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::bedrock {
namespace {

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }
std::string member_text(std::string_view object, std::string_view key) { return text_of(json::find(object, key).value_or("")); }
std::int64_t member_integer(std::string_view object, std::string_view key) {
  return std::max<std::int64_t>(json::to_integer(json::find(object, key).value_or("")).value_or(-1), -1);
}

void add_text(std::string text, std::vector<llm::Citation> citations, std::vector<llm::Part>& parts) {
  if (text.empty() && citations.empty()) return;
  // Citations cut a text up: what is cited stays apart, so that it is known what it is.
  parts.push_back(llm::Text{std::move(text), std::move(citations)});
}

void add_call(std::string_view block, std::string_view value, std::vector<llm::Part>& parts) {
  std::string_view id, name, input, type;
  json::each_member(value, [&](std::string_view key, std::string_view raw) {
    if (key == "toolUseId") id = raw;
    else if (key == "name") name = raw;
    else if (key == "input") input = raw;
    else if (key == "type") type = raw;
  });
  if (type == "\"server_tool_use\"") {
    parts.push_back(llm::ServerPart{std::string(block), llm::Dialect::bedrock});
  } else if (text_of(name) == answer_tool) {
    add_text(std::string(input), {}, parts);
  } else {
    const bool given = json::kind_of(input) == json::Kind::object;
    parts.push_back(llm::ToolCall{text_of(id), text_of(name), given ? std::string(input) : "{}"});
  }
}

void add_cited(std::string_view value, std::vector<llm::Part>& parts) {
  std::string text;
  std::vector<llm::Citation> citations;
  json::each_member(value, [&](std::string_view key, std::string_view raw) {
    if (key == "content") {
      json::each_element(raw, [&text](std::string_view piece) { text += member_text(piece, "text"); });
    } else if (key == "citations") {
      json::each_element(raw, [&citations](std::string_view one) { citations.push_back(read_citation(one)); });
    }
  });
  add_text(std::move(text), std::move(citations), parts);
}

void add_media(std::string_view kind, std::string_view value, std::vector<llm::Part>& parts) {
  const std::string format = member_text(value, "format");
  std::string data = member_text(json::find(value, "source").value_or(""), "bytes");
  if (data.empty()) return;
  if (kind == "image") parts.push_back(llm::Image{"image/" + format, std::move(data), {}, {}});
  else parts.push_back(llm::Audio{format, std::move(data)});
}

void add_block(std::string_view block, std::vector<llm::Part>& parts) {
  json::each_member(block, [&](std::string_view key, std::string_view value) {
    if (key == "text") add_text(text_of(value), {}, parts);
    else if (key == "toolUse") add_call(block, value, parts);
    else if (key == "reasoningContent") parts.push_back(read_thinking(value));
    else if (key == "citationsContent") add_cited(value, parts);
    else if (key == "image" || key == "audio") add_media(key, value, parts);
    else parts.push_back(llm::ServerPart{std::string(block), llm::Dialect::bedrock});   // toolResult of a system tool
    return false;   // a block is one of them
  });
}

bool calls(const std::vector<llm::Part>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const llm::Part& part) { return std::holds_alternative<llm::ToolCall>(part); });
}

bool read_output(std::string_view output, llm::Choice& choice) {
  const auto message = json::find(output, "message");
  const auto content = message ? json::find(*message, "content") : std::nullopt;
  if (!content || json::kind_of(*content) != json::Kind::array) return false;
  json::each_element(*content, [&choice](std::string_view block) { add_block(block, choice.parts); });
  attach_signatures(choice.parts);
  return true;
}

}  // namespace

Error unreadable(std::string_view what) {
  return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

llm::Finish finish_of(std::string_view raw) {
  if (raw == "\"end_turn\"" || raw == "\"stop_sequence\"") return llm::Finish::stop;
  if (raw == "\"tool_use\"") return llm::Finish::tool_calls;
  if (raw == "\"max_tokens\"" || raw == "\"model_context_window_exceeded\"") return llm::Finish::length;
  if (raw == "\"guardrail_intervened\"" || raw == "\"content_filtered\"") return llm::Finish::content_filter;
  if (raw == "\"refusal\"") return llm::Finish::refusal;
  return llm::Finish::unknown;   // malformed_model_output, malformed_tool_use
}

llm::Citation read_citation(std::string_view raw) {
  llm::Citation citation;
  citation.raw = raw;
  citation.origin = llm::Dialect::bedrock;
  citation.title = member_text(raw, "title");
  citation.url = member_text(raw, "source");
  const auto source = json::find(raw, "sourceContent");
  json::each_element(source.value_or(""), [&citation](std::string_view piece) { citation.quote += member_text(piece, "text"); });
  // Its start and end are places in the document, not in the answer.
  json::each_member(json::find(raw, "location").value_or(""), [&citation](std::string_view key, std::string_view place) {
    if (key == "web") citation.url = member_text(place, "url");
    else citation.document = member_integer(place, key == "searchResultLocation" ? "searchResultIndex" : "documentIndex");
  });
  return citation;
}

Result<llm::ChatResponse> decode(std::string_view body) {
  if (const auto fault = json::validate(body)) return unreadable(fault->reason);
  llm::ChatResponse answer;
  llm::Choice choice;
  bool has_output = false;
  json::each_member(body, [&](std::string_view key, std::string_view raw) {
    if (key == "output") has_output = read_output(raw, choice);
    else if (key == "stopReason") choice.finish = finish_of(raw);
    else if (key == "usage") answer.usage = read_usage(raw).value_or(llm::Usage{});
    else if (key == "serviceTier") answer.service_tier = member_text(raw, "type");
    else if (key == "additionalModelResponseFields") choice.stop_sequence = member_text(raw, "stop_sequence");
  });
  if (!has_output) return unreadable("it has no message");
  if (choice.finish == llm::Finish::tool_calls && !calls(choice.parts)) choice.finish = llm::Finish::stop;   // the answer_tool
  answer.choices.push_back(std::move(choice));
  return answer;
}

Result<std::int64_t> decode_token_count(std::string_view body) {
  const auto tokens = json::to_integer(json::find(body, "inputTokens").value_or(""));
  if (!tokens || *tokens < 0) return unreadable("it has no count of tokens");
  return *tokens;
}

}  // namespace sluice::dialects::bedrock
