#include "dialects/openai/read_chat.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

using Kind = json::Kind;

// One message; members come in any order, so they are collected first.
class MessageReader {
 public:
  MessageReader(Reading& reading, const Path& path) : x_reading(reading), x_path(path) {}

  bool read(std::string_view raw, llm::Message& into) {
    if (!x_reading.members(raw, x_path, [&](std::string_view key, std::string_view value) { member(key, value); }))
      return false;
    if (!role(into.role)) return false;
    into.name = std::move(x_name);
    if (into.role == llm::Role::tool) return tool_result(into);
    if (into.role == llm::Role::assistant) return assistant(into);
    if (x_content.empty()) return x_reading.missing(x_path / "content");
    return content(into.role, into.parts);
  }

 private:
  void member(std::string_view key, std::string_view value) {
    const Path path = x_path / key;
    if (key == "role") x_reading.text(value, path, x_role);
    else if (key == "name") x_reading.text(value, path, x_name);
    else if (key == "content") x_content = value;
    else if (key == "tool_calls") x_calls = value;
    else if (key == "tool_call_id") x_reading.text(value, path, x_call_id);
    else if (key == "refusal") x_reading.text(value, path, x_refusal);
    else if (key == "reasoning_content" || key == "reasoning") x_reading.text(value, path, x_reasoning);
    else if (key == "reasoning_details") x_details = value;
    else x_reading.keep_other(path, value);
  }

  bool role(llm::Role& into) {
    const Path path = x_path / "role";
    if (x_role.empty()) return x_reading.missing(path);
    if (x_role == "system") into = llm::Role::system;
    else if (x_role == "developer") into = llm::Role::developer;
    else if (x_role == "user") into = llm::Role::user;
    else if (x_role == "assistant") into = llm::Role::assistant;
    else if (x_role == "tool") into = llm::Role::tool;
    else return x_reading.unsupported(path, x_role, "'system', 'developer', 'user', 'assistant', and 'tool'");
    return true;
  }

  bool content(llm::Role role, std::vector<llm::Part>& into) {
    const Path path = x_path / "content";
    const Kind kind = json::kind_of(x_content);
    if (kind == Kind::string) {
      llm::Text text;
      if (!x_reading.text(x_content, path, text.text)) return false;
      into.emplace_back(std::move(text));
      return true;
    }
    if (kind != Kind::array) return x_reading.wrong_type(path, "one of a string or array of objects", x_content);
    return x_reading.elements(x_content, path, [&](std::int64_t i, std::string_view raw) {
      read_content_part(x_reading, raw, path[i], role, into);
    });
  }

  bool tool_result(llm::Message& into) {
    if (x_call_id.empty()) return x_reading.missing(x_path / "tool_call_id");
    if (x_content.empty()) return x_reading.missing(x_path / "content");
    llm::ToolResult result;
    result.call_id = std::move(x_call_id);
    if (!content(llm::Role::tool, result.content)) return false;
    into.parts.emplace_back(std::move(result));
    return true;
  }

  // Thinking first: providers want it before what it led to.
  bool assistant(llm::Message& into) {
    if (!thinking(into.parts)) return false;
    const bool calls = !x_calls.empty() && x_calls != "[]";
    if (x_content.empty() && !calls && x_refusal.empty()) return x_reading.missing(x_path / "content");
    if (!x_content.empty() && !content(llm::Role::assistant, into.parts)) return false;
    if (!x_refusal.empty()) into.parts.emplace_back(llm::Refusal{std::move(x_refusal)});
    return !calls || tool_calls(into.parts);
  }

  // `reasoning_details` (OpenRouter's form, which our own answers have too) carry the signatures. An item without a
  // text belongs to `reasoning_content`.
  bool thinking(std::vector<llm::Part>& into) {
    bool told = false;
    if (!x_details.empty()) {
      const Path path = x_path / "reasoning_details";
      const bool read = x_reading.elements(x_details, path, [&](std::int64_t i, std::string_view raw) {
        if (reasoning_detail(raw, path[i], into)) told = true;
      });
      if (!read) return false;
    }
    if (!told && !x_reasoning.empty()) into.emplace_back(llm::Thinking{std::move(x_reasoning), {}, false});
    return true;
  }

  bool reasoning_detail(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    std::string type, data;
    llm::Thinking thinking;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "type") x_reading.text(value, path / key, type);
      else if (key == "text") x_reading.text(value, path / key, thinking.text);
      else if (key == "signature") x_reading.text(value, path / key, thinking.signature);
      else if (key == "data") x_reading.text(value, path / key, data);
    });
    if (!read) return false;
    if (type == "reasoning.encrypted" && !data.empty()) {
      into.emplace_back(llm::Thinking{{}, std::move(data), true});
      return false;   // says nothing about the readable text
    }
    if (type != "reasoning.text" || thinking.signature.empty()) return false;
    if (thinking.text.empty()) thinking.text = x_reasoning;
    into.emplace_back(std::move(thinking));
    return true;
  }

  bool tool_calls(std::vector<llm::Part>& into) {
    const Path path = x_path / "tool_calls";
    return x_reading.elements(x_calls, path,
                              [&](std::int64_t i, std::string_view raw) { tool_call(raw, path[i], into); });
  }

  bool tool_call(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    llm::ToolCall call;
    std::string type = "function";
    std::string_view function;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "id") x_reading.text(value, path / key, call.id);
      else if (key == "type") x_reading.text(value, path / key, type);
      else if (key == "function") function = value;
    });
    if (!read) return false;
    if (type != "function") {
      x_reading.keep_other(path, raw);
      return true;
    }
    const Path inside = path / "function";
    if (function.empty()) return x_reading.missing(inside);
    const bool whole = x_reading.members(function, inside, [&](std::string_view key, std::string_view value) {
      if (key == "name") x_reading.text(value, inside / key, call.name);
      else if (key == "arguments") x_reading.text(value, inside / key, call.arguments);
    });
    if (!whole) return false;
    if (call.id.empty()) return x_reading.missing(path / "id");
    if (call.name.empty()) return x_reading.missing(inside / "name");
    make_object(call.arguments);
    into.emplace_back(std::move(call));
    return true;
  }

  // OpenAI takes any text as the arguments of an earlier call, and models do write broken JSON; other providers want an
  // object.
  static void make_object(std::string& arguments) {
    if (arguments.find_first_not_of(" \t\r\n") == std::string::npos) {
      arguments = "{}";
    } else if (json::kind_of(arguments) != Kind::object || json::validate(arguments)) {
      arguments = "{\"arguments\":" + json::quoted(arguments) + "}";
    }
  }

  Reading& x_reading;
  const Path& x_path;
  std::string x_role, x_name, x_call_id, x_refusal, x_reasoning;
  std::string_view x_content, x_calls, x_details;   // raw; empty: absent
};

}  // namespace

bool read_messages(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    const Path here = path[i];
    MessageReader reader(reading, here);
    llm::Message message;
    if (reader.read(element, message)) into.push_back(std::move(message));
  });
}

}  // namespace sluice::dialects::openai
