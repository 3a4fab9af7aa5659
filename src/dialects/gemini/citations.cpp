#include "dialects/gemini/citations.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::gemini {
namespace {

constexpr std::size_t most_sources = 1000;

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// Between bytes and characters of a text; a thousand citations of a long answer cost no thousand passes over it.
class TextMap {
 public:
  explicit TextMap(std::string_view text) : x_text(text) {
    std::int64_t characters = 0;
    for (std::size_t at = 0; at < text.size(); at += block) {
      x_before.push_back(characters);
      characters += count(text.substr(at, block));
    }
    x_before.push_back(characters);
  }
  std::int64_t character_at(std::int64_t byte) const {
    const auto at = static_cast<std::size_t>(std::clamp<std::int64_t>(byte, 0, static_cast<std::int64_t>(x_text.size())));
    return x_before[at / block] + count(x_text.substr(at / block * block, at % block));
  }
  std::int64_t byte_at(std::int64_t character) const {
    if (character <= 0) return 0;
    const auto next = std::upper_bound(x_before.begin(), x_before.end(), character);
    std::size_t at = static_cast<std::size_t>(next - x_before.begin() - 1) * block;
    for (std::int64_t seen = x_before[at / block]; at < x_text.size(); ++at) {
      if (begins_character(x_text[at]) && seen++ == character) break;
    }
    return static_cast<std::int64_t>(std::min(at, x_text.size()));
  }

 private:
  static constexpr std::size_t block = 256;
  static std::int64_t count(std::string_view text) { return std::count_if(text.begin(), text.end(), begins_character); }
  std::string_view x_text;
  std::vector<std::int64_t> x_before;   // characters before each block, and in all
};

struct Range { std::optional<std::int64_t> start, end; };

Range read_range(std::string_view raw) {
  Range range;
  json::each_member(raw, [&range](std::string_view key, std::string_view value) {
    if (key == "startIndex") range.start = json::to_integer(value);
    else if (key == "endIndex") range.end = json::to_integer(value);
  });
  return range;
}

// An absent start is 0: protobuf leaves out what is zero.
void set_range(const Range& range, const TextMap& text, llm::Citation& citation) {
  if (!range.end) return;
  citation.start = text.character_at(range.start.value_or(0));
  citation.end = text.character_at(*range.end);
}

llm::Citation read_source(std::string_view raw) {
  llm::Citation citation;
  citation.origin = llm::Dialect::gemini;
  citation.raw = raw;
  json::each_member(raw, [&citation](std::string_view kind, std::string_view source) {
    json::each_member(source, [&](std::string_view key, std::string_view value) {
      if (key == "uri") citation.url = json::unquoted(value).value_or("");
      else if (key == "title") citation.title = json::unquoted(value).value_or("");
      else if (key == "text" && kind == "retrievedContext") citation.quote = json::unquoted(value).value_or("");
    });
  });
  return citation;
}

}  // namespace

void read_grounding(std::string_view raw, std::string_view text, std::vector<llm::Citation>& into) {
  std::vector<llm::Citation> sources;
  std::string_view supports;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "groundingSupports") supports = value;
    if (key != "groundingChunks") return;
    json::each_element(value, [&sources](std::string_view source) {
      if (sources.size() < most_sources) sources.push_back(read_source(source));
    });
  });
  const TextMap map(text);
  bool supported = false;
  json::each_element(supports, [&](std::string_view support) {
    const Range range = read_range(json::find(support, "segment").value_or(""));
    json::each_element(json::find(support, "groundingChunkIndices").value_or(""), [&](std::string_view index) {
      const auto at = json::to_integer(index);
      if (!at || *at < 0 || static_cast<std::size_t>(*at) >= sources.size() || into.size() >= most_sources) return;
      supported = true;
      const llm::Citation& source = sources[static_cast<std::size_t>(*at)];
      if (source.url.empty() && source.title.empty() && source.quote.empty()) return;   // recorded: {"web":{}}
      set_range(range, map, into.emplace_back(source));
    });
  });
  if (supported) return;
  for (llm::Citation& source : sources) {
    if (!source.url.empty() || !source.title.empty()) into.push_back(std::move(source));
  }
}

// "citationSources" at the Gemini API, "citations" at Vertex.
void read_citations(std::string_view raw, std::string_view text, std::vector<llm::Citation>& into) {
  const TextMap map(text);
  json::each_member(raw, [&](std::string_view key, std::string_view list) {
    if (key != "citationSources" && key != "citations") return;
    json::each_element(list, [&](std::string_view source) {
      if (into.size() >= most_sources) return;
      llm::Citation& citation = into.emplace_back();
      citation.origin = llm::Dialect::gemini;
      citation.raw = source;
      if (const auto uri = json::find(source, "uri")) citation.url = json::unquoted(*uri).value_or("");
      if (const auto title = json::find(source, "title")) citation.title = json::unquoted(*title).value_or("");
      set_range(read_range(source), map, citation);
    });
  });
}

std::string write_grounding(const std::vector<llm::Citation>& citations, std::string_view text) {
  const TextMap map(text);
  std::string chunks, supports;
  std::int64_t index = 0;
  for (const llm::Citation& citation : citations) {
    if (citation.url.empty() && citation.title.empty()) continue;
    if (index > 0) chunks += ',';
    const bool web = !citation.url.empty();
    chunks += web ? "{\"web\":{\"uri\":" + json::quoted(citation.url) : "{\"retrievedContext\":{\"text\":" + json::quoted(citation.quote);
    if (!citation.title.empty()) chunks += ",\"title\":" + json::quoted(citation.title);
    chunks += "}}";
    if (citation.start >= 0 && citation.end >= citation.start) {
      const std::int64_t start = map.byte_at(citation.start), end = map.byte_at(citation.end);
      if (!supports.empty()) supports += ',';
      supports += "{\"segment\":{\"startIndex\":" + std::to_string(start) + ",\"endIndex\":" + std::to_string(end) + ",\"text\":";
      json::append_quoted(supports, text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
      supports += "},\"groundingChunkIndices\":[" + std::to_string(index) + "]}";
    }
    ++index;
  }
  if (index == 0) return {};
  return "{\"groundingChunks\":[" + chunks + "],\"groundingSupports\":[" + supports + "]}";
}

}  // namespace sluice::dialects::gemini
