#include <utility>

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
    const bool whole = into.role == llm::Role::tool ? tool_result(into)
                       : into.role == llm::Role::assistant ? assistant(into)
                       : x_content.empty() ? x_reading.missing(x_path / "content")
                                           : content(into.role, into.parts);
    return whole && (x_cache.empty() || cache_mark(into.parts));
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
    else if (key == "reasoning_details") x_details = x_reading.array(value, path) ? value : std::string_view();
    else if (key == "function_call") x_function_call = value;
    else if (key == "audio") x_audio = value;
    else if (key == "images") x_images = value;
    else if (key == "annotations") x_annotations = value;
    else if (key == "extra_content") x_extra = value;
    else if (key == "cache_control") x_cache = value;
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
    else if (x_role == "function") into = llm::Role::tool, x_call_id = "call_fn_" + x_name;   // before there were tools
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
    const bool may_be_null = x_role == "function";
    if (x_content.empty() && !may_be_null) return x_reading.missing(x_path / "content");
    llm::ToolResult result;
    result.call_id = std::move(x_call_id);
    if (!x_content.empty() && !content(llm::Role::tool, result.content)) return false;
    into.parts.emplace_back(std::move(result));
    return true;
  }

  bool cache_mark(std::vector<llm::Part>& into) {
    llm::CacheMark mark;
    if (!read_cache_mark(x_reading, x_cache, x_path / "cache_control", mark)) return false;
    into.emplace_back(mark);
    return true;
  }

  // Thinking first: providers want it before what it led to.
  bool assistant(llm::Message& into) {
    read_thoughts(std::move(x_reasoning), x_details, into.parts, x_of_calls);
    const bool calls = !x_calls.empty() && x_calls != "[]";
    const bool others = calls || !x_refusal.empty() || !x_function_call.empty() || !x_audio.empty() || !x_images.empty();
    if (x_content.empty() && !others) return x_reading.missing(x_path / "content");
    if (!x_content.empty() && !content(llm::Role::assistant, into.parts)) return false;
    about_text(into.parts);
    if (!x_refusal.empty()) into.parts.emplace_back(llm::Refusal{std::move(x_refusal)});
    if (auto audio = read_audio_answer(x_audio)) into.parts.emplace_back(*std::move(audio));
    for (llm::Image& image : read_images(x_images)) into.parts.emplace_back(std::move(image));
    if (!x_function_call.empty() && !function_call(into.parts)) return false;
    if (calls && !tool_calls(into.parts)) return false;
    for (Detail& detail : x_of_calls) {   // of no call that is here
      if (detail.proof.empty()) continue;
      into.parts.insert(into.parts.begin(), llm::Thinking{{}, std::move(detail.proof), true, detail.maker, std::move(detail.id)});
    }
    return true;
  }

  // What an answer of ours said about its text: where it is from, and Gemini's proof of it.
  void about_text(std::vector<llm::Part>& into) {
    for (auto part = into.rbegin(); part != into.rend(); ++part) {
      auto* text = std::get_if<llm::Text>(&*part);
      if (text == nullptr) continue;
      text->citations = read_annotations(x_annotations);
      text->signature = google_signature(x_extra);
      if (!text->signature.empty()) text->maker = llm::Maker::google;
      return;
    }
  }

  bool function_call(std::vector<llm::Part>& into) {
    const Path path = x_path / "function_call";
    llm::ToolCall call;
    const bool read = x_reading.members(x_function_call, path, [&](std::string_view key, std::string_view value) {
      if (key == "name") x_reading.text(value, path / key, call.name);
      else if (key == "arguments") x_reading.text(value, path / key, call.arguments);
    });
    if (!read) return false;
    if (call.name.empty()) return x_reading.missing(path / "name");
    call.id = "call_fn_" + call.name;
    make_object(call.arguments);
    into.emplace_back(std::move(call));
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
    std::string_view function, custom;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "id") x_reading.text(value, path / key, call.id);
      else if (key == "type") x_reading.text(value, path / key, type);
      else if (key == "function") function = value;
      else if (key == "custom") custom = value;
      else if (key == "extra_content") call.signature = google_signature(value);
    });
    if (!read) return false;
    call.custom = type == "custom";
    if (!call.custom && type != "function") {
      x_reading.keep_other(path, raw);
      return true;
    }
    const std::string_view body = call.custom ? custom : function;
    const Path inside = path / type;
    if (body.empty()) return x_reading.missing(inside);
    const bool whole = x_reading.members(body, inside, [&](std::string_view key, std::string_view value) {
      if (key == "name") x_reading.text(value, inside / key, call.name);
      else if (key == (call.custom ? "input" : "arguments")) x_reading.text(value, inside / key, call.arguments);
    });
    if (!whole) return false;
    if (call.id.empty()) return x_reading.missing(path / "id");
    if (call.name.empty()) return x_reading.missing(inside / "name");
    if (!call.custom) make_object(call.arguments);
    for (Detail& detail : x_of_calls) {
      if (detail.id == call.id && !detail.proof.empty()) call.signature = std::exchange(detail.proof, {});
    }
    if (!call.signature.empty()) call.maker = llm::Maker::google;
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
  std::string_view x_content, x_calls, x_details, x_function_call, x_audio, x_images, x_annotations, x_extra, x_cache;   // raw; empty: absent
  std::vector<Detail> x_of_calls;
};

}  // namespace

// Streams give one block of thinking in many items, its signature in the last. Items that say nothing readable belong to
// the text beside the list.
void read_thoughts(std::string text, std::string_view details, std::vector<llm::Part>& into, std::vector<Detail>& of_calls) {
  bool told = false;
  for (Detail& detail : read_details(details)) {
    if (detail.encrypted && detail.maker == llm::Maker::google && !detail.id.empty()) {
      of_calls.push_back(std::move(detail));
      continue;
    }
    auto* open = into.empty() ? nullptr : std::get_if<llm::Thinking>(&into.back());
    const bool goes_on = open != nullptr && !open->redacted && open->signature.empty() && open->id == detail.id &&
                         (!detail.encrypted || detail.maker == llm::Maker::openai);
    if (!goes_on) open = &std::get<llm::Thinking>(into.emplace_back(llm::Thinking{{}, {}, detail.encrypted, detail.maker, detail.id}));
    told = told || !detail.text.empty();
    open->text += detail.text;
    open->signature = std::move(detail.proof);
    if (detail.maker != llm::Maker::unknown) open->maker = detail.maker;
  }
  if (told || text.empty()) return;
  for (llm::Part& part : into) {
    auto* thinking = std::get_if<llm::Thinking>(&part);
    if (thinking == nullptr || thinking->redacted) continue;
    thinking->text = std::move(text);
    return;
  }
  into.insert(into.begin(), llm::Thinking{std::move(text), {}, false});
}

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
