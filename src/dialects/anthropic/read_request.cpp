#include "dialects/anthropic/read_request.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "sluice/json/validate.hpp"

namespace sluice::dialects::anthropic {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

class Request {
 public:
  Request(llm::ChatRequest& request, bool counts) : x_request(request), x_counts(counts) {}

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
    if (conversation(key, value, path) || sampling(key, value, path)) return;
    if (key == "stream") x_reading.boolean(value, path, x_request.stream);
    else if (key == "thinking") thinking(value, path);
    else if (key == "output_config") output_config(value, path);
    else if (key == "output_format") format(value, path);   // the beta's name of output_config.format
    else if (key == "metadata") metadata(value, path);
    else if (key == "service_tier") x_reading.text(value, path, x_request.service_tier);
    // The body's part of the protocol on Vertex and Bedrock: which version and betas the rest is written in.
    else if (key != "anthropic_version" && key != "anthropic_beta" && key != "betas") x_reading.keep_other(path, value);
  }

  bool conversation(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") {
      x_reading.text(value, path, x_request.model);
    } else if (key == "messages") {
      x_has_messages = true;
      read_messages(x_reading, value, path, x_messages);
    } else if (key == "system") {
      read_system(x_reading, value, path, x_request.messages);
    } else if (key == "tools") {
      read_tools(x_reading, value, path, x_request);
    } else if (key == "tool_choice") {
      read_tool_choice(x_reading, value, path, x_request);
    } else {
      return false;
    }
    return true;
  }

  bool sampling(std::string_view key, std::string_view value, const Path& path) {
    if (key == "max_tokens") x_reading.integer(value, path, 1, any, x_request.max_tokens);
    else if (key == "temperature") x_reading.number(value, path, 0, 1, x_request.temperature);
    else if (key == "top_p") x_reading.number(value, path, 0, 1, x_request.top_p);
    else if (key == "top_k") x_reading.integer(value, path, 0, any, x_request.top_k);
    else if (key == "stop_sequences") {
      x_request.stop.clear();
      x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
        x_reading.text(raw, path[i], x_request.stop.emplace_back());
      });
    } else {
      return false;
    }
    return true;
  }

  void thinking(std::string_view value, const Path& path) {
    std::string type, display;
    std::optional<std::int64_t> budget;
    const bool read = x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "type") x_reading.text(raw, path / key, type);
      else if (key == "budget_tokens") x_reading.integer(raw, path / key, 1024, any, budget);
      else if (key == "display") x_reading.text(raw, path / key, display);
      else x_reading.keep_other(path / key, raw);
    });
    if (!read) return;
    if (type == "disabled") {
      x_request.thinking_budget = 0;
    } else if (type == "adaptive") {
      x_request.thinking_budget = -1;
    } else if (type == "enabled") {
      if (!budget) return void(x_reading.missing(path / "budget_tokens"));
      x_request.thinking_budget = budget;
    } else if (type.empty()) {
      return void(x_reading.missing(path / "type"));
    } else {
      return void(x_reading.unsupported(path / "type", type, "'enabled', 'adaptive', and 'disabled'"));
    }
    if (type == "disabled") return;
    if (!display.empty() && display != "summarized" && display != "omitted")
      return void(x_reading.unsupported(path / "display", display, "'summarized' and 'omitted'"));
    if (!display.empty() || type == "enabled") x_request.show_thinking = display != "omitted";
  }

  void output_config(std::string_view value, const Path& path) {
    x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "effort") effort(raw, path / key);
      else if (key == "format") format(raw, path / key);
      else x_reading.keep_other(path / key, raw);
    });
  }

  void effort(std::string_view value, const Path& path) {
    static constexpr std::array<std::string_view, 5> known{"low", "medium", "high", "xhigh", "max"};
    if (!x_reading.text(value, path, x_request.reasoning_effort)) return;
    if (std::find(known.begin(), known.end(), x_request.reasoning_effort) != known.end()) return;
    x_reading.unsupported(path, x_request.reasoning_effort, "'low', 'medium', 'high', 'xhigh', and 'max'");
  }

  void format(std::string_view value, const Path& path) {
    std::string type;
    llm::ResponseFormat format{llm::ResponseFormat::Kind::json_schema, "", "", true, ""};
    const bool read = x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "type") x_reading.text(raw, path / key, type);
      else if (key == "name") x_reading.text(raw, path / key, format.name);
      else if (key == "schema") {
        if (x_reading.object(raw, path / key)) format.schema = raw;
      } else {
        x_reading.keep_other(path / key, raw);
      }
    });
    if (!read) return;
    if (type != "json_schema") return void(x_reading.unsupported(path / "type", type, "'json_schema'"));
    if (format.schema.empty()) return void(x_reading.missing(path / "schema"));
    x_request.response_format = std::move(format);
  }

  void metadata(std::string_view value, const Path& path) {
    x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "user_id") x_reading.text(raw, path / key, x_request.user);
      else x_reading.keep_other(path / key, raw);
    });
  }

  void finish() {
    if (x_request.model.empty()) return void(x_reading.missing(Path{nullptr, "model"}));
    if (!x_counts && !x_request.max_tokens) return void(x_reading.missing(Path{nullptr, "max_tokens"}));
    if (!x_has_messages) return void(x_reading.missing(Path{nullptr, "messages"}));
    if (x_messages.empty()) {
      x_reading.refuse(Path{nullptr, "messages"}, "messages: at least one message is required");
      return;
    }
    x_request.messages.insert(x_request.messages.end(), std::make_move_iterator(x_messages.begin()),
                              std::make_move_iterator(x_messages.end()));
  }

  llm::ChatRequest& x_request;
  const bool x_counts;
  Reading x_reading;
  std::vector<llm::Message> x_messages;   // behind the system prompt, which may come later in the body
  bool x_has_messages = false;
};

Result<llm::ChatRequest> read(std::string_view body, bool counts) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "The request body is not valid JSON: " + std::string(fault->reason) + " at byte " +
                                        std::to_string(fault->at) + ".");
  }
  llm::ChatRequest request;
  request.caller = llm::Dialect::anthropic;
  request.include_usage = true;   // every answer has it
  Request reader(request, counts);
  if (auto read = reader.read(body); !read) return std::move(read).error();
  return request;
}

}  // namespace

Result<llm::ChatRequest> read_chat(std::string_view body) { return read(body, false); }
Result<llm::ChatRequest> read_count_tokens(std::string_view body) { return read(body, true); }

}  // namespace sluice::dialects::anthropic
