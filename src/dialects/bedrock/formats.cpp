#include "dialects/bedrock/formats.hpp"

#include <array>

#include "sluice/base/text.hpp"

namespace sluice::dialects::bedrock {
namespace {

struct Format { Media media; std::string_view format, media_type; };

// The first of a format is the type it is told as. Formats: docs, API_runtime_{Image,Document,Video,Audio}Block.
constexpr std::array<Format, 42> table{{
    {Media::image, "png", "image/png"},
    {Media::image, "jpeg", "image/jpeg"},
    {Media::image, "jpeg", "image/jpg"},
    {Media::image, "gif", "image/gif"},
    {Media::image, "webp", "image/webp"},
    {Media::document, "pdf", "application/pdf"},
    {Media::document, "csv", "text/csv"},
    {Media::document, "doc", "application/msword"},
    {Media::document, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {Media::document, "xls", "application/vnd.ms-excel"},
    {Media::document, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {Media::document, "html", "text/html"},
    {Media::document, "txt", "text/plain"},
    {Media::document, "txt", "application/json"},
    {Media::document, "txt", "application/xml"},
    {Media::document, "txt", "text/xml"},
    {Media::document, "md", "text/markdown"},
    {Media::document, "md", "text/x-markdown"},
    {Media::video, "mkv", "video/x-matroska"},
    {Media::video, "mov", "video/quicktime"},
    {Media::video, "mp4", "video/mp4"},
    {Media::video, "webm", "video/webm"},
    {Media::video, "flv", "video/x-flv"},
    {Media::video, "mpeg", "video/mpeg"},
    {Media::video, "mpg", "video/mpg"},
    {Media::video, "wmv", "video/x-ms-wmv"},
    {Media::video, "three_gp", "video/3gpp"},
    {Media::audio, "mp3", "audio/mp3"},
    {Media::audio, "mp3", "audio/mpeg"},
    {Media::audio, "wav", "audio/wav"},
    {Media::audio, "wav", "audio/x-wav"},
    {Media::audio, "opus", "audio/opus"},
    {Media::audio, "aac", "audio/aac"},
    {Media::audio, "flac", "audio/flac"},
    {Media::audio, "ogg", "audio/ogg"},
    {Media::audio, "m4a", "audio/m4a"},
    {Media::audio, "mp4", "audio/mp4"},
    {Media::audio, "webm", "audio/webm"},
    {Media::audio, "pcm", "audio/pcm"},
    {Media::audio, "mka", "audio/x-matroska"},
    {Media::audio, "mpga", "audio/mpga"},
    {Media::audio, "x-aac", "audio/x-aac"}}};

}  // namespace

std::string_view format_of(Media media, std::string_view media_type) {
  media_type = media_type.substr(0, media_type.find(';'));
  for (const Format& one : table) {
    if (one.media == media && iequals(one.media_type, media_type)) return one.format;
  }
  // Any other text can be read as such.
  return media == Media::document && media_type.starts_with("text/") ? "txt" : std::string_view();
}

std::string_view media_type_of(Media media, std::string_view format) {
  for (const Format& one : table) {
    if (one.media == media && one.format == format) return one.media_type;
  }
  return {};
}

std::string_view media_type_of_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos) return {};
  std::string_view ending = name.substr(dot + 1);
  if (iequals(ending, "jpg")) ending = "jpeg";
  if (iequals(ending, "htm")) ending = "html";
  for (const Format& one : table) {
    if (iequals(one.format, ending)) return one.media_type;
  }
  return {};
}

Media media_of(std::string_view media_type) {
  if (media_type.starts_with("image/")) return Media::image;
  if (media_type.starts_with("video/")) return Media::video;
  if (media_type.starts_with("audio/")) return Media::audio;
  return Media::document;
}

}  // namespace sluice::dialects::bedrock
