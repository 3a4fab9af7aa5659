#include "dialects/responses/read_chat.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "sluice/json/validate.hpp"

namespace sluice::dialects::responses {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

class Request {
 public:
  explicit Request(llm::ChatRequest& request) : x_request(request) { request.caller = llm::Dialect::responses; }

  Result<> read(std::string_view body) {
    x_reading.members(body, Path{}, [&](std::string_view key, std::string_view value) { member(key, value); });
    if (!x_reading.failed()) finish();
    if (x_reading.failed()) return x_reading.take_fault();
    x_request.others = std::move(x_reading.others);
    return {};
  }

 private:
  void member(std::string_view key, std::string_view value) {
    const Path path{nullptr, key};
    if (conversation(key, value, path) || sampling(key, value, path) || keeping(key, value, path)) return;
    if (key == "stream") x_reading.boolean(value, path, x_request.stream);
    else if (key == "stream_options") stream_options(value, path);
    else if (key == "reasoning") reasoning(value, path);
    else if (key == "text") read_text_settings(x_reading, value, path, x_request);
    else if (key == "include") include(value, path);
    else if (key == "service_tier") x_reading.text(value, path, x_request.service_tier);
    else if (key == "user") x_reading.text(value, path, x_user);
    else if (key == "safety_identifier") x_reading.text(value, path, x_safety_identifier);
    else if (key == "metadata") metadata(value, path);
    else x_reading.keep_other(path, value);
  }

  bool conversation(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") {
      x_reading.text(value, path, x_request.model);
    } else if (key == "input") {
      x_has_input = true;
      x_input.clear();
      read_input(x_reading, value, path, x_input);
    } else if (key == "instructions") {
      instructions(value, path);
    } else if (key == "tools") {
      read_tools(x_reading, value, path, x_request);
    } else if (key == "tool_choice") {
      read_tool_choice(x_reading, value, path, x_request);
    } else if (key == "parallel_tool_calls") {
      if (bool parallel = false; x_reading.boolean(value, path, parallel)) x_request.parallel_tool_calls = parallel;
    } else {
      return false;
    }
    return true;
  }

  bool sampling(std::string_view key, std::string_view value, const Path& path) {
    if (key == "temperature") x_reading.number(value, path, 0, 2, x_request.temperature);
    else if (key == "top_p") x_reading.number(value, path, 0, 1, x_request.top_p);
    else if (key == "frequency_penalty") x_reading.number(value, path, -2, 2, x_request.frequency_penalty);
    else if (key == "presence_penalty") x_reading.number(value, path, -2, 2, x_request.presence_penalty);
    else if (key == "max_output_tokens") x_reading.integer(value, path, 1, any, x_request.max_tokens);
    else if (key == "top_logprobs") top_logprobs(value, path);
    else return false;
    return true;
  }

  // An answer that is translated is kept by nobody. `store: false` asks for that; absent, most callers do not know that
  // it means true, and send the conversation anew: only who says true is told that it was not done. The others make the
  // request mean something else: translatable() refuses them.
  bool keeping(std::string_view key, std::string_view value, const Path& path) {
    const bool asks_nothing = value == "false";
    if (key == "store" || key == "background") {
      if (bool asked = false; x_reading.boolean(value, path, asked) && !asks_nothing) x_reading.keep_other(path, value);
    } else if (key == "truncation") {
      if (value != "\"disabled\"") x_reading.keep_other(path, value);
    } else if (key == "previous_response_id" || key == "conversation" || key == "prompt") {
      x_continues = x_continues || value != "\"\"";
      x_reading.keep_other(path, value);
    } else {
      return false;
    }
    return true;
  }

  void instructions(std::string_view value, const Path& path) {
    x_instructions.clear();
    if (json::kind_of(value) == json::Kind::array) {   // items, as `input`; what a prompt template gives
      read_input(x_reading, value, path, x_instructions);
      return;
    }
    llm::Text text;
    if (!x_reading.text(value, path, text.text) || text.text.empty()) return;
    llm::Message message;
    message.role = llm::Role::system;
    message.parts.emplace_back(std::move(text));
    x_instructions.push_back(std::move(message));
    x_request.instructions_apart = true;
  }

  void top_logprobs(std::string_view value, const Path& path) {
    x_reading.integer(value, path, 0, 20, x_request.top_logprobs);
    if (x_request.top_logprobs == 0) x_request.top_logprobs.reset();
    else if (x_request.top_logprobs) x_request.logprobs = true;
  }

  void stream_options(std::string_view value, const Path& path) {
    x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key != "include_obfuscation") x_reading.keep_other(path / key, raw);   // ours needs no filler
    });
  }

  void reasoning(std::string_view value, const Path& path) {
    x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "effort") {
        effort(raw, path / key);
      } else if (key == "summary" || key == "generate_summary") {   // the latter is its first name
        if (x_reading.text(raw, path / key, x_request.thinking_detail)) x_request.show_thinking = true;
      } else {
        x_reading.keep_other(path / key, raw);
      }
    });
  }

  void effort(std::string_view value, const Path& path) {
    static constexpr std::array<std::string_view, 7> known{"none", "minimal", "low", "medium", "high", "xhigh", "max"};
    if (!x_reading.text(value, path, x_request.reasoning_effort)) return;
    if (std::find(known.begin(), known.end(), x_request.reasoning_effort) != known.end()) return;
    x_reading.unsupported(path, x_request.reasoning_effort, "'none', 'minimal', 'low', 'medium', 'high', and 'xhigh'");
  }

  // Reasoning always comes with its proof here, asked or not: nobody else keeps it.
  void include(std::string_view value, const Path& path) {
    std::string rest;
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      std::string what;
      if (!x_reading.text(raw, path[i], what)) return;
      if (what == "message.output_text.logprobs") x_request.logprobs = true;
      else if (what != "reasoning.encrypted_content") rest.append(rest.empty() ? "[" : ",").append(raw);
    });
    if (!rest.empty() && !x_reading.failed()) x_reading.keep_other(path, rest + "]");
  }

  void metadata(std::string_view value, const Path& path) {
    if (x_reading.object(value, path) && value != "{}") x_request.metadata = value;
  }

  void finish() {
    if (x_request.model.empty()) {
      x_reading.missing(Path{nullptr, "model"});
      return;
    }
    if (!x_continues && x_input.empty()) {
      if (!x_has_input) x_reading.missing(Path{nullptr, "input"});
      else x_reading.refuse(Path{nullptr, "input"}, "Invalid 'input': empty array. Expected an array with minimum length 1.", "empty_array");
      return;
    }
    x_request.user = std::move(x_safety_identifier.empty() ? x_user : x_safety_identifier);
    x_request.include_usage = true;   // the last event always has it
    x_request.messages = std::move(x_instructions);
    for (llm::Message& message : x_input) {
      const bool empty = message.parts.empty() && message.role == llm::Role::assistant;   // a proof without what it proves
      if (!empty) x_request.messages.push_back(std::move(message));
    }
  }

  llm::ChatRequest& x_request;
  Reading x_reading;
  std::vector<llm::Message> x_instructions, x_input;
  std::string x_user, x_safety_identifier;
  bool x_has_input = false, x_continues = false;
};

Error kept_elsewhere(std::string param) {
  std::string message = "'" + param + "' refers to what OpenAI's Responses API keeps, and no provider of that API serves this model here. "
                        "Send the whole conversation in 'input' instead.";
  return Error(Code::bad_request, std::move(message)).named("unsupported_parameter").about(std::move(param));
}

}  // namespace

Result<> translatable(const llm::ChatRequest& request) {
  for (const auto& [name, value] : request.others) {
    if (name == "previous_response_id" || name == "conversation" || name == "prompt") return kept_elsewhere(name);
    if (name == "background") {
      return Error(Code::bad_request, "The provider of this model cannot make responses in the background.")
          .named("unsupported_parameter").about(name);
    }
  }
  for (const llm::Message& message : request.messages) {
    for (const llm::Part& part : message.parts) {
      const auto* const item = std::get_if<llm::ServerPart>(&part);
      if (item == nullptr || item->origin != llm::Dialect::responses) continue;
      if (json::find(item->raw, "type").value_or("") == "\"item_reference\"") return kept_elsewhere("input");
    }
  }
  if (request.messages.empty()) return kept_elsewhere("input");
  return {};
}

Result<llm::ChatRequest> read_chat(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "We could not parse the JSON body of your request: " + std::string(fault->reason) +
                                        " at byte " + std::to_string(fault->at) + ".");
  }
  llm::ChatRequest request;
  Request reader(request);
  if (auto read = reader.read(body); !read) return std::move(read).error();
  return request;
}

}  // namespace sluice::dialects::responses
