#include "dialects/cohere/read_chat.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

class Request {
 public:
  explicit Request(llm::ChatRequest& request) : x_request(request) {}

  Result<> read(std::string_view body) {
    x_reading.members(body, Path{}, [&](std::string_view key, std::string_view value) {
      const Path path{nullptr, key};
      if (conversation(key, value, path) || sampling(key, value, path) || manner(key, value, path)) return;
      x_reading.keep_other(path, value);
    });
    if (!x_reading.failed()) finish();
    if (x_reading.failed()) return x_reading.take_fault();
    x_request.others = std::move(x_reading.others);
    return {};
  }

 private:
  bool conversation(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") x_reading.text(value, path, x_request.model);
    else if (key == "messages") read_messages(x_reading, value, path, x_request.messages);
    else if (key == "tools") read_tools(x_reading, value, path, x_request.tools);
    else if (key == "documents") read_documents(x_reading, value, path, x_documents);
    else if (key == "tool_choice") tool_choice(value, path);
    else if (key == "strict_tools") x_reading.boolean(value, path, x_strict);
    else if (key == "response_format") response_format(value, path);
    else return false;
    return true;
  }

  // Ranges of docs.cohere.com/v2/reference/chat.
  bool sampling(std::string_view key, std::string_view value, const Path& path) {
    if (key == "temperature") x_reading.number(value, path, 0, 5, x_request.temperature);
    else if (key == "p") x_reading.number(value, path, 0, 1, x_request.top_p);
    else if (key == "k") top_k(value, path);
    else if (key == "frequency_penalty") x_reading.number(value, path, 0, 1, x_request.frequency_penalty);
    else if (key == "presence_penalty") x_reading.number(value, path, 0, 1, x_request.presence_penalty);
    else if (key == "seed") x_reading.integer(value, path, 0, any, x_request.seed);
    else if (key == "max_tokens") x_reading.integer(value, path, 1, any, x_request.max_tokens);
    else if (key == "stop_sequences") stop(value, path);
    else return false;
    return true;
  }

  bool manner(std::string_view key, std::string_view value, const Path& path) {
    if (key == "stream") {
      x_reading.boolean(value, path, x_request.stream);
    } else if (key == "thinking") {
      thinking(value, path);
    } else if (key == "citation_options") {
      citation_options(value, path);
    } else if (key == "logprobs") {
      if (bool wanted = false; x_reading.boolean(value, path, wanted)) x_request.logprobs = wanted;
    } else {
      return false;
    }
    return true;
  }

  // 0 says: not by rank.
  void top_k(std::string_view value, const Path& path) {
    if (x_reading.integer(value, path, 0, 500, x_request.top_k) && x_request.top_k == 0) x_request.top_k.reset();
  }

  void stop(std::string_view value, const Path& path) {
    x_request.stop.clear();
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      x_reading.text(raw, path[i], x_request.stop.emplace_back());
    });
    if (x_request.stop.size() > 5) x_reading.refuse(path, "Invalid 'stop_sequences': at most five are taken.");
  }

  void tool_choice(std::string_view value, const Path& path) {
    std::string text;
    if (!x_reading.text(value, path, text)) return;
    if (text == "REQUIRED") x_request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::required, {}};
    else if (text == "NONE") x_request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::none, {}};
    else x_reading.unsupported(path, text, "'REQUIRED' and 'NONE'");
  }

  // `schema`: the name it had in version 1, and some clients still give it.
  void response_format(std::string_view value, const Path& path) {
    std::string type;
    llm::ResponseFormat format;
    const bool read = x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "type") x_reading.text(raw, path / key, type);
      else if (key != "json_schema" && key != "schema") x_reading.keep_other(path / key, raw);
      else if (x_reading.object(raw, path / key)) format.schema = raw;
    });
    if (!read) return;
    if (type.empty()) return void(x_reading.missing(path / "type"));
    if (type != "text" && type != "json_object") return void(x_reading.unsupported(path / "type", type, "'text' and 'json_object'"));
    if (type == "json_object") {
      format.kind = format.schema.empty() ? llm::ResponseFormat::Kind::json_object : llm::ResponseFormat::Kind::json_schema;
      if (!format.schema.empty()) format.name = "response";   // Cohere's have no names; others must
    }
    x_request.response_format = std::move(format);
  }

  void thinking(std::string_view value, const Path& path) {
    std::string type;
    const bool read = x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "type") x_reading.text(raw, path / key, type);
      else if (key == "token_budget") x_reading.integer(raw, path / key, 1, any, x_request.thinking_budget);
      else x_reading.keep_other(path / key, raw);
    });
    if (!read) return;
    if (type == "disabled") x_request.thinking_budget = 0;
    else if (type != "enabled") return void(x_reading.unsupported(path / "type", type, "'enabled' and 'disabled'"));
    else if (!x_request.thinking_budget) x_request.thinking_budget = -1;
    x_request.show_thinking = type == "enabled";
  }

  // How well they are made (FAST, ACCURATE) only Cohere knows.
  void citation_options(std::string_view value, const Path& path) {
    std::string mode;
    const bool read = x_reading.members(value, path, [&](std::string_view key, std::string_view raw) {
      if (key == "mode") x_reading.text(raw, path / key, mode);
      else x_reading.keep_other(path / key, raw);
    });
    if (!read) return;
    x_cite = mode != "OFF" && mode != "DISABLED";
    if (mode == "FAST" || mode == "ACCURATE") x_reading.keep_other(path / "mode", value);
  }

  // The documents are of the whole request; they are shown with what the user said last.
  void place_documents() {
    if (x_documents.empty()) return;
    const auto last = std::find_if(x_request.messages.rbegin(), x_request.messages.rend(),
                                   [](const llm::Message& message) { return message.role == llm::Role::user; });
    if (last == x_request.messages.rend()) return void(x_reading.refuse(Path{nullptr, "documents"}, "Documents need a message of role 'user'."));
    std::vector<llm::Part> parts;
    for (llm::File& file : x_documents) {
      file.cite = x_cite;
      parts.emplace_back(std::move(file));
    }
    last->parts.insert(last->parts.begin(), std::make_move_iterator(parts.begin()), std::make_move_iterator(parts.end()));
  }

  void finish() {
    if (x_request.model.empty()) return void(x_reading.missing(Path{nullptr, "model"}));
    if (x_request.messages.empty()) return void(x_reading.missing(Path{nullptr, "messages"}));
    for (llm::Tool& tool : x_request.tools) {
      if (x_strict) tool.strict = true;
    }
    place_documents();
  }

  llm::ChatRequest& x_request;
  Reading x_reading;
  std::vector<llm::File> x_documents;
  bool x_strict = false, x_cite = true;
};

}  // namespace

bool read_tools(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Tool>& into) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    const Path here = path[i], function = here / "function";
    llm::Tool tool;
    std::string_view body;
    reading.members(element, here, [&](std::string_view key, std::string_view value) { if (key == "function") body = value; });
    if (reading.failed()) return;
    if (body.empty()) return void(reading.missing(function));
    reading.members(body, function, [&](std::string_view key, std::string_view value) {
      if (key == "name") reading.text(value, function / key, tool.name);
      else if (key == "description") reading.text(value, function / key, tool.description);
      else if (key != "parameters") reading.keep_other(function / key, value);
      else if (reading.object(value, function / key)) tool.parameters = value;
    });
    if (reading.failed()) return;
    if (tool.name.empty()) return void(reading.missing(function / "name"));
    into.push_back(std::move(tool));
  });
}

Result<llm::ChatRequest> read_chat(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "The request's body is no JSON: " + std::string(fault->reason) + " at byte " + std::to_string(fault->at) + ".");
  }
  llm::ChatRequest request;
  request.caller = llm::Dialect::cohere;
  request.include_usage = true;   // its streams always end with it
  if (auto read = Request(request).read(body); !read) return std::move(read).error();
  return request;
}

}  // namespace sluice::dialects::cohere
