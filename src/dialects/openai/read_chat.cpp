#include "dialects/openai/read_chat.hpp"

#include <array>
#include <algorithm>
#include <limits>

#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

class Request {
 public:
  explicit Request(llm::ChatRequest& request) : x_request(request) {}

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
    if (conversation(key, value, path) || sampling(key, value, path) || limits(key, value, path) || output(key, value, path)) return;
    if (key == "stream") x_reading.boolean(value, path, x_request.stream);
    else if (key == "stream_options") stream_options(value, path);
    else if (key == "user") x_reading.text(value, path, x_request.user);
    else if (key == "safety_identifier") x_reading.text(value, path, x_safety_identifier);
    else if (key == "metadata") metadata(value, path);
    else if (key == "service_tier") x_reading.text(value, path, x_request.service_tier);
    else x_reading.keep_other(path, value);
  }

  bool conversation(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") {
      x_reading.text(value, path, x_request.model);
    } else if (key == "messages") {
      x_has_messages = true;
      read_messages(x_reading, value, path, x_request.messages);
    } else if (key == "tools") {
      read_tools(x_reading, value, path, x_request.tools, x_request.server_tools);
    } else if (key == "web_search_options") {
      if (x_reading.object(value, path)) {
        x_request.server_tools.push_back({llm::ServerTool::Kind::web_search, "web_search_options", std::string(value), llm::Dialect::openai});
      }
    } else if (key == "functions") {
      x_request.old_functions = true;
      read_functions(x_reading, value, path, x_request.tools);
    } else if (key == "function_call") {
      read_function_call(x_reading, value, path, x_request.tool_choice);
    } else if (key == "tool_choice") {
      read_tool_choice(x_reading, value, path, x_request.tool_choice);
    } else if (key == "parallel_tool_calls") {
      if (bool parallel = false; x_reading.boolean(value, path, parallel)) x_request.parallel_tool_calls = parallel;
    } else if (key == "response_format") {
      read_response_format(x_reading, value, path, x_request.response_format);
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
    else if (key == "top_k") x_reading.integer(value, path, 0, any, x_request.top_k);
    else if (key == "seed")
      x_reading.integer(value, path, std::numeric_limits<std::int64_t>::min(), any, x_request.seed);
    else if (key == "n") x_reading.integer(value, path, 1, 128, x_request.n);
    else if (key == "stop") stop(value, path);
    else return false;
    return true;
  }

  // How the answer is to be made and shown.
  bool output(std::string_view key, std::string_view value, const Path& path) {
    if (key == "reasoning_effort") reasoning_effort(value, path);
    else if (key == "reasoning") reasoning(value, path);
    else if (key == "include_reasoning") show_thinking(value, path, false);
    else if (key == "verbosity") verbosity(value, path);
    else if (key == "modalities") modalities(value, path);
    else if (key == "audio") audio(value, path);
    else if (key == "top_logprobs") x_reading.integer(value, path, 0, 20, x_request.top_logprobs);
    else if (key == "logprobs") logprobs(value, path);
    else return false;
    return true;
  }

  void logprobs(std::string_view value, const Path& path) {
    if (bool wanted = false; x_reading.boolean(value, path, wanted)) x_request.logprobs = wanted;
  }
  void show_thinking(std::string_view value, const Path& path, bool negated) {
    if (bool shown = false; x_reading.boolean(value, path, shown)) x_request.show_thinking = shown != negated;
  }

  // OpenRouter's form.
  void reasoning(std::string_view value, const Path& path) {
    std::optional<bool> enabled;
    x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      const Path here = path / key;
      if (key == "effort") {
        reasoning_effort(raw, here);
      } else if (key == "max_tokens") {
        x_reading.integer(raw, here, 0, any, x_request.thinking_budget);
      } else if (key == "exclude") {
        show_thinking(raw, here, true);
      } else if (key == "enabled") {
        if (bool on = false; x_reading.boolean(raw, here, on)) enabled = on;
      } else if (key == "summary") {
        x_reading.text(raw, here, x_request.thinking_detail);
      } else {
        x_reading.keep_other(here, raw);
      }
    });
    if (enabled == false) x_request.reasoning_effort = "none";
    if (enabled == true && x_request.reasoning_effort.empty() && !x_request.thinking_budget) x_request.thinking_budget = -1;
  }

  void verbosity(std::string_view value, const Path& path) {
    if (!x_reading.text(value, path, x_request.verbosity)) return;
    const std::string& asked = x_request.verbosity;
    if (asked != "low" && asked != "medium" && asked != "high") x_reading.unsupported(path, asked, "'low', 'medium', and 'high'");
  }

  void modalities(std::string_view value, const Path& path) {
    x_request.modalities.clear();
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      std::string& one = x_request.modalities.emplace_back();
      if (!x_reading.text(raw, path[i], one)) return;
      if (one != "text" && one != "audio" && one != "image") x_reading.unsupported(path[i], one, "'text', 'audio', and 'image'");
    });
  }

  void audio(std::string_view value, const Path& path) {
    if (!x_reading.object(value, path)) return;
    for (const std::string_view name : {"voice", "format"}) {
      if (!json::find(value, name)) x_reading.missing(path / name);
    }
    x_request.audio_output = value;
  }

  void metadata(std::string_view value, const Path& path) {
    const bool read = x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (json::kind_of(raw) != json::Kind::string) x_reading.wrong_type(path / key, "a string", raw);
    });
    if (read && value.find('"') != value.npos) x_request.metadata = value;
  }

  bool limits(std::string_view key, std::string_view value, const Path& path) {
    if (key == "max_completion_tokens") x_reading.integer(value, path, 1, any, x_max_completion_tokens);
    else if (key == "max_tokens") x_reading.integer(value, path, 1, any, x_max_tokens);
    else return false;
    return true;
  }

  void stop(std::string_view value, const Path& path) {
    x_request.stop.clear();
    const auto kind = json::kind_of(value);
    if (kind == json::Kind::string) {
      x_reading.text(value, path, x_request.stop.emplace_back());
    } else if (kind == json::Kind::array) {
      x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
        x_reading.text(raw, path[i], x_request.stop.emplace_back());
      });
      if (x_request.stop.size() > 4) {
        x_reading.refuse(
            path,
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length " +
                std::to_string(x_request.stop.size()) + " instead.",
            "array_above_max_length");
      }
    } else {
      x_reading.wrong_type(path, "one of a string or array of strings", value);
    }
  }

  void stream_options(std::string_view value, const Path& path) {
    x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "include_usage") x_reading.boolean(raw, path / key, x_request.include_usage);
      else if (key != "include_obfuscation") x_reading.keep_other(path / key, raw);
    });
  }

  void reasoning_effort(std::string_view value, const Path& path) {
    static constexpr std::array<std::string_view, 7> known{"none", "minimal", "low", "medium", "high", "xhigh", "max"};
    if (!x_reading.text(value, path, x_request.reasoning_effort)) return;
    if (std::find(known.begin(), known.end(), x_request.reasoning_effort) != known.end()) return;
    x_reading.unsupported(path, x_request.reasoning_effort, "'none', 'minimal', 'low', 'medium', 'high', and 'xhigh'");
  }

  void finish() {
    if (x_request.model.empty()) {
      x_reading.refuse(Path{nullptr, "model"}, "you must provide a model parameter", "missing_required_parameter");
    } else if (!x_has_messages) {
      x_reading.missing(Path{nullptr, "messages"});
    } else if (x_request.messages.empty()) {
      x_reading.refuse(Path{nullptr, "messages"},
                       "Invalid 'messages': empty array. Expected an array with minimum length 1, "
                       "but got an empty array instead.",
                       "empty_array");
    }
    x_request.max_tokens = x_max_completion_tokens ? x_max_completion_tokens : x_max_tokens;
    // What `user` was split into; the caller may still send both.
    if (x_request.user.empty()) x_request.user = std::move(x_safety_identifier);
    else if (!x_safety_identifier.empty() && x_safety_identifier != x_request.user) {
      x_reading.keep_other(Path{nullptr, "safety_identifier"}, json::quoted(x_safety_identifier));
    }
  }

  llm::ChatRequest& x_request;
  Reading x_reading;
  std::optional<std::int64_t> x_max_completion_tokens, x_max_tokens;
  std::string x_safety_identifier;
  bool x_has_messages = false;
};

}  // namespace

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

}  // namespace sluice::dialects::openai
