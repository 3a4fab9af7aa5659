#include "dialects/responses/answer.hpp"

#include <charconv>
#include <utility>

#include "dialects/responses/usage.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::responses {
namespace {

using json::Kind;

Error nonsense(std::string_view what) {
  return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

// Bedrock writes created_at as 1787150055.0.
std::int64_t seconds(std::string_view raw) {
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return error == std::errc() && value >= 0 && value < 1e12 ? static_cast<std::int64_t>(value) : 0;
}

void add_logprobs(std::string_view list, std::string& logprobs) {
  json::each_element(list, [&logprobs](std::string_view one) {
    if (!logprobs.empty()) logprobs += ',';
    logprobs += one;
  });
}

void add_message_content(std::string_view content, std::vector<llm::Part>& parts, std::string& logprobs) {
  json::each_element(content, [&](std::string_view part) {
    const std::string_view type = json::find(part, "type").value_or("");
    if (type == "\"refusal\"") {
      parts.emplace_back(llm::Refusal{text_of(part, "refusal")});
    } else if (type == "\"output_text\"" || type == "\"text\"") {
      llm::Text text{text_of(part, "text")};
      json::each_element(json::find(part, "annotations").value_or(""), [&text](std::string_view annotation) {
        text.citations.push_back(read_annotation(annotation));
      });
      add_logprobs(json::find(part, "logprobs").value_or(""), logprobs);
      if (!text.text.empty() || !text.citations.empty()) parts.emplace_back(std::move(text));
    }
  });
}

std::string joined_texts(std::string_view list) {
  std::string all;
  json::each_element(list, [&all](std::string_view part) {
    const std::string text = text_of(part, "text");
    if (text.empty()) return;
    if (!all.empty()) all += "\n\n";
    all += text;
  });
  return all;
}

// The thought itself where the model shows it (gpt-oss), else its summary.
void add_reasoning(std::string_view item, std::vector<llm::Part>& parts) {
  llm::Thinking thinking;
  thinking.text = joined_texts(json::find(item, "content").value_or(""));
  if (thinking.text.empty()) thinking.text = joined_texts(json::find(item, "summary").value_or(""));
  thinking.signature = text_of(item, "encrypted_content");
  if (thinking.text.empty() && thinking.signature.empty()) return;
  if (!thinking.signature.empty()) {
    thinking.maker = llm::Maker::openai;
    thinking.id = text_of(item, "id");
  }
  thinking.redacted = thinking.text.empty();
  parts.emplace_back(std::move(thinking));
}

void add_call(std::string_view item, bool custom, std::vector<llm::Part>& parts) {
  llm::ToolCall call{text_of(item, "call_id"), text_of(item, "name"), text_of(item, custom ? "input" : "arguments")};
  call.custom = custom;
  if (!custom && call.arguments.empty()) call.arguments = "{}";
  parts.emplace_back(std::move(call));
}

bool add_image(std::string_view item, std::vector<llm::Part>& parts) {
  std::string data = text_of(item, "result"), format = text_of(item, "output_format");
  if (data.empty()) return false;
  if (format.empty()) format = "png";
  parts.emplace_back(llm::Image{"image/" + format, std::move(data), {}, {}});
  return true;
}

}  // namespace

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }
std::string text_of(std::string_view object, std::string_view key) {
  return text_of(json::find(object, key).value_or(""));
}

llm::Citation read_annotation(std::string_view annotation) {
  llm::Citation citation;
  citation.origin = llm::Dialect::responses;
  citation.raw = annotation;
  json::each_member(annotation, [&citation](std::string_view key, std::string_view value) {
    if (key == "url") citation.url = text_of(value);
    else if (key == "title") citation.title = text_of(value);
    else if (key == "filename" && citation.title.empty()) citation.title = text_of(value);
    else if (key == "start_index") citation.start = json::to_integer(value).value_or(-1);
    else if (key == "end_index") citation.end = json::to_integer(value).value_or(-1);
  });
  return citation;
}

void add_output_item(std::string_view item, std::vector<llm::Part>& parts, std::string& logprobs) {
  const std::string_view type = json::find(item, "type").value_or("");
  if (type == "\"message\"") add_message_content(json::find(item, "content").value_or(""), parts, logprobs);
  else if (type == "\"reasoning\"") add_reasoning(item, parts);
  else if (type == "\"function_call\"") add_call(item, false, parts);
  else if (type == "\"custom_tool_call\"") add_call(item, true, parts);
  else if (type == "\"image_generation_call\"" && add_image(item, parts)) return;
  else if (json::kind_of(item) == Kind::object) parts.emplace_back(llm::ServerPart{std::string(item), llm::Dialect::responses});
}

llm::Finish finish_of(std::string_view response, bool calls, bool refused) {
  std::string_view status, details;
  json::each_member(response, [&](std::string_view key, std::string_view value) {
    if (key == "status") status = value;
    else if (key == "incomplete_details") details = value;
  });
  if (status == "\"incomplete\"") {
    const std::string_view reason = json::find(details, "reason").value_or("");
    if (reason == "\"other\"") return llm::Finish::unknown;   // as we write it
    return reason == "\"content_filter\"" ? llm::Finish::content_filter : llm::Finish::length;
  }
  if (calls) return llm::Finish::tool_calls;
  return refused ? llm::Finish::refusal : llm::Finish::stop;
}

Result<llm::ChatResponse> decode(std::string_view body) {
  if (const auto fault = json::validate(body)) return nonsense(fault->reason);
  llm::ChatResponse answer;
  llm::Choice choice;
  std::string logprobs;
  std::string_view status;
  bool has_output = false;
  json::each_member(body, [&](std::string_view key, std::string_view raw) {
    if (key == "id") answer.id = text_of(raw);
    else if (key == "model") answer.model = text_of(raw);
    else if (key == "created_at") answer.created = seconds(raw);
    else if (key == "service_tier") answer.service_tier = text_of(raw);
    else if (key == "status") status = raw;
    else if (key == "output" && json::kind_of(raw) == Kind::array) {
      has_output = true;
      json::each_element(raw, [&](std::string_view item) { add_output_item(item, choice.parts, logprobs); });
    }
  });
  if (!has_output) return nonsense("it is no response");
  // One that is made in the background has nothing in it yet.
  if (status == "\"queued\"" || status == "\"in_progress\"") return nonsense("the response is not finished");
  bool calls = false, refused = false;
  for (const llm::Part& part : choice.parts) {
    calls = calls || std::holds_alternative<llm::ToolCall>(part);
    refused = refused || std::holds_alternative<llm::Refusal>(part);
  }
  choice.finish = finish_of(body, calls, refused);
  if (!logprobs.empty()) choice.logprobs = "{\"content\":[" + logprobs + "]}";
  answer.usage = usage_in_response(body).value_or(llm::Usage{});
  answer.choices.push_back(std::move(choice));
  return answer;
}

}  // namespace sluice::dialects::responses
