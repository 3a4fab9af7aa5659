#include "dialects/openai/answer_json.hpp"

#include <algorithm>

#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {

std::string_view finish_name(llm::Finish finish) {
  switch (finish) {
    case llm::Finish::length: return "length";
    case llm::Finish::tool_calls: return "tool_calls";
    case llm::Finish::content_filter: return "content_filter";
    case llm::Finish::refusal: return "content_filter";
    case llm::Finish::pause: return "length";   // what the caller has is not the whole answer
    case llm::Finish::stop: case llm::Finish::unknown: break;
  }
  return "stop";
}

void append_usage(std::string& out, const llm::Usage& usage) {
  const auto member = [&out](std::string_view name, std::int64_t value) {
    out.append(name);
    json::append_integer(out, value);
  };
  member("{\"prompt_tokens\":", usage.input);
  member(",\"completion_tokens\":", usage.output);
  member(",\"total_tokens\":", usage.input + usage.output);
  member(",\"prompt_tokens_details\":{\"cached_tokens\":", usage.cache_read);
  const std::int64_t written = usage.cache_write_5m + usage.cache_write_1h;
  if (written > 0) member(",\"cache_write_tokens\":", written);
  member(",\"audio_tokens\":", usage.input_audio);
  member("},\"completion_tokens_details\":{\"reasoning_tokens\":", usage.reasoning);
  member(",\"audio_tokens\":", usage.output_audio);
  out += ",\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
}

void append_annotation(std::string& list, const llm::Citation& citation, std::int64_t start, std::int64_t end) {
  if (!list.empty()) list += ',';
  if (citation.origin == llm::Dialect::openai && json::find(citation.raw, "url_citation")) {
    list += citation.raw;
    return;
  }
  if (citation.start >= 0 && citation.end >= citation.start) start = citation.start, end = citation.end;
  list += R"({"type":"url_citation","url_citation":{"start_index":)";
  json::append_integer(list, std::max<std::int64_t>(start, 0));
  list += ",\"end_index\":";
  json::append_integer(list, std::max<std::int64_t>(end, 0));
  list += ",\"url\":";
  json::append_quoted(list, citation.url);
  list += ",\"title\":";
  json::append_quoted(list, citation.title);
  if (!citation.quote.empty()) {
    list += ",\"content\":";
    json::append_quoted(list, citation.quote);
  }
  list += "}}";
}

void append_image(std::string& list, const llm::Image& image) {
  if (!list.empty()) list += ',';
  std::string url = image.url;
  if (!image.base64.empty()) {
    url = "data:";
    url.append(image.media_type.empty() ? std::string_view("image/png") : image.media_type).append(";base64,").append(image.base64);
  }
  list += R"({"type":"image_url","image_url":{"url":)";
  json::append_quoted(list, url);
  list += "}}";
}

void append_audio(std::string& out, const llm::Audio& audio, std::int64_t expires_at) {
  out += "{\"id\":";
  json::append_quoted(out, audio.id);
  out += ",\"data\":";
  json::append_quoted(out, audio.base64);
  out += ",\"expires_at\":";
  json::append_integer(out, expires_at);
  out += ",\"transcript\":";
  json::append_quoted(out, audio.transcript);
  out += '}';
}

void append_google_proof(std::string& out, std::string_view signature, llm::Maker maker) {
  if (signature.empty() || maker != llm::Maker::google) return;
  out += R"(,"extra_content":{"google":{"thought_signature":)";
  json::append_quoted(out, signature);
  out += "}}";
}

std::int64_t characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace sluice::dialects::openai
