#include <utility>

#include "dialects/responses/encode.hpp"
#include "dialects/responses/write_settings.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

Error refusal(std::string where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::move(where));
}

// The callers of its two APIs have their files with the same provider.
bool has_own_files(const llm::ChatRequest& asked) { return asked.caller == llm::Dialect::responses || asked.caller == llm::Dialect::openai; }

Error kept_elsewhere(const ContentContext& context) {
  return refusal(context.where, "The file is kept by another provider; send its content instead of its id.");
}

}  // namespace

Result<> append_image(std::string& out, const llm::Image& image, const ContentContext& context) {
  if (!context.quirks.images) return refusal(context.where, "The model does not take images.");
  if (!image.url.empty() && !image.url.starts_with("http")) return refusal(context.where, "The model takes images as data or from http(s) URLs only.");
  const bool kept = !image.file_id.empty() && image.base64.empty() && image.url.empty();
  if (kept && !has_own_files(context.asked)) return kept_elsewhere(context);
  out += kept ? R"({"type":"input_image","file_id":)" : R"({"type":"input_image","image_url":)";
  if (kept) json::append_quoted(out, image.file_id);
  else if (image.base64.empty()) json::append_quoted(out, image.url);
  else json::append_quoted(out, "data:" + (image.media_type.empty() ? std::string("image/png") : image.media_type) + ";base64," + image.base64);
  if (!image.detail.empty()) {
    out += ",\"detail\":";
    json::append_quoted(out, image.detail);
  }
  out += '}';
  return {};
}

Result<> append_file(std::string& out, const llm::File& file, const ContentContext& context) {
  const bool kept = !file.file_id.empty() && file.base64.empty() && file.url.empty() && file.text.empty();
  if (kept && !has_own_files(context.asked)) return kept_elsewhere(context);
  if (file.cite) context.dropped.add("messages.content.citations");
  if (!file.context.empty()) context.dropped.add("messages.content.context");
  if (!file.text.empty()) {   // a document that is plain text
    out += R"({"type":"input_text","text":)";
    std::string text = file.name.empty() ? std::string() : file.name + ":\n";
    json::append_quoted(out, text + file.text);
    out += '}';
    return {};
  }
  if (file.media_type.starts_with("video/")) return refusal(context.where, "The model takes no videos.");
  const bool image = file.media_type.starts_with("image/");
  if (image && !kept) return append_image(out, {file.media_type, file.base64, file.url, {}}, context);
  if (!kept && file.url.empty() && file.base64.empty()) return refusal(context.where, "The file has no content.");
  out += image ? R"({"type":"input_image")" : R"({"type":"input_file")";
  if (kept) append_text_member(out, "file_id", file.file_id);
  else if (!file.url.empty()) append_text_member(out, "file_url", file.url);
  else append_text_member(out, "file_data", "data:" + (file.media_type.empty() ? std::string("application/pdf") : file.media_type) + ";base64," + file.base64);
  // The API wants a name beside data.
  if (image) {
    out += '}';
    return {};
  }
  if (!file.name.empty()) append_text_member(out, "filename", file.name);
  else if (!kept && file.url.empty()) append_text_member(out, "filename", "file");
  out += '}';
  return {};
}

Result<> append_audio(std::string& out, const llm::Audio& audio, const ContentContext& context) {
  if (!context.quirks.audio) return refusal(context.where, "The model does not take audio.");
  out += R"({"type":"input_audio","input_audio":{"data":)";
  json::append_quoted(out, audio.base64);
  append_text_member(out, "format", audio.format);
  out += "}}";
  return {};
}

}  // namespace sluice::dialects::responses
