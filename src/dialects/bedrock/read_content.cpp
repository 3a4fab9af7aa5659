#include <utility>

#include "dialects/bedrock/formats.hpp"
#include "dialects/bedrock/answer.hpp"
#include "dialects/bedrock/read_chat.hpp"
#include "dialects/bedrock/signatures.hpp"

namespace sluice::dialects::bedrock {
namespace {

// {"bytes":base64} or {"s3Location":{"uri"}}, of a document also {"text"} or {"content":[{"text"}]}.
struct Source { std::string base64, url, text; };

bool read_source(Reading& reading, std::string_view raw, const Path& path, Source& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "bytes") {
      reading.text(value, here, into.base64);
    } else if (key == "text") {
      reading.text(value, here, into.text);
    } else if (key == "s3Location") {
      reading.members(value, here, [&](std::string_view name, std::string_view inner) {
        if (name == "uri") reading.text(inner, here / name, into.url);
        else reading.keep_other(here / name, inner);
      });
    } else if (key == "content") {
      reading.elements(value, here, [&](std::int64_t i, std::string_view piece) {
        std::string text;
        reading.members(piece, here[i], [&](std::string_view name, std::string_view inner) {
          if (name == "text") reading.text(inner, here[i] / name, text);
        });
        if (!into.text.empty()) into.text += '\n';
        into.text += text;
      });
    } else {
      reading.keep_other(here, value);
    }
  });
}

struct Block { std::string format, name, context; Source source; bool has_source = false, cite = false; };

bool read_block(Reading& reading, std::string_view raw, const Path& path, Block& into) {
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "format") reading.text(value, here, into.format);
    else if (key == "name") reading.text(value, here, into.name);
    else if (key == "context") reading.text(value, here, into.context);
    else if (key == "source") into.has_source = read_source(reading, value, here, into.source);
    else if (key == "citations") into.cite = json::find(value, "enabled").value_or("") == "true";
    else reading.keep_other(here, value);
  });
  if (!read) return false;
  return into.has_source || reading.missing(path / "source");
}

bool read_media(Reading& reading, std::string_view kind, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  Block block;
  if (!read_block(reading, raw, path, block)) return false;
  const Media media = kind == "image" ? Media::image : kind == "video" ? Media::video : kind == "audio" ? Media::audio : Media::document;
  const std::string type(media_type_of(media, block.format));
  if (type.empty() && !(media == Media::document && block.format.empty())) return reading.unsupported(path / "format", block.format, "the documented formats");
  if (media == Media::image) {
    into.emplace_back(llm::Image{type, std::move(block.source.base64), std::move(block.source.url), {}});
  } else if (media == Media::audio && !block.source.base64.empty()) {
    into.emplace_back(llm::Audio{std::move(block.format), std::move(block.source.base64)});
  } else {
    llm::File file;
    file.media_type = type;
    file.base64 = std::move(block.source.base64);
    file.url = std::move(block.source.url);
    file.text = std::move(block.source.text);
    file.name = std::move(block.name);
    file.context = std::move(block.context);
    file.cite = block.cite;
    into.emplace_back(std::move(file));
  }
  return true;
}

// Becomes a text that says where it was found.
bool read_search_result(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  llm::File file;
  file.media_type = "text/plain";
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "source") reading.text(value, here, file.source);
    else if (key == "title") reading.text(value, here, file.name);
    else if (key == "citations") file.cite = json::find(value, "enabled").value_or("") == "true";
    else if (key == "content") {
      Source source;
      const std::string content = "{\"content\":" + std::string(value) + "}";
      if (read_source(reading, content, path, source)) file.text = std::move(source.text);
    } else {
      reading.keep_other(here, value);
    }
  });
  if (!read) return false;
  into.emplace_back(std::move(file));
  return true;
}

bool read_call(Reading& reading, std::string_view block, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  llm::ToolCall call;
  std::string type;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "toolUseId") reading.text(value, here, call.id);
    else if (key == "name") reading.text(value, here, call.name);
    else if (key == "type") reading.text(value, here, type);
    else if (key == "input") { if (reading.object(value, here)) call.arguments = value; }
    else reading.keep_other(here, value);
  });
  if (!read) return false;
  if (call.id.empty()) return reading.missing(path / "toolUseId");
  if (call.name.empty()) return reading.missing(path / "name");
  if (call.arguments.empty()) call.arguments = "{}";
  if (type == "server_tool_use") into.emplace_back(llm::ServerPart{std::string(block), llm::Dialect::bedrock});
  else into.emplace_back(std::move(call));
  return true;
}

bool read_result_part(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "text") {
      llm::Text text;
      if (reading.text(value, here, text.text)) into.emplace_back(std::move(text));
    } else if (key == "json") {
      into.emplace_back(llm::Text{std::string(value)});
    } else if (key == "image" || key == "document" || key == "video") {
      read_media(reading, key, value, here, into);
    } else if (key == "searchResult") {
      read_search_result(reading, value, here, into);
    } else {
      reading.keep_other(here, value);
    }
  });
}

// `type` and a place in the model's own turn: the result of a tool that the model's provider ran.
bool read_result(Reading& reading, std::string_view block, std::string_view raw, const Path& path, llm::Role role, std::vector<llm::Part>& into) {
  llm::ToolResult result;
  std::string status;
  bool has_content = false;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "toolUseId") {
      reading.text(value, here, result.call_id);
    } else if (key == "status") {
      reading.text(value, here, status);
    } else if (key == "content") {
      has_content = true;
      reading.elements(value, here, [&](std::int64_t i, std::string_view part) { read_result_part(reading, part, here[i], result.content); });
    } else if (key != "type") {
      reading.keep_other(here, value);
    }
  });
  if (!read) return false;
  if (result.call_id.empty()) return reading.missing(path / "toolUseId");
  if (!has_content) return reading.missing(path / "content");
  result.is_error = status == "error";
  if (role == llm::Role::assistant) into.emplace_back(llm::ServerPart{std::string(block), llm::Dialect::bedrock});
  else into.emplace_back(std::move(result));
  return true;
}

bool read_cited(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  llm::Text text;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "content") {
      reading.elements(value, here, [&](std::int64_t i, std::string_view piece) {
        std::string one;
        if (const auto inner = json::find(piece, "text"); inner && reading.text(*inner, here[i] / "text", one)) text.text += one;
      });
    } else if (key == "citations") {
      reading.elements(value, here, [&](std::int64_t, std::string_view one) { text.citations.push_back(read_citation(one)); });
    }
  });
  if (read) into.emplace_back(std::move(text));
  return read;
}

// Text that a guardrail looks at. What for has no place elsewhere.
bool read_guarded(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (key == "image") {
      read_media(reading, key, value, here, into);
    } else if (key == "text") {
      reading.members(value, here, [&](std::string_view name, std::string_view inner) {
        llm::Text text;
        if (name != "text") reading.keep_other(here / name, inner);
        else if (reading.text(inner, here / name, text.text)) into.emplace_back(std::move(text));
      });
    }
  });
}

bool read_part(Reading& reading, std::string_view raw, const Path& path, llm::Role role, std::vector<llm::Part>& into) {
  bool any = false;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const Path here = path / key;
    if (std::exchange(any, true)) {
      reading.refuse(path, "A content block must have exactly one member.");
    } else if (key == "text") {
      llm::Text text;
      if (reading.text(value, here, text.text)) into.emplace_back(std::move(text));
    } else if (key == "image" || key == "document" || key == "video" || key == "audio") {
      read_media(reading, key, value, here, into);
    } else if (key == "toolUse") {
      read_call(reading, raw, value, here, into);
    } else if (key == "toolResult") {
      read_result(reading, raw, value, here, role, into);
    } else if (key == "reasoningContent") {
      if (reading.object(value, here)) into.emplace_back(read_thinking(value));
    } else if (key == "cachePoint") {
      llm::CacheMark mark;
      if (read_cache_mark(reading, value, here, mark)) into.emplace_back(mark);
    } else if (key == "citationsContent") {
      read_cited(reading, value, here, into);
    } else if (key == "guardContent") {
      read_guarded(reading, value, here, into);
    } else if (key == "searchResult") {
      read_search_result(reading, value, here, into);
    } else {
      reading.keep_other(here, value);
    }
  });
  return read && (any || reading.refuse(path, "A content block must have exactly one member."));
}

}  // namespace

bool read_cache_mark(Reading& reading, std::string_view raw, const Path& path, llm::CacheMark& into) {
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "ttl") into.hour = value == "\"1h\"";
  });
}

bool read_messages(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    const Path here = path[i], content_path = here / "content";
    std::string role;
    std::string_view content;
    const bool read = reading.members(element, here, [&](std::string_view key, std::string_view value) {
      if (key == "role") reading.text(value, here / key, role);
      else if (key == "content") content = value;
      else reading.keep_other(here / key, value);
    });
    if (!read) return;
    llm::Message message;
    if (role.empty()) return (void)reading.missing(here / "role");
    if (role == "assistant") message.role = llm::Role::assistant;
    else if (role == "system") message.role = llm::Role::system;
    else if (role != "user") return (void)reading.unsupported(here / "role", role, "'user' and 'assistant'");
    if (content.empty()) return (void)reading.missing(content_path);
    reading.elements(content, content_path, [&](std::int64_t at, std::string_view part) {
      read_part(reading, part, content_path[at], message.role, message.parts);
    });
    if (message.role == llm::Role::assistant) attach_signatures(message.parts);
    into.push_back(std::move(message));
  });
}

bool read_system(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  llm::Message message;
  message.role = llm::Role::system;
  const bool read = reading.elements(raw, path, [&](std::int64_t i, std::string_view part) {
    read_part(reading, part, path[i], message.role, message.parts);
  });
  if (read && !message.parts.empty()) into.push_back(std::move(message));
  return read;
}

}  // namespace sluice::dialects::bedrock
