#include <utility>

#include "dialects/cohere/carried.hpp"
#include "dialects/cohere/citations.hpp"
#include "dialects/cohere/read_chat.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::cohere {
namespace {

using Kind = json::Kind;

// One message; members come in any order, so they are collected first.
class MessageReader {
 public:
  MessageReader(Reading& reading, const Path& path) : x_reading(reading), x_path(path) {}

  bool read(std::string_view raw, llm::Message& into) {
    std::string role;
    const bool collected = x_reading.members(raw, x_path, [&](std::string_view key, std::string_view value) {
      const Path path = x_path / key;
      if (key == "role") x_reading.text(value, path, role);
      else if (key == "content") x_content = value;
      else if (key == "tool_calls") x_calls = value;
      else if (key == "tool_plan") x_reading.text(value, path, x_plan);
      else if (key == "tool_call_id") x_reading.text(value, path, x_call_id);
      else if (key == "citations") x_citations = value;
      else x_reading.keep_other(path, value);
    });
    if (!collected) return false;
    if (role == "user" || role == "system") {
      into.role = role == "user" ? llm::Role::user : llm::Role::system;
      return needs_content() && content(into.parts);
    }
    if (role == "assistant") return assistant(into);
    if (role == "tool") return tool(into);
    return x_reading.unsupported(x_path / "role", role, "'system', 'user', 'assistant', and 'tool'");
  }

 private:
  bool needs_content() { return !x_content.empty() || x_reading.missing(x_path / "content"); }

  bool content(std::vector<llm::Part>& into) {
    const Path path = x_path / "content";
    if (json::kind_of(x_content) == Kind::string) {
      llm::Text text;
      if (!x_reading.text(x_content, path, text.text)) return false;
      into.emplace_back(std::move(text));
      return true;
    }
    if (json::kind_of(x_content) != Kind::array) return x_reading.wrong_type(path, "one of a string or array of objects", x_content);
    return x_reading.elements(x_content, path, [&](std::int64_t i, std::string_view raw) { block(raw, path[i], into); });
  }

  void block(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    std::string type, text;
    std::string_view image, document;
    x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "type") x_reading.text(value, path / key, type);
      else if (key == "text" || key == "thinking") x_reading.text(value, path / key, text);
      else if (key == "image_url") image = value;
      else if (key == "document") document = value;
      else x_reading.keep_other(path / key, value);
    });
    if (x_reading.failed()) return;
    if (type == "text") into.emplace_back(llm::Text{std::move(text)});
    else if (type == "thinking") into.emplace_back(llm::Thinking{std::move(text), {}});
    else if (type == "image_url" && !image.empty()) read_image(image, path / "image_url", into);
    else if (type == "document" && !document.empty()) result_document(document, path / "document", into);
    else x_reading.unsupported(path / "type", type, "'text', 'image_url', 'thinking', and 'document'");
  }

  void read_image(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    llm::Image image;
    std::string url;
    const bool read = x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      if (key == "url") x_reading.text(value, path / key, url);
      else if (key == "detail") x_reading.text(value, path / key, image.detail);
      else x_reading.keep_other(path / key, value);
    });
    if (!read) return;
    const std::size_t comma = url.find(',');
    const bool data = url.starts_with("data:") && comma != url.npos && std::string_view(url).substr(0, comma).ends_with(";base64");
    if (data) {
      image.media_type = url.substr(5, url.find(';') - 5);
      image.base64 = url.substr(comma + 1);
    } else if (url.starts_with("https://") || url.starts_with("http://")) {
      image.url = std::move(url);
    } else {
      return void(x_reading.refuse(path / "url", "Invalid '" + (path / "url").text() + "'. Expected a base64 data URI or a web URL."));
    }
    into.emplace_back(std::move(image));
  }

  // What a tool found: other providers know results as text.
  void result_document(std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
    const auto data = json::find(raw, "data");
    DocumentText text;
    if (!data) return void(x_reading.missing(path / "data"));
    if (json::kind_of(*data) == Kind::string) {   // cohere-python's own examples give the tool's JSON as a string
      if (x_reading.text(*data, path / "data", text.text)) into.emplace_back(llm::Text{std::move(text.text)});
      return;
    }
    if (!x_reading.object(*data, path / "data")) return;
    into.emplace_back(llm::Text{std::string(*data)});
  }

  bool tool(llm::Message& into) {
    into.role = llm::Role::tool;
    if (x_call_id.empty()) return x_reading.missing(x_path / "tool_call_id");
    llm::ToolResult result;
    result.call_id = unpack_id(x_call_id).id;
    if (!needs_content() || !content(result.content)) return false;
    into.parts.emplace_back(std::move(result));
    return true;
  }

  bool assistant(llm::Message& into) {
    into.role = llm::Role::assistant;
    std::vector<llm::Part> said;
    if (!x_content.empty() && !content(said)) return false;
    std::string thoughts;
    std::vector<llm::Part> texts;
    for (llm::Part& part : said) {
      if (const auto* const thought = std::get_if<llm::Thinking>(&part)) thoughts += thought->text;
      else if (const auto* const text = std::get_if<llm::Text>(&part); text == nullptr || !text->text.empty()) texts.push_back(std::move(part));
    }
    cite(texts);
    if (!x_plan.empty()) texts.emplace_back(llm::Text{std::move(x_plan)});
    std::vector<Unpacked> ids;
    std::vector<llm::ToolCall> calls;
    if (!x_calls.empty() && !tool_calls(ids, calls)) return false;
    if (texts.empty() && calls.empty() && thoughts.empty()) return x_content.empty() ? x_reading.missing(x_path / "content") : true;
    return place(std::move(thoughts), std::move(texts), ids, std::move(calls), into.parts);
  }

  // Texts stand behind the thoughts that led to them and before the calls.
  static bool place(std::string thoughts, std::vector<llm::Part> texts, std::vector<Unpacked>& ids, std::vector<llm::ToolCall> calls,
                    std::vector<llm::Part>& into) {
    restore_thoughts(thoughts, ids, std::move(calls), into);
    auto first_call = into.begin();
    while (first_call != into.end() && !std::holds_alternative<llm::ToolCall>(*first_call)) ++first_call;
    into.insert(first_call, std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end()));
    return true;
  }

  // They are only said again to Cohere, which reads them whole.
  void cite(std::vector<llm::Part>& texts) {
    if (texts.empty() || json::kind_of(x_citations) != Kind::array) return;
    auto* const text = std::get_if<llm::Text>(&texts.back());
    if (text == nullptr) return;
    json::each_element(x_citations, [&](std::string_view raw) { text->citations.push_back(read_citation(raw)); });
  }

  bool tool_calls(std::vector<Unpacked>& ids, std::vector<llm::ToolCall>& into) {
    const Path path = x_path / "tool_calls";
    return x_reading.elements(x_calls, path, [&](std::int64_t i, std::string_view raw) {
      const Path here = path[i], function = here / "function";
      llm::ToolCall call;
      x_reading.members(raw, here, [&](std::string_view key, std::string_view value) {
        if (key == "id") x_reading.text(value, here / key, call.id);
        else if (key == "function") {
          x_reading.members(value, function, [&](std::string_view name, std::string_view inner) {
            if (name == "name") x_reading.text(inner, function / name, call.name);
            else if (name == "arguments") x_reading.text(inner, function / name, call.arguments);
          });
        }
      });
      if (x_reading.failed()) return;
      if (call.name.empty()) return void(x_reading.missing(function / "name"));
      make_object(call.arguments);
      Unpacked& id = ids.emplace_back(unpack_id(call.id));
      call.id = id.id;
      call.signature = id.signature;
      call.maker = id.maker;
      into.push_back(std::move(call));
    });
  }

  // Models do write broken JSON; other providers want an object.
  static void make_object(std::string& arguments) {
    if (arguments.find_first_not_of(" \t\r\n") == std::string::npos) arguments = "{}";
    else if (json::kind_of(arguments) != Kind::object || json::validate(arguments)) arguments = "{\"arguments\":" + json::quoted(arguments) + "}";
  }

  Reading& x_reading;
  const Path& x_path;
  std::string x_plan, x_call_id;
  std::string_view x_content, x_calls, x_citations;   // raw; empty: absent
};

}  // namespace

bool read_messages(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    const Path here = path[i];
    llm::Message message;
    if (MessageReader(reading, here).read(element, message)) into.push_back(std::move(message));
  });
}

bool read_document_data(Reading& reading, std::string_view raw, const Path& path, DocumentText& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const bool text = json::kind_of(value) == Kind::string;
    const std::string said = text ? json::unquoted(value).value_or("") : std::string(value);
    if (key == "title") into.title = said;
    else if (key == "text" || (key == "snippet" && into.text.empty())) into.text = said;
    else into.rest += std::string(into.rest.empty() ? "" : "\n").append(key).append(": ") + said;
  });
}

// A document is a text, or {"id","data"} with whatever is told of it in `data`.
bool read_documents(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::File>& into) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    const Path here = path[i];
    llm::File file;
    file.media_type = "text/plain";
    std::string_view data = element;
    if (json::kind_of(element) == Kind::object) {
      data = {};
      reading.members(element, here, [&](std::string_view key, std::string_view value) {
        if (key == "id") reading.text(value, here / key, file.id);
        else if (key == "data") data = value;
        else reading.keep_other(here / key, value);
      });
      if (reading.failed()) return;
      if (data.empty()) return void(reading.missing(here / "data"));
    }
    if (json::kind_of(data) == Kind::string) {
      if (!reading.text(data, here, file.text)) return;
    } else {
      DocumentText text;
      if (!read_document_data(reading, data, here / "data", text)) return;
      file.name = std::move(text.title);
      file.context = text.text.empty() ? std::string() : std::move(text.rest);
      file.text = text.text.empty() ? std::move(text.rest) : std::move(text.text);
    }
    into.push_back(std::move(file));
  });
}

}  // namespace sluice::dialects::cohere
