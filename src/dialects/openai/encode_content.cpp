#include "dialects/openai/encode_content.hpp"

#include <algorithm>

#include "dialects/caller_words.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

std::string data_url(std::string_view media_type, std::string_view base64) {
  std::string url = "data:";
  return url.append(media_type).append(";base64,").append(base64);
}

bool is_text(std::string_view media_type) {
  return media_type.starts_with("text/") || media_type == "application/json" || media_type == "application/xml";
}

// "audio/mpeg" as the API names formats; it takes wav and mp3, its relatives more.
std::string_view audio_format(std::string_view format) {
  if (format.starts_with("audio/")) format.remove_prefix(6);
  format = format.substr(0, format.find(';'));
  if (format == "mpeg" || format == "mpeg3" || format == "x-mpeg-3") return "mp3";
  if (format == "x-wav" || format == "wave" || format == "vnd.wave") return "wav";
  if (format == "x-m4a" || format == "mp4") return "m4a";
  if (format == "x-flac") return "flac";
  return format;
}

}  // namespace

Error ContentWriter::refusal(std::string message) const {
  return Error(Code::bad_request, std::move(message)).about(std::string(caller_word(x_caller, "messages")));
}

void ContentWriter::add_text(std::string_view text) {
  Item& item = x_items.emplace_back();
  item.text = text;
  item.json = "{\"type\":\"text\",\"text\":";
  json::append_quoted(item.json, text);
  item.json += '}';
}

void ContentWriter::add_raw(std::string_view part) { x_items.push_back({std::string(part), {}, false}); }

void ContentWriter::mark(const llm::CacheMark& mark) {
  if (!x_quirks.cache_marks || x_items.empty()) return x_dropped.add("cache_control");
  Item& item = x_items.back();
  if (item.json.find("\"cache_control\":{\"type\":\"ephemeral\"") != item.json.npos) return;
  item.plain = false;
  item.json.pop_back();
  item.json += mark.hour ? R"(,"cache_control":{"type":"ephemeral","ttl":"1h"}})" : R"(,"cache_control":{"type":"ephemeral"}})";
}

Result<> ContentWriter::add(const llm::Part& part) {
  if (const auto* text = std::get_if<llm::Text>(&part)) {
    add_text(text->text);
    return {};
  }
  if (const auto* cache = std::get_if<llm::CacheMark>(&part)) {
    mark(*cache);
    return {};
  }
  if (std::holds_alternative<llm::ServerPart>(part)) {
    x_dropped.add(caller_word(x_caller, "messages"));
    return {};
  }
  if (const auto* image_part = std::get_if<llm::Image>(&part)) return image(*image_part);
  if (const auto* audio_part = std::get_if<llm::Audio>(&part)) return audio(*audio_part);
  if (const auto* file_part = std::get_if<llm::File>(&part)) return file(*file_part);
  return {};
}

Result<> ContentWriter::image(const llm::Image& image) {
  if (!x_quirks.images || !x_quirks.content_lists) return refusal("This model takes no images.");
  const bool web = image.url.starts_with("https://") || image.url.starts_with("http://");
  if (image.base64.empty() && !web) return refusal("This model takes images as data or by an http(s) URL only.");
  std::string part = R"({"type":"image_url","image_url":{"url":)";
  json::append_quoted(part, image.base64.empty() ? image.url : data_url(image.media_type.empty() ? "image/png" : image.media_type, image.base64));
  if (!image.detail.empty()) {
    part += ",\"detail\":";
    json::append_quoted(part, image.detail);
  }
  add_raw(part + "}}");
  return {};
}

Result<> ContentWriter::audio(const llm::Audio& audio) {
  if (audio.base64.empty() && !audio.transcript.empty()) {
    add_text(audio.transcript);
    return {};
  }
  if (!x_quirks.audio || !x_quirks.content_lists || audio.base64.empty()) return refusal("This model takes no audio.");
  std::string part = R"({"type":"input_audio","input_audio":{"data":)";
  json::append_quoted(part, audio.base64);
  part += ",\"format\":";
  json::append_quoted(part, audio.format.empty() ? std::string_view("wav") : audio_format(audio.format));
  add_raw(part + "}}");
  return {};
}

// A document in plain text is text to every model.
void ContentWriter::document(const llm::File& file, std::string_view text) {
  if (file.name.empty() && file.context.empty()) return add_text(text);
  std::string framed = "<document";
  if (!file.name.empty()) framed.append(" title=").append(json::quoted(file.name));
  framed += ">\n";
  if (!file.context.empty()) framed.append(file.context).append("\n\n");
  add_text(framed.append(text).append("\n</document>"));
}

// Inline data that other dialects give as documents.
Result<> ContentWriter::media_file(const llm::File& file) {
  if (file.media_type.starts_with("image/")) return image(llm::Image{file.media_type, file.base64, file.url, {}});
  if (file.media_type.starts_with("audio/") && !file.base64.empty()) return audio(llm::Audio{file.media_type, file.base64});
  if (is_text(file.media_type) && !file.base64.empty()) {
    const auto text = from_base64(file.base64);
    if (!text || !json::valid_utf8(*text)) return refusal("A text document is not in UTF-8.");
    document(file, *text);
    return {};
  }
  return refusal("This model takes no files of type " + (file.media_type.empty() ? "unknown" : file.media_type) + ".");
}

Result<> ContentWriter::file(const llm::File& file) {
  if (file.cite) x_dropped.add("citations");
  if (!file.text.empty()) {
    document(file, file.text);
    return {};
  }
  const bool pdf = file.media_type.empty() || file.media_type == "application/pdf";
  if (!pdf) return media_file(file);
  if (!x_quirks.files || !x_quirks.content_lists) return refusal("This model takes no files.");
  const bool own_id = !file.file_id.empty() && (x_caller == llm::Dialect::openai || x_caller == llm::Dialect::responses);
  if (file.base64.empty() && !own_id) return refusal("This model takes files as data only, not by URL or by another provider's id.");
  if (!file.context.empty()) add_text(file.context);
  std::string part = R"({"type":"file","file":{)";
  if (file.base64.empty()) {
    part += "\"file_id\":";
    json::append_quoted(part, file.file_id);
  } else {
    part += "\"filename\":";
    json::append_quoted(part, file.name.empty() ? std::string_view("document.pdf") : file.name);
    part += ",\"file_data\":";
    json::append_quoted(part, data_url("application/pdf", file.base64));
  }
  add_raw(part + "}}");
  return {};
}

void ContentWriter::append_to(std::string& out) const {
  if (x_items.empty()) {
    out += "\"\"";
    return;
  }
  const bool plain = std::all_of(x_items.begin(), x_items.end(), [](const Item& item) { return item.plain; });
  if (plain && (x_items.size() == 1 || !x_quirks.content_lists)) {
    std::string text;
    for (const Item& item : x_items) {
      if (!text.empty()) text += "\n\n";
      text += item.text;
    }
    return json::append_quoted(out, text);
  }
  out += '[';
  for (std::size_t i = 0; i < x_items.size(); ++i) {
    if (i > 0) out += ',';
    out += x_items[i].json;
  }
  out += ']';
}

}  // namespace sluice::dialects::openai
