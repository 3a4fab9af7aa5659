#include <utility>

#include "dialects/responses/read_chat.hpp"
#include "dialects/responses/reasoning_proof.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

using json::Kind;

// OpenAI takes any text as the arguments of an earlier call, and models do write broken JSON; other providers want an
// object.
void make_object(std::string& arguments) {
  if (arguments.find_first_not_of(" \t\r\n") == std::string::npos) {
    arguments = "{}";
  } else if (json::kind_of(arguments) != Kind::object || json::validate(arguments)) {
    arguments = "{\"arguments\":" + json::quoted(arguments) + "}";
  }
}

// Items become messages: what the model said, thought and called in one go is one message of the assistant.
class InputReader {
 public:
  InputReader(Reading& reading, std::vector<llm::Message>& into) : x_reading(reading), x_out(into) {}

  bool read(std::string_view raw, const Path& path) {
    const Kind kind = json::kind_of(raw);
    if (kind == Kind::string) {
      llm::Text text;
      if (!x_reading.text(raw, path, text.text)) return false;
      add(llm::Role::user).parts.emplace_back(std::move(text));
      return true;
    }
    if (kind != Kind::array) return x_reading.wrong_type(path, "one of a string or array of input items", raw);
    return x_reading.elements(raw, path, [&](std::int64_t i, std::string_view one) { item(one, path[i]); });
  }

 private:
  void item(std::string_view raw, const Path& path) {
    if (!x_reading.object(raw, path)) return;
    std::string type;
    const auto raw_type = json::find(raw, "type");
    if (raw_type && *raw_type != "null") {
      if (!x_reading.text(*raw_type, path / "type", type)) return;
    } else {   // an easy message; what has neither role nor type is a reference by its id
      type = json::find(raw, "role") ? "message" : "item_reference";
    }
    if (type == "message") message(raw, path);
    else if (type == "reasoning") reasoning(raw, path);
    else if (type == "function_call") call(raw, path, false);
    else if (type == "custom_tool_call") call(raw, path, true);
    else if (type == "function_call_output" || type == "custom_tool_call_output") result(raw, path);
    else if (type.ends_with("_output") || type == "mcp_approval_response") server_part(raw, llm::Role::user);
    else server_part(raw, llm::Role::assistant);
  }

  void message(std::string_view raw, const Path& path) {
    std::string role;
    std::string_view content;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "role") x_reading.text(value, path / key, role);
      else if (key == "content") content = value;
      else if (key != "type" && key != "id" && key != "status" && key != "phase") x_reading.keep_other(path / key, value);
    });
    if (!read) return;
    if (role.empty()) return void(x_reading.missing(path / "role"));
    if (content.empty()) return void(x_reading.missing(path / "content"));
    llm::Role whose = llm::Role::user;
    if (role == "assistant") whose = llm::Role::assistant;
    else if (role == "system") whose = llm::Role::system;
    else if (role == "developer") whose = llm::Role::developer;
    else if (role != "user") return void(x_reading.unsupported(path / "role", role, "'assistant', 'system', 'developer', and 'user'"));
    const bool goes_on = whose == llm::Role::assistant && turn_open() && !just_said();
    llm::Message& to = goes_on ? x_out.back() : add(whose);
    const std::size_t before = to.parts.size();
    if (!read_content(x_reading, content, path / "content", whose, to.parts)) return;
    x_said = whose == llm::Role::assistant && to.parts.size() > before;
    if (x_said) attach(to.parts[before]);
  }

  void reasoning(std::string_view raw, const Path& path) {
    std::string id, encrypted;
    std::string_view summary, content;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "id") x_reading.text(value, path / key, id);
      else if (key == "encrypted_content") x_reading.text(value, path / key, encrypted);
      else if (key == "summary") summary = value;
      else if (key == "content") content = value;
      else if (key != "type" && key != "status") x_reading.keep_other(path / key, value);
    });
    if (!read) return;
    llm::Thinking thinking;
    if (!content.empty() && !joined(content, path / "content", thinking.text)) return;
    if (thinking.text.empty() && !summary.empty() && !joined(summary, path / "summary", thinking.text)) return;
    ReasoningProof proof = read_reasoning_proof(encrypted);
    if (proof.of == ProofOf::next || proof.of == ProofOf::previous) return keep_for_neighbour(std::move(proof));
    // With neither it can only be looked up by its id, at the provider that made it.
    if (thinking.text.empty() && proof.signature.empty()) return x_reading.keep_other(path, raw);
    if (!proof.signature.empty()) {
      thinking.maker = proof.maker;
      const bool own = proof.maker == llm::Maker::openai;
      if (own) thinking.id = std::move(id);
      thinking.redacted = proof.of == ProofOf::redacted || (own && thinking.text.empty());
      thinking.signature = std::move(proof.signature);
    }
    turn().parts.emplace_back(std::move(thinking));
    x_said = false;
  }

  bool joined(std::string_view list, const Path& path, std::string& into) {
    return x_reading.elements(list, path, [&](std::int64_t i, std::string_view part) {
      const auto raw = json::find(part, "text");
      std::string text;
      if (!raw) return void(x_reading.missing(path[i] / "text"));
      if (!x_reading.text(*raw, path[i] / "text", text) || text.empty()) return;
      if (!into.empty()) into += "\n\n";
      into += text;
    });
  }

  void keep_for_neighbour(ReasoningProof proof) {
    if (proof.of == ProofOf::next) {
      x_next = std::move(proof);
      turn();
      return;
    }
    std::vector<llm::Part>& parts = turn().parts;
    const auto* const text = parts.empty() ? nullptr : std::get_if<llm::Text>(&parts.back());
    if (text == nullptr || !text->signature.empty()) parts.emplace_back(llm::Text{});   // Gemini signs empty texts as well
    sign(parts.back(), std::move(proof));
  }
  void attach(llm::Part& part) {
    if (!x_next.signature.empty()) sign(part, std::exchange(x_next, {}));
  }
  static void sign(llm::Part& part, ReasoningProof proof) {
    if (auto* const call = std::get_if<llm::ToolCall>(&part)) {
      call->signature = std::move(proof.signature);
      call->maker = proof.maker;
    } else if (auto* const text = std::get_if<llm::Text>(&part)) {
      text->signature = std::move(proof.signature);
      text->maker = proof.maker;
    }
  }

  void call(std::string_view raw, const Path& path, bool custom) {
    llm::ToolCall call;
    call.custom = custom;
    const std::string_view arguments = custom ? "input" : "arguments";
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "call_id") x_reading.text(value, path / key, call.id);
      else if (key == "name") x_reading.text(value, path / key, call.name);
      else if (key == arguments) x_reading.text(value, path / key, call.arguments);
      else if (key != "type" && key != "id" && key != "status") x_reading.keep_other(path / key, value);
    });
    if (!read) return;
    if (call.id.empty()) return void(x_reading.missing(path / "call_id"));
    if (call.name.empty()) return void(x_reading.missing(path / "name"));
    if (!custom) make_object(call.arguments);
    llm::Message& to = turn();
    to.parts.emplace_back(std::move(call));
    attach(to.parts.back());
    x_said = false;
  }

  void result(std::string_view raw, const Path& path) {
    llm::ToolResult result;
    std::string_view output;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "call_id") x_reading.text(value, path / key, result.call_id);
      else if (key == "output") output = value;
      else if (key != "type" && key != "id" && key != "status") x_reading.keep_other(path / key, value);
    });
    if (!read) return;
    if (result.call_id.empty()) return void(x_reading.missing(path / "call_id"));
    if (output.empty()) return void(x_reading.missing(path / "output"));
    if (!read_content(x_reading, output, path / "output", llm::Role::tool, result.content)) return;
    add(llm::Role::tool).parts.emplace_back(std::move(result));
  }

  // Calls of the provider's own tools, and what callers give as their results.
  void server_part(std::string_view raw, llm::Role role) {
    llm::Message& to = role == llm::Role::assistant ? turn() : add(role);
    to.parts.emplace_back(llm::ServerPart{std::string(raw), llm::Dialect::responses});
    x_said = false;
  }

  bool turn_open() const { return !x_out.empty() && x_out.back().role == llm::Role::assistant; }
  // Two messages of the assistant in a row stay two, unless that would come between calls and their results.
  bool just_said() const {
    if (!x_said) return false;
    for (const llm::Part& part : x_out.back().parts) {
      if (std::holds_alternative<llm::ToolCall>(part)) return false;
    }
    return true;
  }
  llm::Message& turn() { return turn_open() ? x_out.back() : add(llm::Role::assistant); }
  llm::Message& add(llm::Role role) {
    x_said = false;
    if (role != llm::Role::assistant) x_next = {};
    llm::Message message;
    message.role = role;
    return x_out.emplace_back(std::move(message));
  }

  Reading& x_reading;
  std::vector<llm::Message>& x_out;
  ReasoningProof x_next;   // of the next text or call
  bool x_said = false;     // the last part is the text of a message of the assistant
};

}  // namespace

bool read_input(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  return InputReader(reading, into).read(raw, path);
}

}  // namespace sluice::dialects::responses
