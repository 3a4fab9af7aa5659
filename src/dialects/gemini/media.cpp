#include "dialects/gemini/media.hpp"

#include <array>
#include <optional>
#include <utility>

#include "sluice/base/base64.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {
namespace {

Error refusal(std::string_view where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(where));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = to_lower(c);
  return out;
}

struct Data { std::string_view media_type, base64; };

// data:image/png;base64,… ; nothing: no such URL.
std::optional<Data> data_url(std::string_view url) {
  constexpr std::string_view scheme = "data:", encoding = ";base64,";
  if (!url.starts_with(scheme)) return std::nullopt;
  const std::size_t cut = url.find(encoding);
  if (cut == url.npos) return std::nullopt;
  const std::string_view type = url.substr(scheme.size(), cut - scheme.size());
  return Data{type.substr(0, type.find(';')), url.substr(cut + encoding.size())};
}

Result<> append_blob(std::string& out, std::string_view media_type, std::string_view base64, std::string_view where) {
  if (!is_base64(base64)) return refusal(where, "The data is not valid base64.");
  out += "\"inlineData\":{\"mimeType\":";
  json::append_quoted(out, media_type);
  out += ",\"data\":";
  json::append_quoted(out, base64);
  out += '}';
  return {};
}

// Google fetches public https addresses, its own file URIs among them, and objects in Cloud Storage; recorded answers
// confirm both (ai.google.dev/gemini-api/docs/file-input-methods).
Result<> append_reference(std::string& out, std::string_view media_type, std::string_view uri, std::string_view where) {
  if (!uri.starts_with("https://") && !uri.starts_with("gs://")) {
    return refusal(where, "The model takes files as an https:// or gs:// address or as base64 data only.");
  }
  out += "\"fileData\":{";
  if (!media_type.empty()) {
    out += "\"mimeType\":";
    json::append_quoted(out, media_type);
    out += ',';
  }
  out += "\"fileUri\":";
  json::append_quoted(out, uri);
  out += '}';
  return {};
}

struct Name { std::string_view format, type; };
// ai.google.dev/gemini-api/docs/audio, "Supported audio formats", and OpenAI's names for them.
constexpr std::array<Name, 7> audio_names = {{{"mp3", "audio/mp3"}, {"wav", "audio/wav"}, {"flac", "audio/flac"},
                                              {"aac", "audio/aac"}, {"ogg", "audio/ogg"}, {"opus", "audio/ogg"},
                                              {"pcm16", "audio/L16"}}};

}  // namespace

std::string audio_type(std::string_view format) {
  for (const Name& name : audio_names) {
    if (name.format == format) return std::string(name.type);
  }
  return "audio/" + std::string(format);
}

std::string audio_format(std::string_view media_type) {
  const std::string type = lower(media_type.substr(0, media_type.find(';')));
  if (type == "audio/mpeg") return "mp3";
  if (type == "audio/x-wav" || type == "audio/wave") return "wav";
  if (type == "audio/l16" || type == "audio/pcm") return "pcm16";
  const std::size_t slash = type.find('/');
  return slash == type.npos ? type : type.substr(slash + 1);
}

std::string_view type_by_ending(std::string_view address) {
  struct Ending { std::string_view ending, type; };
  static constexpr std::array<Ending, 24> endings = {{
      {".png", "image/png"}, {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".webp", "image/webp"},
      {".gif", "image/gif"}, {".heic", "image/heic"}, {".heif", "image/heif"}, {".pdf", "application/pdf"},
      {".txt", "text/plain"}, {".md", "text/markdown"}, {".html", "text/html"}, {".csv", "text/csv"},
      {".xml", "text/xml"}, {".json", "application/json"}, {".mp4", "video/mp4"}, {".mov", "video/quicktime"},
      {".webm", "video/webm"}, {".mpeg", "video/mpeg"}, {".mp3", "audio/mp3"}, {".wav", "audio/wav"},
      {".flac", "audio/flac"}, {".ogg", "audio/ogg"}, {".aac", "audio/aac"}, {".aiff", "audio/aiff"}}};
  const std::string path = lower(address.substr(0, address.find_first_of("?#")));
  for (const Ending& one : endings) {
    if (path.ends_with(one.ending)) return one.type;
  }
  return {};
}

llm::Part blob_part(std::string media_type, std::string base64) {
  if (media_type.starts_with("image/")) return llm::Image{std::move(media_type), std::move(base64), {}, {}};
  if (media_type.starts_with("audio/")) return llm::Audio{audio_format(media_type), std::move(base64)};
  llm::File file;
  file.media_type = std::move(media_type);
  file.base64 = std::move(base64);
  return file;
}

llm::Part reference_part(std::string media_type, std::string uri) {
  if (media_type.starts_with("image/")) return llm::Image{std::move(media_type), {}, std::move(uri), {}};
  llm::File file;
  file.media_type = std::move(media_type);
  file.url = std::move(uri);
  return file;
}

Result<> append_image(std::string& out, const llm::Image& image, std::string_view where) {
  if (!image.base64.empty()) return append_blob(out, image.media_type == "image/jpg" ? "image/jpeg" : image.media_type, image.base64, where);
  if (const auto data = data_url(image.url)) return append_blob(out, data->media_type, data->base64, where);
  std::string_view type = image.media_type;
  if (type.empty()) type = type_by_ending(image.url);
  // The type must be stated; the picture's own bytes decide in the end.
  return append_reference(out, type.empty() ? std::string_view("image/jpeg") : type, image.url, where);
}

Result<> append_audio(std::string& out, const llm::Audio& audio, std::string_view where) {
  if (audio.base64.empty()) return refusal(where, "The model takes audio by its data only.");
  return append_blob(out, audio_type(audio.format), audio.base64, where);
}

Result<> append_file(std::string& out, const llm::File& file, std::string_view where) {
  std::string_view type = file.media_type;
  if (const auto inside = data_url(file.base64)) return append_blob(out, inside->media_type, inside->base64, where);
  if (type.empty()) type = type_by_ending(file.name.empty() ? file.url : file.name);
  if (!file.base64.empty()) return append_blob(out, type.empty() ? std::string_view("application/pdf") : type, file.base64, where);
  if (!file.url.empty()) return append_reference(out, type, file.url, where);
  return refusal(where, "The model takes files by their content or address only; it has no access to files stored elsewhere.");
}

}  // namespace sluice::dialects::gemini
