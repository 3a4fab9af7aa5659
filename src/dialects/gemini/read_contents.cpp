#include <utility>

#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/media.hpp"
#include "dialects/gemini/read_chat.hpp"
#include "dialects/gemini/signature.hpp"

namespace sluice::dialects::gemini {
namespace {

struct RawPart {
  std::string_view text, call, response, blob, reference;
  std::string signature;
  bool thought = false, other = false;
};

class ContentReader {
 public:
  explicit ContentReader(Reading& reading) : x_reading(reading) {}

  bool read(std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
    std::string role;
    std::string_view parts;
    const bool whole = each_named(x_reading, raw, path, [&](std::string_view name, std::string_view value) {
      if (name == "role") x_reading.text(value, path / name, role);
      else if (name == "parts") parts = value;
      else x_reading.keep_other(path / name, value);
    });
    if (!whole) return false;
    if (!role.empty() && role != "user" && role != "model" && role != "function" && role != "system") {
      return x_reading.refuse(path / "role", "Please use a valid role: user, model.");
    }
    llm::Message message;
    message.role = role == "model" ? llm::Role::assistant : role == "system" ? llm::Role::system : llm::Role::user;
    if (message.role == llm::Role::assistant) begin_turn();
    const Path list = path / "parts";
    if (json::kind_of(parts) == json::Kind::object) part(parts, list, message);   // protobuf takes one element alone
    else if (!parts.empty()) x_reading.elements(parts, list, [&](std::int64_t i, std::string_view one) { part(one, list[i], message); });
    if (x_reading.failed()) return false;
    results_apart(message, into);
    if (!message.parts.empty()) into.push_back(std::move(message));
    return true;
  }

 private:
  struct Open { std::string id, name; bool answered = false; };

  // Each result is a message of its own, before what the user says beside them.
  static void results_apart(llm::Message& message, std::vector<llm::Message>& into) {
    std::vector<llm::Part> rest;
    for (llm::Part& part : message.parts) {
      if (!std::holds_alternative<llm::ToolResult>(part)) {
        rest.push_back(std::move(part));
        continue;
      }
      llm::Message& result = into.emplace_back();
      result.role = llm::Role::tool;
      result.parts.push_back(std::move(part));
    }
    message.parts = std::move(rest);
  }

  void begin_turn() {
    x_open.clear();
    ++x_turn;
    x_calls = 0;
  }

  RawPart split(std::string_view raw, const Path& path) {
    RawPart out;
    each_named(x_reading, raw, path, [&](std::string_view name, std::string_view value) {
      if (name == "text") out.text = value;
      else if (name == "thought") x_reading.boolean(value, path / name, out.thought);
      else if (name == "thoughtSignature") x_reading.text(value, path / name, out.signature);
      else if (name == "functionCall") out.call = value;
      else if (name == "functionResponse") out.response = value;
      else if (name == "inlineData") out.blob = value;
      else if (name == "fileData") out.reference = value;
      else if (name == "executableCode" || name == "codeExecutionResult" || name == "toolCall" || name == "toolResponse") out.other = true;
      else x_reading.keep_other(path / name, value);   // videoMetadata, mediaResolution …
    });
    return out;
  }

  void part(std::string_view raw, const Path& path, llm::Message& into) {
    RawPart split = this->split(raw, path);
    if (x_reading.failed()) return;
    if (!split.call.empty()) call(split, path / "functionCall", into);
    else if (!split.response.empty()) response(split.response, path / "functionResponse", into);
    else if (!split.blob.empty()) media(split.blob, path / "inlineData", into.parts);
    else if (!split.reference.empty()) media(split.reference, path / "fileData", into.parts);
    else if (split.other) into.parts.emplace_back(llm::ServerPart{std::string(raw), llm::Dialect::gemini});
    else text(split, path, into);
  }

  void text(RawPart& split, const Path& path, llm::Message& into) {
    std::string text;
    if (!split.text.empty() && !x_reading.text(split.text, path / "text", text)) return;
    const bool is_signed = !split.signature.empty();
    Signature signature = read_signature(split.signature);
    if (split.thought) {
      const llm::Maker maker = is_signed ? signature.maker : llm::Maker::unknown;
      if (is_signed && maker != llm::Maker::google) text = take_unsigned_thoughts(into.parts) + text;
      into.parts.emplace_back(llm::Thinking{std::move(text), std::move(signature.text), signature.redacted, maker, std::move(signature.id)});
    } else if (is_signed || !text.empty()) {
      into.parts.emplace_back(llm::Text{std::move(text), {}, std::move(signature.text), is_signed ? signature.maker : llm::Maker::unknown});
    }
  }

  // Other makers sign a whole block of thinking. A caller who streamed it sends its pieces, and the proof with the last.
  static std::string take_unsigned_thoughts(std::vector<llm::Part>& parts) {
    std::string taken;
    while (!parts.empty()) {
      auto* thinking = std::get_if<llm::Thinking>(&parts.back());
      if (thinking == nullptr || !thinking->signature.empty() || thinking->redacted) break;
      taken.insert(0, thinking->text);
      parts.pop_back();
    }
    return taken;
  }

  void call(const RawPart& split, const Path& path, llm::Message& into) {
    llm::ToolCall call;
    call.arguments = "{}";
    each_named(x_reading, split.call, path, [&](std::string_view name, std::string_view value) {
      if (name == "name") x_reading.text(value, path / name, call.name);
      else if (name == "id") x_reading.text(value, path / name, call.id);
      else if (name != "args") x_reading.keep_other(path / name, value);
      else if (x_reading.object(value, path / name)) call.arguments = value;
    });
    if (x_reading.failed()) return;
    if (call.name.empty()) {
      x_reading.missing(path / "name");
      return;
    }
    if (call.id.empty()) call.id = made_up_id(std::to_string(x_turn), x_calls);
    ++x_calls;
    if (!split.signature.empty()) {
      Signature signature = read_signature(split.signature);
      call.signature = std::move(signature.text);
      call.maker = signature.maker;
    }
    x_open.push_back({call.id, call.name, false});
    into.parts.emplace_back(std::move(call));
  }

  // Without an id it answers the first open call of that name.
  std::string id_of(const std::string& id, const std::string& name) {
    for (Open& open : x_open) {
      if (open.answered || (id.empty() ? open.name != name : open.id != id)) continue;
      open.answered = true;
      return open.id;
    }
    return id.empty() ? made_up_id(name, 0) : id;
  }

  void response(std::string_view raw, const Path& path, llm::Message& into) {
    std::string id, name;
    llm::ToolResult result;
    std::vector<llm::Part> media_parts;
    each_named(x_reading, raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "name") x_reading.text(value, path / key, name);
      else if (key == "id") x_reading.text(value, path / key, id);
      else if (key == "response") answer(value, path / key, result);
      else if (key == "parts") result_media(value, path / key, media_parts);
      else x_reading.keep_other(path / key, value);
    });
    if (x_reading.failed()) return;
    if (name.empty()) {
      x_reading.missing(path / "name");
      return;
    }
    result.call_id = id_of(id, name);
    for (llm::Part& part : media_parts) result.content.push_back(std::move(part));
    into.parts.emplace_back(std::move(result));
  }

  // The whole object is what the function returned; its member "error" says that it failed.
  void answer(std::string_view value, const Path& path, llm::ToolResult& into) {
    if (!x_reading.object(value, path)) return;
    std::size_t members = 0;
    bool error = false;
    json::each_member(value, [&](std::string_view key, std::string_view) {
      ++members;
      error = error || key == "error";
    });
    into.is_error = error && members == 1;
    into.content.emplace_back(llm::Text{std::string(value)});
  }

  void result_media(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    x_reading.elements(raw, path, [&](std::int64_t i, std::string_view one) {
      const Path here = path[i];
      each_named(x_reading, one, here, [&](std::string_view name, std::string_view value) {
        if (name == "inlineData" || name == "fileData") media(value, here / name, into);
        else x_reading.keep_other(here / name, value);
      });
    });
  }

  void media(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    std::string type, data, uri;
    each_named(x_reading, raw, path, [&](std::string_view name, std::string_view value) {
      if (name == "mimeType") x_reading.text(value, path / name, type);
      else if (name == "data") x_reading.text(value, path / name, data);
      else if (name == "fileUri") x_reading.text(value, path / name, uri);
      else x_reading.keep_other(path / name, value);
    });
    if (x_reading.failed()) return;
    if (data.empty() && uri.empty()) {
      x_reading.missing(path / "data");
      return;
    }
    if (type.empty()) type = type_by_ending(uri);
    into.push_back(uri.empty() ? blob_part(std::move(type), std::move(data)) : reference_part(std::move(type), std::move(uri)));
  }

  Reading& x_reading;
  std::vector<Open> x_open;               // calls of the last turn of the model
  std::int64_t x_turn = 0, x_calls = 0;
};

}  // namespace

bool read_contents(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  ContentReader reader(reading);
  if (json::kind_of(raw) == json::Kind::object) return reader.read(raw, path, into);
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view one) { reader.read(one, path[i], into); });
}

bool read_system(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  std::vector<llm::Message> read;
  if (!ContentReader(reading).read(raw, path, read)) return false;
  for (llm::Message& message : read) {
    message.role = llm::Role::system;
    into.insert(into.begin(), std::move(message));
  }
  return true;
}

}  // namespace sluice::dialects::gemini
