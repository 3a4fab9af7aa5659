// The lists inside an answer's message.
#include <algorithm>

#include "dialects/openai/answer_fields.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::openai {
namespace {

constexpr std::size_t most = 4096;   // of anything in one list

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }
std::string text_in(std::string_view object, std::string_view key) { return text_of(json::find(object, key).value_or("")); }

// Mistral nests: {"type":"thinking","thinking":[{"type":"text","text":"…"}]}. Elsewhere it is a plain string.
std::string thinking_text(std::string_view raw) {
  if (raw.starts_with('"')) return text_of(raw);
  std::string text;
  json::each_element(raw, [&](std::string_view part) { text += text_in(part, "text"); });
  return text;
}

llm::Image image_of(std::string url) {
  llm::Image image;
  if (auto data = split_data_url(url)) {
    image.media_type = std::move(data->media_type);
    image.base64 = std::move(data->base64);
  } else {
    image.url = std::move(url);
  }
  return image;
}

// {"image_url": {"url"}}, or the URL itself.
std::string image_url(std::string_view part) {
  const std::string_view inner = json::find(part, "image_url").value_or("");
  return inner.starts_with('"') ? text_of(inner) : text_in(inner, "url");
}

}  // namespace

std::optional<DataUrl> split_data_url(std::string_view url) {
  const std::size_t comma = url.find(',');
  if (!url.starts_with("data:") || comma == url.npos) return std::nullopt;
  const std::string_view head = url.substr(5, comma - 5);
  if (!head.ends_with(";base64")) return std::nullopt;
  DataUrl out;
  out.media_type = head.substr(0, head.find(';'));
  for (char& c : out.media_type) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  out.base64 = url.substr(comma + 1);
  return out;
}

void read_parts(std::string_view list, std::vector<llm::Part>& into) {
  json::each_element(list, [&](std::string_view part) {
    const std::string_view type = json::find(part, "type").value_or("");
    if (type == "\"thinking\"") {
      into.emplace_back(llm::Thinking{thinking_text(json::find(part, "thinking").value_or("")), text_in(part, "signature"), false});
    } else if (type == "\"image_url\"") {
      if (auto url = image_url(part); !url.empty()) into.emplace_back(image_of(std::move(url)));
    } else if (const auto text = json::find(part, "text")) {
      into.emplace_back(llm::Text{text_of(*text)});
    }
    return into.size() < most;
  });
}

std::vector<Detail> read_details(std::string_view list) {
  std::vector<Detail> details;
  json::each_element(list, [&](std::string_view item) {
    Detail detail;
    std::string_view type, text, summary, signature, data;
    json::each_member(item, [&](std::string_view key, std::string_view value) {
      if (key == "type") type = value;
      else if (key == "text") text = value;
      else if (key == "summary") summary = value;
      else if (key == "signature") signature = value;
      else if (key == "data") data = value;
      else if (key == "id") detail.id = text_of(value);
      else if (key == "format") detail.maker = maker_of_format(text_of(value));
    });
    detail.encrypted = type == "\"reasoning.encrypted\"";
    detail.text = text_of(type == "\"reasoning.summary\"" ? summary : text);
    detail.proof = text_of(detail.encrypted ? data : signature);
    if (!detail.text.empty() || !detail.proof.empty()) details.push_back(std::move(detail));
    return details.size() < most;
  });
  return details;
}

std::vector<llm::Citation> read_annotations(std::string_view list) {
  std::vector<llm::Citation> found;
  json::each_element(list, [&](std::string_view item) {
    const auto inner = json::find(item, "url_citation");
    if (!inner || json::validate(item)) return true;
    llm::Citation citation;
    json::each_member(*inner, [&](std::string_view key, std::string_view value) {
      if (key == "url") citation.url = text_of(value);
      else if (key == "title") citation.title = text_of(value);
      else if (key == "content") citation.quote = text_of(value);
      else if (key == "start_index") citation.start = json::to_integer(value).value_or(-1);
      else if (key == "end_index") citation.end = json::to_integer(value).value_or(-1);
    });
    if (citation.start < 0 || citation.end <= citation.start) citation.start = citation.end = -1;   // OpenRouter: 0, 0
    citation.raw = item;
    found.push_back(std::move(citation));
    return found.size() < most;
  });
  return found;
}

std::vector<llm::Citation> read_sources(std::string_view search_results, std::string_view citations) {
  std::vector<llm::Citation> found;
  json::each_element(search_results, [&](std::string_view item) {
    llm::Citation citation;
    citation.url = text_in(item, "url");
    citation.title = text_in(item, "title");
    citation.quote = text_in(item, "snippet");
    if (!citation.url.empty()) found.push_back(std::move(citation));
    return found.size() < most;
  });
  if (!found.empty()) return found;
  json::each_element(citations, [&](std::string_view item) {
    llm::Citation citation;
    citation.url = item.starts_with('"') ? text_of(item) : text_in(item, "url");
    if (!citation.url.empty()) found.push_back(std::move(citation));
    return found.size() < most;
  });
  return found;
}

std::vector<llm::Image> read_images(std::string_view list) {
  std::vector<llm::Image> found;
  json::each_element(list, [&](std::string_view item) {
    if (auto url = image_url(item); !url.empty()) found.push_back(image_of(std::move(url)));
    return found.size() < most;
  });
  return found;
}

std::optional<llm::Audio> read_audio_answer(std::string_view audio) {
  if (!audio.starts_with('{')) return std::nullopt;
  llm::Audio out;
  out.id = text_in(audio, "id");
  out.base64 = text_in(audio, "data");
  out.transcript = text_in(audio, "transcript");
  if (out.id.empty() && out.base64.empty() && out.transcript.empty()) return std::nullopt;   // Snowflake
  return out;
}

}  // namespace sluice::dialects::openai
