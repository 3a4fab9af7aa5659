#include "dialects/anthropic/content.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "sluice/base/base64.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

Error refusal(std::string_view where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::string(where));
}

struct Data { std::string_view media_type, base64; };

// data:image/png;base64,… ; nothing: no such URL.
std::optional<Data> data_url(std::string_view url) {
  constexpr std::string_view scheme = "data:", encoding = ";base64,";
  if (!url.starts_with(scheme)) return std::nullopt;
  const std::size_t cut = url.find(encoding);
  if (cut == std::string_view::npos) return std::nullopt;
  std::string_view type = url.substr(scheme.size(), cut - scheme.size());
  return Data{type.substr(0, type.find(';')), url.substr(cut + encoding.size())};
}

void append_base64_source(std::string& out, std::string_view media_type, std::string_view base64) {
  out += R"("source":{"type":"base64","media_type":)";
  json::append_quoted(out, media_type);
  out += ",\"data\":";
  json::append_quoted(out, base64);
  out += '}';
}

void append_url_source(std::string& out, std::string_view url) {
  out += R"("source":{"type":"url","url":)";
  json::append_quoted(out, url);
  out += '}';
}

bool is_image_type(std::string_view type) {
  constexpr std::array<std::string_view, 4> known = {"image/jpeg", "image/png", "image/gif", "image/webp"};
  return std::find(known.begin(), known.end(), type) != known.end();
}

Result<> append_image_data(std::string& out, Data data, std::string_view where) {
  if (data.media_type == "image/jpg") data.media_type = "image/jpeg";
  if (!is_image_type(data.media_type)) {
    return refusal(where, "The model takes images of type image/jpeg, image/png, image/gif and image/webp only.");
  }
  if (!is_base64(data.base64)) return refusal(where, "The image's data is not valid base64.");
  out += R"({"type":"image",)";
  append_base64_source(out, data.media_type, data.base64);
  out += '}';
  return {};
}

std::string_view type_of(const llm::File& file) {
  if (!file.media_type.empty()) return file.media_type;
  return file.name.ends_with(".pdf") ? "application/pdf" : "text/plain";
}

void end_document(std::string& out, const llm::File& file) {
  if (!is_blank(file.name)) {
    out += ",\"title\":";
    json::append_quoted(out, file.name);
  }
  if (!is_blank(file.context)) {
    out += ",\"context\":";
    json::append_quoted(out, file.context);
  }
  if (file.cite) out += R"(,"citations":{"enabled":true})";
  out += '}';
}

void append_file_source(std::string& out, std::string_view file_id) {
  out += R"("source":{"type":"file","file_id":)";
  json::append_quoted(out, file_id);
  out += '}';
}

Result<> append_text_document(std::string& out, const llm::File& file, std::string_view text, std::string_view where) {
  if (is_blank(text)) return refusal(where, "The file is empty.");
  out += R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":)";
  json::append_quoted(out, text);
  out += '}';
  end_document(out, file);
  return {};
}

Result<> append_search_result(std::string& out, const llm::File& file, std::string_view where) {
  if (is_blank(file.text)) return refusal(where, "The search result is empty.");
  out += R"({"type":"search_result","source":)";
  json::append_quoted(out, file.source);
  out += ",\"title\":";
  json::append_quoted(out, file.name.empty() ? file.source : file.name);
  out += ",\"content\":[";
  append_text(out, file.text);
  out += ']';
  if (file.cite) out += R"(,"citations":{"enabled":true})";
  out += '}';
  return {};
}

}  // namespace

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }

void begin_element(std::string& list) {
  if (!list.empty()) list += ',';
}

void append_text(std::string& out, std::string_view text) {
  out += R"({"type":"text","text":)";
  json::append_quoted(out, text);
  out += '}';
}

Result<> append_image(std::string& out, const llm::Image& image, const Place& place) {
  const std::string_view where = place.where;
  if (!image.detail.empty() && image.detail != "auto") place.dropped.add("image_url.detail");
  if (!image.file_id.empty() && place.own_files) {
    out += R"({"type":"image",)";
    append_file_source(out, image.file_id);
    out += '}';
    return {};
  }
  if (!image.base64.empty()) return append_image_data(out, {image.media_type, image.base64}, where);
  if (const auto data = data_url(image.url)) return append_image_data(out, *data, where);
  if (!image.url.starts_with("https://")) {
    return refusal(where, "The model takes images as an https:// URL or as a base64 data: URL only.");
  }
  out += R"({"type":"image",)";
  append_url_source(out, image.url);
  out += '}';
  return {};
}

Result<> append_file(std::string& out, const llm::File& file, const Place& place) {
  const std::string_view where = place.where;
  if (!file.text.empty() && !file.source.empty()) return append_search_result(out, file, where);
  if (!file.text.empty()) return append_text_document(out, file, file.text, where);
  Data data{type_of(file), file.base64};
  if (const auto inside = data_url(file.base64)) data = *inside;
  const bool kept = data.base64.empty() && !file.file_id.empty() && place.own_files;
  const bool linked = data.base64.empty() && !kept && file.url.starts_with("https://");
  if (linked && data.media_type.starts_with("image/")) return append_image(out, {{}, {}, file.url, {}, {}}, place);
  if (linked && !file.media_type.empty() && file.media_type != "application/pdf" && !file.media_type.starts_with("text/"))
    return refusal(where, "The model takes PDF, text and image files only.");
  if (kept || linked) {
    out += R"({"type":"document",)";
    if (kept) append_file_source(out, file.file_id);
    else append_url_source(out, file.url);
    end_document(out, file);
    return {};
  }
  if (data.base64.empty()) {
    return refusal(where, "The model takes files by their content (file_data) only; it has no access to stored files.");
  }
  if (data.media_type.starts_with("image/")) return append_image_data(out, data, where);
  if (data.media_type == "application/pdf") {
    if (!is_base64(data.base64)) return refusal(where, "The file's data is not valid base64.");
    out += R"({"type":"document",)";
    append_base64_source(out, data.media_type, data.base64);
    end_document(out, file);
    return {};
  }
  if (!data.media_type.starts_with("text/") && data.media_type != "application/json") {
    return refusal(where, "The model takes PDF, text and image files only.");
  }
  const auto text = from_base64(data.base64);
  if (!text || !json::valid_utf8(*text)) return refusal(where, "The file's data is not base64 of UTF-8 text.");
  return append_text_document(out, file, *text, where);
}

Result<> append_tool_use(std::string& out, const llm::ToolCall& call, std::string_view id, std::string_view where) {
  const std::string free_text = call.custom ? "{\"input\":" + json::quoted(call.arguments) + "}" : std::string();
  std::string_view arguments = is_blank(call.arguments) ? std::string_view("{}") : std::string_view(call.arguments);
  if (call.custom) arguments = free_text;
  if (json::kind_of(arguments) != json::Kind::object || json::validate(arguments)) {
    return refusal(where, "The arguments of the tool call " + json::quoted(call.name) + " are not a JSON object.");
  }
  out += R"({"type":"tool_use","id":)";
  json::append_quoted(out, id);
  out += ",\"name\":";
  json::append_quoted(out, call.name);
  out += ",\"input\":";
  out += arguments;
  out += '}';
  return {};
}

}  // namespace sluice::dialects::anthropic
