#include "dialects/bedrock/content.hpp"

#include <optional>
#include <utility>

#include "dialects/bedrock/formats.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

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

// A blob is base64 of the common alphabet, padded.
Result<> append_bytes(std::string& out, std::string_view base64, std::string_view where) {
  const bool common = base64.size() % 4 == 0 && base64.find_first_of("-_ \t\r\n") == base64.npos;
  std::string again;
  if (is_base64(base64) && !common) again = to_base64(from_base64(base64).value_or(""));
  if (!is_base64(base64) || (!common && again.empty())) return refusal(where, "The data is not valid base64.");
  out.append(R"("source":{"bytes":")").append(common ? base64 : std::string_view(again)).append("\"}");
  return {};
}

void append_s3(std::string& out, std::string_view url) {
  out += R"("source":{"s3Location":{"uri":)";
  json::append_quoted(out, url);
  out += "}}";
}

void begin_media(std::string& out, std::string_view kind, std::string_view format) {
  out.append("{\"").append(kind).append("\":{\"format\":\"").append(format).append("\",");
}

// A plain block of format and source.
Result<> append_media(std::string& out, Media media, std::string_view media_type, Data data, std::string_view url, std::string_view where) {
  const std::string_view kind = media == Media::image ? "image" : media == Media::video ? "video" : "audio";
  const std::string_view format = format_of(media, media_type);
  if (format.empty()) {
    return refusal(where, "The model's API takes no " + std::string(kind) + " of type '" + std::string(media_type.substr(0, 100)) + "'.");
  }
  begin_media(out, kind, format);
  if (data.base64.empty()) {
    append_s3(out, url);
  } else if (auto written = append_bytes(out, data.base64, where); !written) {
    return written;
  }
  out += "}}";
  return {};
}

bool in_s3(std::string_view url) { return url.starts_with("s3://"); }

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '(' || c == ')' ||
         c == '[' || c == ']';
}

void append_search_result(std::string& out, const llm::File& file) {
  out += R"({"searchResult":{"source":)";
  json::append_quoted(out, file.source);
  out += ",\"title\":";
  json::append_quoted(out, file.name.empty() ? file.source : file.name);
  out += R"(,"content":[{"text":)";
  json::append_quoted(out, file.text);
  out += "}]";
  if (file.cite) out += R"(,"citations":{"enabled":true})";
  out += "}}";
}

}  // namespace

Error refusal(std::string_view where, std::string message) { return Error(Code::bad_request, std::move(message)).about(std::string(where)); }

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\f\v") == text.npos; }

void begin_element(std::string& list) {
  if (!list.empty()) list += ',';
}

void append_text(std::string& out, std::string_view text) {
  out += "{\"text\":";
  json::append_quoted(out, text);
  out += '}';
}

Result<> ContentWriter::image(std::string& out, const llm::Image& image, std::string_view where) {
  if (!image.detail.empty() && image.detail != "auto") x_dropped.add("image_url.detail");
  Data data{image.media_type, image.base64};
  if (const auto inside = data_url(image.url); inside && data.base64.empty()) data = *inside;
  if (data.base64.empty() && !in_s3(image.url)) {
    return refusal(where, "The model's API takes images as a base64 data: URL (or s3:// address) only, and fetches none from the web.");
  }
  const std::string_view by_name = media_type_of_name(image.url);
  return append_media(out, Media::image, data.media_type.empty() ? by_name : data.media_type, data, image.url, where);
}

Result<> ContentWriter::audio(std::string& out, const llm::Audio& audio, std::string_view where) {
  if (x_model.family == Family::claude) return refusal(where, "The model does not take audio.");
  if (audio.base64.empty()) return refusal(where, "The model's API takes audio by its data only.");
  const std::string type = audio.format.find('/') == audio.format.npos ? "audio/" + audio.format : audio.format;
  return append_media(out, Media::audio, type, {type, audio.base64}, {}, where);
}

// Letters, digits, single spaces, hyphens, parentheses and brackets (docs, DocumentBlock.name; errors of the API: "can
// only contain alphanumeric characters …", "duplicate names"), and underscores, which are taken as recorded. The ending is
// told by the format.
std::string ContentWriter::document_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot != name.npos && dot > 0 && name.size() - dot <= 6) name = name.substr(0, dot);
  std::string plain;
  for (const char c : name) {
    if (in_name(c)) plain += c;
    else if (!plain.empty() && plain.back() != ' ') plain += ' ';
    if (plain.size() == 180) break;
  }
  while (plain.ends_with(' ')) plain.pop_back();
  if (plain.empty()) plain = "Document";
  std::string unique = plain;
  for (std::int64_t number = 2; !x_names.insert(unique).second; ++number) {
    unique = plain + " ";
    append_integer(unique, number);
  }
  return unique;
}

Result<> ContentWriter::document(std::string& out, const llm::File& file, std::string_view format, std::string_view base64,
                                 std::string_view where) {
  begin_media(out, "document", format);
  out += "\"name\":";
  json::append_quoted(out, document_name(file.name));
  out += ',';
  if (!file.text.empty()) {
    // Claude cites a plain text by its characters; the others take bytes only.
    if (x_model.family == Family::claude) out += "\"source\":{\"text\":" + json::quoted(file.text) + "}";
    else out += R"("source":{"bytes":")" + to_base64(file.text) + "\"}";
  } else if (base64.empty()) {
    append_s3(out, file.url);
  } else if (auto written = append_bytes(out, base64, where); !written) {
    return written;
  }
  if (!file.context.empty()) out += ",\"context\":" + json::quoted(file.context);
  if (file.cite) out += R"(,"citations":{"enabled":true})";
  out += "}}";
  return {};
}

Result<> ContentWriter::file(std::string& out, const llm::File& file, std::string_view where, bool& is_document) {
  if (!file.text.empty() && !file.source.empty() && x_model.family == Family::claude) {
    append_search_result(out, file);
    return {};
  }
  Data data{file.media_type, file.base64};
  if (const auto inside = data_url(file.base64.empty() ? file.url : file.base64)) data = *inside;
  if (data.base64.empty() && file.text.empty() && !in_s3(file.url)) {
    return refusal(where, "The model's API takes files by their content (or s3:// address) only; it has no access to stored files or the web.");
  }
  std::string_view type = data.media_type;
  if (type.empty() || type == "application/octet-stream") type = media_type_of_name(file.name.empty() ? file.url : file.name);
  if (type.empty() && !file.text.empty()) type = "text/plain";
  const Media media = media_of(type);
  if (media != Media::document) return append_media(out, media, type, data, file.url, where);
  const std::string_view format = format_of(Media::document, type);
  if (format.empty()) return refusal(where, "The model's API takes PDF, Word, Excel, CSV, HTML, Markdown and plain text files only.");
  is_document = true;
  return document(out, file, format, data.base64, where);
}

}  // namespace sluice::dialects::bedrock
