#include "dialects/anthropic/citation.hpp"

#include <algorithm>

#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

void append_text_or_null(std::string& out, std::string_view text) {
  if (text.empty()) out += "null";
  else json::append_quoted(out, text);
}

}  // namespace

llm::Citation read_citation(std::string_view raw) {
  llm::Citation citation;
  citation.origin = llm::Dialect::anthropic;
  citation.raw = raw;
  json::each_member(raw, [&citation](std::string_view key, std::string_view value) {
    if (key == "url") citation.url = text_of(value);
    else if (key == "source") citation.url = text_of(value);   // of a search result that the caller gave
    else if (key == "title" || key == "document_title") citation.title = text_of(value);
    else if (key == "cited_text") citation.quote = text_of(value);
    else if (key == "document_index") citation.document = std::max<std::int64_t>(json::to_integer(value).value_or(-1), -1);
  });
  return citation;
}

bool append_citation(std::string& out, const llm::Citation& citation) {
  if (citation.origin == llm::Dialect::anthropic && !citation.raw.empty()) {
    out += citation.raw;
    return true;
  }
  if (!citation.url.empty()) {
    out += R"({"type":"web_search_result_location","cited_text":)";
    json::append_quoted(out, citation.quote);
    out += ",\"url\":";
    json::append_quoted(out, citation.url);
    out += ",\"title\":";
    append_text_or_null(out, citation.title);
    out += R"(,"encrypted_index":""})";   // Anthropic's proof of its own searches; there is none here
    return true;
  }
  if (citation.quote.empty() && citation.title.empty() && citation.document < 0) return false;
  out += R"({"type":"char_location","cited_text":)";
  json::append_quoted(out, citation.quote);
  out += ",\"document_index\":";
  json::append_integer(out, std::max<std::int64_t>(citation.document, 0));
  out += ",\"document_title\":";
  append_text_or_null(out, citation.title);
  out += R"(,"start_char_index":0,"end_char_index":0})";   // where in the document is not known
  return true;
}

bool is_own_citation(const llm::Citation& citation) {
  if (citation.origin != llm::Dialect::anthropic || json::kind_of(citation.raw) != json::Kind::object) return false;
  return json::find(citation.raw, "encrypted_index") != R"("")" && json::find(citation.raw, "end_char_index") != "0";
}

}  // namespace sluice::dialects::anthropic
