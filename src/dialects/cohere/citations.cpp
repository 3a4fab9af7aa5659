#include "dialects/cohere/citations.hpp"

#include <algorithm>

#include "dialects/object_writer.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::cohere {
namespace {

constexpr std::size_t longest_quote = 2000;   // documents are meant to be short; longer ones are no quotation

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

// "doc:3": the name Cohere itself gives to the fourth document.
std::int64_t document_number(std::string_view id) {
  constexpr std::string_view prefix = "doc:";
  if (!id.starts_with(prefix)) return -1;
  const auto number = json::to_integer(id.substr(prefix.size()));
  return number && *number >= 0 ? *number : -1;
}

void read_source(std::string_view raw, llm::Citation& into) {
  std::string id;
  std::string_view document;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "id") id = text_of(value);
    else if (key == "document") document = value;
  });
  into.document = document_number(id);
  json::each_member(document, [&](std::string_view key, std::string_view value) {
    if (key == "title") into.title = text_of(value);
    else if (key == "url") into.url = text_of(value);
    else if (key == "text" || key == "snippet") into.quote = text_of(value);
  });
  if (into.quote.size() > longest_quote) into.quote.clear();
}

// The bytes of the characters [start, end).
std::string_view range_of(std::string_view text, std::int64_t start, std::int64_t end) {
  std::int64_t at = 0;
  std::size_t from = text.size(), to = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (at == start) from = i;
    if (at == end) to = i;
    ++at;
  }
  return from < to ? text.substr(from, to - from) : std::string_view();
}

std::string source_of(const llm::Citation& citation, const std::vector<std::string>& names) {
  const auto number = static_cast<std::size_t>(citation.document);
  std::string id = citation.document < 0 ? citation.url
                   : number < names.size() ? names[number] : "doc:" + std::to_string(citation.document);
  ObjectWriter document, source;
  document.text("id", id);
  if (!citation.title.empty()) document.text("title", citation.title);
  if (!citation.url.empty()) document.text("url", citation.url);
  if (!citation.quote.empty()) document.text("text", citation.quote);
  source.text("type", "document");
  source.text("id", id);
  source.raw("document", document.take());
  return source.take();
}

}  // namespace

std::int64_t characters(std::string_view utf8) {
  return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

llm::Citation read_citation(std::string_view raw) {
  llm::Citation citation;
  citation.origin = llm::Dialect::cohere;
  citation.raw = raw;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "start") citation.start = json::to_integer(value).value_or(-1);
    else if (key == "end") citation.end = json::to_integer(value).value_or(-1);
    else if (key == "sources") json::each_element(value, [&](std::string_view source) { read_source(source, citation); return false; });
  });
  return citation;
}

CitedPlace cited_place(std::string_view raw) {
  CitedPlace place;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "type") place.type = value;
    else if (key == "content_index") place.content_index = json::to_integer(value).value_or(0);
  });
  return place;
}

std::vector<std::string> document_names(const llm::ChatRequest& request) {
  std::vector<std::string> names;
  for (const llm::Message& message : request.messages) {
    for (const llm::Part& part : message.parts) {
      const auto* const file = std::get_if<llm::File>(&part);
      if (file == nullptr) continue;
      names.push_back(file->id.empty() ? "doc:" + std::to_string(names.size()) : file->id);
    }
  }
  return names;
}

void append_citation(std::string& out, const llm::Citation& citation, std::string_view text, std::int64_t content_index,
                     const std::vector<std::string>& names) {
  if (citation.origin == llm::Dialect::cohere && !citation.raw.empty()) {
    out += citation.raw;
    return;
  }
  const bool ranged = citation.start >= 0 && citation.end > citation.start;
  const std::int64_t start = ranged ? citation.start : 0;
  const std::int64_t end = ranged ? citation.end : characters(text);
  ObjectWriter written;
  written.integer("start", start);
  written.integer("end", end);
  written.text("text", range_of(text, start, end));
  written.raw("sources", "[" + source_of(citation, names) + "]");
  written.text("type", "TEXT_CONTENT");
  written.integer("content_index", content_index);
  out += written.take();
}

}  // namespace sluice::dialects::cohere
