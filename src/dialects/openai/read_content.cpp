#include "dialects/openai/answer_fields.hpp"
#include "dialects/openai/read_chat.hpp"

namespace sluice::dialects::openai {
namespace {

// OpenAI takes the bare URL too (as recorded of its vision models).
bool read_image(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  llm::Image image;
  const bool bare = json::kind_of(raw) == json::Kind::string;
  const bool read = bare ? reading.text(raw, path, image.url)
                         : reading.members(raw, path, [&](std::string_view key, std::string_view value) {
                             if (key == "url") reading.text(value, path / key, image.url);
                             else if (key == "detail") reading.text(value, path / key, image.detail);
                             else reading.keep_other(path / key, value);
                           });
  if (!read) return false;
  const Path url = bare ? path : path / "url";
  if (image.url.empty()) return reading.missing(url);
  if (image.url.starts_with("data:")) {
    auto split = split_data_url(image.url);
    if (!split || split->media_type.empty() || split->base64.empty()) {
      return reading.refuse(url, "Invalid '" + url.text() +
                                     "'. Expected a base64-encoded data URL with an image MIME type "
                                     "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').");
    }
    image.media_type = std::move(split->media_type);
    image.base64 = std::move(split->base64);
    image.url.clear();
  } else if (!image.url.starts_with("http://") && !image.url.starts_with("https://")) {
    return reading.refuse(url, "Invalid '" + url.text() + "'. Expected a valid URL.");
  }
  into.emplace_back(std::move(image));
  return true;
}

bool read_audio(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  llm::Audio audio;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "data") reading.text(value, path / key, audio.base64);
    else if (key == "format") reading.text(value, path / key, audio.format);
    else reading.keep_other(path / key, value);
  });
  if (!read) return false;
  if (audio.base64.empty()) return reading.missing(path / "data");
  if (audio.format.empty()) return reading.missing(path / "format");
  into.emplace_back(std::move(audio));
  return true;
}

bool read_file(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  llm::File file;
  std::string data;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "file_data") reading.text(value, path / key, data);
    else if (key == "file_id") reading.text(value, path / key, file.file_id);
    else if (key == "filename") reading.text(value, path / key, file.name);
    else reading.keep_other(path / key, value);
  });
  if (!read) return false;
  if (data.empty() && file.file_id.empty()) return reading.missing(path / "file_data");
  if (data.starts_with("https://") || data.starts_with("http://")) {   // OpenRouter's form
    file.url = std::move(data);
  } else if (!data.empty()) {
    auto split = split_data_url(data);
    if (!split) {
      return reading.refuse(path / "file_data",
                            "Invalid '" + (path / "file_data").text() +
                                "'. Expected a base64-encoded data "
                                "URL with a MIME type (e.g. 'data:application/pdf;base64,JVBERi0=').");
    }
    file.media_type = std::move(split->media_type);
    file.base64 = std::move(split->base64);
  }
  into.emplace_back(std::move(file));
  return true;
}

std::string_view supported_types(llm::Role role) {
  switch (role) {
    case llm::Role::user: return "'text', 'image_url', 'input_audio', and 'file'";
    case llm::Role::assistant: return "'text', 'refusal', and 'thinking'";
    case llm::Role::tool: return "'text', 'image_url', and 'file'";
    default: return "'text'";
  }
}

bool read_body(Reading& reading, std::string_view type, std::string_view body, const Path& path, std::vector<llm::Part>& into) {
  if (type == "image_url") return read_image(reading, body, path, into);
  if (type == "input_audio") return read_audio(reading, body, path, into);
  if (type == "file") return read_file(reading, body, path, into);
  std::string text;
  if (!reading.text(body, path, text)) return false;
  if (type == "refusal") into.emplace_back(llm::Refusal{std::move(text)});
  else into.emplace_back(llm::Text{std::move(text)});
  return true;
}

// Mistral's form of thoughts in the content of an earlier answer.
bool read_thinking_part(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Part>& into) {
  const std::size_t before = into.size();
  read_parts("[" + std::string(raw) + "]", into);
  return into.size() > before || reading.missing(path / "thinking");
}

}  // namespace

bool read_cache_mark(Reading& reading, std::string_view raw, const Path& path, llm::CacheMark& into) {
  std::string type, ttl;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "type") reading.text(value, path / key, type);
    else if (key == "ttl") reading.text(value, path / key, ttl);
    else reading.keep_other(path / key, value);
  });
  if (!read) return false;
  if (type != "ephemeral") return reading.unsupported(path / "type", type, "'ephemeral'");
  into.hour = ttl == "1h";
  return true;
}

bool read_content_part(Reading& reading, std::string_view raw, const Path& path, llm::Role role,
                       std::vector<llm::Part>& into) {
  std::string type;
  if (!reading.object(raw, path)) return false;
  const auto raw_type = json::find(raw, "type");
  if (!raw_type) return reading.missing(path / "type");
  if (!reading.text(*raw_type, path / "type", type)) return false;

  const bool rich =
      role == llm::Role::user || role == llm::Role::tool;  // tools: beyond OpenAI's API, but others take it
  const bool known = type == "text" || (type == "refusal" && role == llm::Role::assistant) ||
                     (rich && (type == "image_url" || type == "file")) ||
                     (type == "thinking" && role == llm::Role::assistant) ||
                     (role == llm::Role::user && type == "input_audio");
  if (!known) return reading.unsupported(path / "type", type, supported_types(role));

  std::string_view body, cache;
  reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == type) body = value;
    else if (key == "cache_control") cache = value;
    else if (key != "type" && type != "thinking") reading.keep_other(path / key, value);
  });
  if (body.empty()) return reading.missing(path / type);
  if (type == "thinking") return read_thinking_part(reading, raw, path, into);
  if (!read_body(reading, type, body, path / type, into) || cache.empty()) return !reading.failed();
  llm::CacheMark mark;
  if (!read_cache_mark(reading, cache, path / "cache_control", mark)) return false;
  into.emplace_back(mark);
  return true;
}

}  // namespace sluice::dialects::openai
