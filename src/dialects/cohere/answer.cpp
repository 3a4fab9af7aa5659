#include "dialects/cohere/answer.hpp"

#include <string>
#include <utility>
#include <vector>

#include "dialects/cohere/citations.hpp"
#include "dialects/cohere/errors.hpp"
#include "dialects/cohere/logprobs.hpp"
#include "dialects/cohere/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

Error nonsense(std::string_view what) {
  return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

// What the model means to do with its tools is said to the reader: it stands as text before the calls, and comes back
// as text beside calls in the next turn.
struct Message {
  std::vector<llm::Part> content, calls;
  std::optional<llm::Text> plan;
  std::string_view citations;
};

void add_content(std::string_view raw, std::vector<llm::Part>& into) {
  std::string_view text, thinking;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "text") text = value;
    else if (key == "thinking") thinking = value;
  });
  if (!thinking.empty()) into.emplace_back(llm::Thinking{text_of(thinking), {}});
  else into.emplace_back(llm::Text{text_of(text)});
}

void add_call(std::string_view raw, std::vector<llm::Part>& into) {
  llm::ToolCall call;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "id") {
      call.id = text_of(value);
    } else if (key == "function") {
      json::each_member(value, [&](std::string_view name, std::string_view inner) {
        if (name == "name") call.name = text_of(inner);
        else if (name == "arguments") call.arguments = text_of(inner);
      });
    }
  });
  if (call.arguments.find_first_not_of(" \t\r\n") == std::string::npos) call.arguments = "{}";
  into.emplace_back(std::move(call));
}

Message read_message(std::string_view raw) {
  Message message;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "content") {
      json::each_element(value, [&](std::string_view item) { add_content(item, message.content); });
    } else if (key == "tool_calls") {
      json::each_element(value, [&](std::string_view call) { add_call(call, message.calls); });
    } else if (key == "tool_plan") {
      if (std::string plan = text_of(value); !plan.empty()) message.plan = llm::Text{std::move(plan)};
    } else if (key == "citations") {
      message.citations = value;
    }
  });
  return message;
}

llm::Text* cited_text(Message& message, std::string_view citation) {
  const CitedPlace place = cited_place(citation);
  if (place.type == "\"PLAN\"") return message.plan ? &*message.plan : nullptr;
  const auto index = static_cast<std::size_t>(place.content_index);
  if (place.type == "\"THINKING_CONTENT\"" || index >= message.content.size()) return nullptr;
  return std::get_if<llm::Text>(&message.content[index]);
}

std::vector<llm::Part> parts_of(Message message) {
  json::each_element(message.citations, [&](std::string_view raw) {
    if (llm::Text* const text = cited_text(message, raw)) text->citations.push_back(read_citation(raw));
  });
  std::vector<llm::Part> parts;
  for (llm::Part& part : message.content) {
    const auto* const text = std::get_if<llm::Text>(&part);
    if (text == nullptr || !text->text.empty()) parts.push_back(std::move(part));
  }
  if (message.plan) parts.emplace_back(*std::move(message.plan));
  for (llm::Part& call : message.calls) parts.push_back(std::move(call));
  return parts;
}

}  // namespace

llm::Finish finish_of(std::string_view raw) {
  if (raw == "\"COMPLETE\"" || raw == "\"STOP_SEQUENCE\"") return llm::Finish::stop;
  if (raw == "\"MAX_TOKENS\"") return llm::Finish::length;
  if (raw == "\"TOOL_CALL\"") return llm::Finish::tool_calls;
  return llm::Finish::unknown;
}

Result<llm::ChatResponse> decode(std::string_view body) {
  if (const auto fault = json::validate(body)) return nonsense(fault->reason);
  llm::ChatResponse answer;
  llm::Choice choice;
  bool has_message = false, broke = false;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "id") {
      answer.id = text_of(value);
    } else if (key == "message" && json::kind_of(value) == json::Kind::object) {
      has_message = true;
      choice.parts = parts_of(read_message(value));
    } else if (key == "finish_reason") {
      choice.finish = finish_of(value);
      broke = is_failure(value);
    } else if (key == "usage") {
      answer.usage = read_usage(value).value_or(llm::Usage{});
    } else if (key == "logprobs") {
      choice.logprobs = read_logprobs(value);
    }
  });
  if (broke) return failure_in_event(body).error;
  if (!has_message) return nonsense("it has no message");
  answer.choices.push_back(std::move(choice));
  return answer;
}

}  // namespace sluice::dialects::cohere
