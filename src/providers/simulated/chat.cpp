#include <algorithm>

#include "play.hpp"
#include "sample_json.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::providers::simulated {
namespace {

namespace event = llm::event;

std::string text_of(const std::vector<llm::Part>& parts) {
  std::string out;
  for (const llm::Part& part : parts) {
    if (const auto* text = std::get_if<llm::Text>(&part)) out += text->text;
    else if (const auto* result = std::get_if<llm::ToolResult>(&part)) out += text_of(result->content);
  }
  return out;
}

// What a message costs, in the manner of a real tokenizer: its text, its calls, three for the frame around it; an image
// is 85, OpenAI's price of one in low detail.
std::int64_t cost_of(const std::vector<llm::Part>& parts) {
  std::int64_t tokens = token_count(text_of(parts));
  for (const llm::Part& part : parts) {
    if (std::holds_alternative<llm::Image>(part)) tokens += 85;
    else if (const auto* call = std::get_if<llm::ToolCall>(&part))
      tokens += token_count(call->name) + token_count(call->arguments);
  }
  return tokens;
}

std::int64_t input_tokens(const llm::ChatRequest& request) {
  std::int64_t tokens = 3;
  for (const llm::Message& message : request.messages) tokens += 3 + cost_of(message.parts);
  for (const llm::Tool& tool : request.tools) {
    tokens += 3 + token_count(tool.name) + token_count(tool.description) + token_count(tool.parameters);
  }
  return tokens;
}

// What is said to the model last: by the user, or by a tool it called.
const llm::Message& last_word(const llm::ChatRequest& request) {
  const auto at = std::find_if(request.messages.rbegin(), request.messages.rend(), [](const llm::Message& message) {
    return message.role == llm::Role::user || message.role == llm::Role::tool;
  });
  return at == request.messages.rend() ? request.messages.back() : *at;
}

bool is_word_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) return true;
  const char c = text[at];
  return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
}

bool asks_for(std::string_view text, const std::string& tool) {
  const std::string order = "call " + tool;
  for (std::size_t at = text.find(order); at != text.npos; at = text.find(order, at + 1)) {
    if (is_word_end(text, at + order.size())) return true;
  }
  return false;
}

std::vector<const llm::Tool*> tools_to_call(const llm::ChatRequest& request) {
  using Kind = llm::ToolChoice::Kind;
  const Kind kind = request.tool_choice ? request.tool_choice->kind : Kind::automatic;
  std::vector<const llm::Tool*> chosen;
  if (kind == Kind::none || request.tools.empty()) return chosen;
  const llm::Message& last = last_word(request);
  const std::string text = last.role == llm::Role::user ? text_of(last.parts) : std::string();
  for (const llm::Tool& tool : request.tools) {
    const bool wanted = kind == Kind::named ? tool.name == request.tool_choice->name : asks_for(text, tool.name);
    if (wanted) chosen.push_back(&tool);
  }
  if (chosen.empty() && kind == Kind::required) chosen.push_back(&request.tools.front());
  if (chosen.size() > 1 && !request.parallel_tool_calls.value_or(true)) chosen.resize(1);
  return chosen;
}

std::string answer_text(const llm::ChatRequest& request, const SimulationSettings& settings) {
  const llm::Message& last = last_word(request);
  std::string text = !settings.text.empty() ? settings.text : text_of(last.parts);
  if (text.empty()) text = "This is the simulated provider: there was no text to repeat.";
  if (!request.response_format || request.response_format->kind == llm::ResponseFormat::Kind::text) return text;
  if (request.response_format->kind == llm::ResponseFormat::Kind::json_schema) {
    return sample_json(request.response_format->schema, "simulated");
  }
  if (text.starts_with('{') && !json::validate(text)) return text;
  return "{\"text\":" + json::quoted(text) + "}";
}

llm::ChatResponse answer(const llm::ChatRequest& request, const Play& play) {
  llm::ChatResponse response;
  response.id = make_id("chatcmpl-", play.count);
  response.model = request.model;
  response.created = play.now;
  llm::Choice choice;
  std::int64_t output = 0;
  const auto tools = tools_to_call(request);
  for (std::size_t i = 0; i < tools.size(); ++i) {
    llm::ToolCall call{make_id("call_", play.count) + std::to_string(i), tools[i]->name,
                       sample_json(tools[i]->parameters, "simulated")};
    output += token_count(call.name) + token_count(call.arguments);
    choice.parts.emplace_back(std::move(call));
    choice.finish = llm::Finish::tool_calls;
  }
  if (tools.empty()) {
    Limited limited = limit(answer_text(request, play.settings), request.stop, request.max_tokens);
    output = token_count(limited.text);
    choice.finish = limited.cut ? llm::Finish::length : llm::Finish::stop;
    choice.parts.emplace_back(llm::Text{std::move(limited.text)});
  }
  const std::int64_t n = std::min<std::int64_t>(request.n.value_or(1), 128);
  for (std::int64_t i = 0; i < n; ++i) {
    choice.index = i;
    response.choices.push_back(choice);
  }
  response.usage.input = play.settings.input_tokens.value_or(input_tokens(request));
  response.usage.output = play.settings.output_tokens.value_or(output * n);
  return response;
}

class Streaming {
 public:
  Streaming(const llm::ChatRequest& request, const llm::ChatResponse& response, const Play& play)
      : x_response(response), x_script(play.settings.token_latency),
        x_writer(dialects::caller_dialect(llm::Dialect::openai).stream_writer(request, {response.id, response.created, {}})) {}

  Script play() && {
    put(event::Started{x_response.id, x_response.model}, false);
    for (std::size_t i = 0; i < x_response.choices.front().parts.size(); ++i)
      part(x_response.choices.front().parts[i], i);
    for (const llm::Choice& choice : x_response.choices) put(event::Finished{choice.index, choice.finish}, false);
    put(event::UsageSeen{x_response.usage}, false);
    put(event::Ended{}, false);
    return std::move(x_script).finish();
  }

 private:
  void put(const llm::StreamEvent& what, bool token) {
    x_event.clear();
    x_writer->write(what, x_event);
    if (x_event.empty()) return;
    if (token) x_script.token(x_event);
    else x_script.at_once(x_event);
  }
  // All choices say the same; like a real server's their deltas come interleaved, one wait for a token of each.
  void part(const llm::Part& part, std::size_t position) {
    if (const auto* text = std::get_if<llm::Text>(&part)) {
      for (const std::string_view piece : pieces_of(text->text)) {
        for (const llm::Choice& choice : x_response.choices)
          put(event::TextDelta{choice.index, std::string(piece)}, choice.index == 0);
      }
    } else if (const auto* call = std::get_if<llm::ToolCall>(&part)) {
      const auto index = static_cast<std::int64_t>(position);
      for (const llm::Choice& choice : x_response.choices) {
        put(event::ToolCallStarted{choice.index, index, call->id, call->name}, choice.index == 0);
      }
      for (const std::string_view piece : pieces_of(call->arguments)) {
        for (const llm::Choice& choice : x_response.choices) {
          put(event::ToolCallDelta{choice.index, index, std::string(piece)}, choice.index == 0);
        }
      }
    }
  }

  const llm::ChatResponse& x_response;
  StreamScript x_script;
  std::unique_ptr<dialects::StreamWriter> x_writer;
  std::string x_event;
};

}  // namespace

Script play_chat(const Play& play) {
  auto request = dialects::caller_dialect(llm::Dialect::openai).read_chat(play.body);
  if (!request) return refusal(request.error());
  const llm::ChatResponse response = answer(*request, play);
  if (request->stream) return Streaming(*request, response, play).play();
  return whole(dialects::caller_dialect(llm::Dialect::openai).write_chat(*request, response, {response.id, response.created, {}}));
}

}  // namespace sluice::providers::simulated
