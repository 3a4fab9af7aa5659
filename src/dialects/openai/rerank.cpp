#include "dialects/openai/rerank.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "dialects/dropped.hpp"
#include "dialects/openai/encode.hpp"
#include "dialects/openai/usage.hpp"
#include "dialects/reading.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

// A document that is an object with nothing but a text is that text: all services take it.
std::string plain_document(const std::string& document) {
  if (json::kind_of(document) != json::Kind::object) return document;
  std::string_view text;
  std::size_t members = 0;
  json::each_member(document, [&](std::string_view key, std::string_view value) {
    ++members;
    if (key == "text") text = value;
  });
  return members == 1 && text.starts_with('"') ? std::string(text) : document;
}

std::string shown_document(const std::string& document) {
  return json::kind_of(document) == json::Kind::string ? "{\"text\":" + document + "}" : document;
}

void read_document(Reading& reading, std::string_view raw, const Path& path, llm::RerankRequest& request) {
  const auto kind = json::kind_of(raw);
  if (kind != json::Kind::string && kind != json::Kind::object) {
    reading.wrong_type(path, "one of a string or object", raw);
    return;
  }
  request.documents.emplace_back(raw);
}

double score_of(const llm::RerankResponse::Ranked& one) {
  double value = 0;
  std::from_chars(one.score.data(), one.score.data() + one.score.size(), value);
  return value;
}

bool read_ranked(std::string_view item, llm::RerankResponse& answer) {
  llm::RerankResponse::Ranked one;
  one.index = -1;
  json::each_member(item, [&](std::string_view key, std::string_view value) {
    if (key == "index") one.index = json::to_integer(value).value_or(-1);
    else if (key == "relevance_score" || key == "score") one.score = value;
    else if (key == "document" && value != "null") one.document = value;
  });
  if (one.index < 0 || json::kind_of(one.score) != json::Kind::number) return false;
  answer.results.push_back(std::move(one));
  return true;
}

}  // namespace

Result<llm::RerankRequest> read_rerank(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "We could not parse the JSON body of your request: " + std::string(fault->reason) +
                                        " at byte " + std::to_string(fault->at) + ".");
  }
  llm::RerankRequest request;
  Reading reading;
  reading.members(body, Path{}, [&](std::string_view key, std::string_view value) {
    const Path path{nullptr, key};
    if (key == "model") {
      reading.text(value, path, request.model);
    } else if (key == "query") {
      reading.text(value, path, request.query);
    } else if (key == "documents") {
      reading.elements(value, path, [&](std::int64_t i, std::string_view raw) { read_document(reading, raw, path[i], request); });
    } else if (key == "top_n" || key == "top_k") {   // the latter: Voyage
      reading.integer(value, path, 1, std::numeric_limits<std::int32_t>::max(), request.top_n);
    } else if (key == "return_documents") {
      if (bool wanted = false; reading.boolean(value, path, wanted)) request.return_documents = wanted;
    } else {
      reading.keep_other(path, value);
    }
  });
  if (!reading.failed() && request.model.empty()) reading.missing(Path{nullptr, "model"});
  if (!reading.failed() && request.query.empty()) reading.missing(Path{nullptr, "query"});
  if (!reading.failed() && request.documents.empty()) reading.missing(Path{nullptr, "documents"});
  if (reading.failed()) return reading.take_fault();
  request.others = std::move(reading.others);
  return request;
}

std::string write_rerank(const llm::RerankRequest& request, const llm::RerankResponse& response, std::string_view id) {
  std::string out = "{\"id\":";
  json::append_quoted(out, response.id.empty() ? id : std::string_view(response.id));
  out += ",\"model\":";
  json::append_quoted(out, response.model.empty() ? request.model : response.model);
  out += ",\"results\":[";
  bool first = true;
  for (const auto& one : response.results) {
    out.append(first ? "" : ",").append("{\"index\":");
    first = false;
    json::append_integer(out, one.index);
    out.append(",\"relevance_score\":").append(one.score);
    const bool known = one.index >= 0 && static_cast<std::size_t>(one.index) < request.documents.size();
    if (!one.document.empty()) out.append(",\"document\":").append(shown_document(one.document));
    else if (request.return_documents == true && known) {
      out.append(",\"document\":").append(shown_document(request.documents[static_cast<std::size_t>(one.index)]));
    }
    out += '}';
  }
  out += "],\"meta\":{\"api_version\":{\"version\":\"2\"}";
  if (response.usage.search_units > 0) {
    out += ",\"billed_units\":{\"search_units\":";
    json::append_integer(out, response.usage.search_units);
    out += '}';
  }
  out += '}';
  if (response.usage.input > 0) {
    out += ",\"usage\":{\"prompt_tokens\":";
    json::append_integer(out, response.usage.input);
    out += ",\"total_tokens\":";
    json::append_integer(out, response.usage.input + response.usage.output);
    out += '}';
  }
  return out + "}";
}

Result<Encoded> encode_rerank(const llm::RerankRequest& asked, const Recipient& to) {
  Dropped dropped;
  std::string rest;
  Members members(rest, to.quirks, llm::Dialect::openai, dropped);
  if (asked.top_n) members.put_integer(to.quirks.top_n, *asked.top_n);
  if (asked.return_documents && !members.refuses("return_documents")) members.put("return_documents", *asked.return_documents ? "true" : "false");
  for (const auto& [name, value] : asked.others) members.drop(name);
  Encoded out;
  out.body = "{\"model\":";
  json::append_quoted(out.body, to.model);
  out.body += ",\"query\":";
  json::append_quoted(out.body, asked.query);
  out.body += ",\"documents\":[";
  for (std::size_t i = 0; i < asked.documents.size(); ++i) {
    if (i > 0) out.body += ',';
    const std::string document = plain_document(asked.documents[i]);
    if (json::kind_of(document) != json::Kind::string && members.refuses("documents.objects")) {
      return Error(Code::bad_request, "This model takes documents as texts only.").about("documents");
    }
    out.body += document;
  }
  out.body.append("]").append(rest) += '}';
  out.dropped = dropped.take();
  return out;
}

// Jina and Voyage count tokens, Cohere searches.
std::optional<llm::Usage> rerank_usage(std::string_view body) {
  std::optional<llm::Usage> usage;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "usage") {
      usage = read_usage(value);
    } else if (key == "meta") {
      const auto billed = json::find(value, "billed_units");
      const auto units = billed ? json::to_integer(json::find(*billed, "search_units").value_or("")) : std::nullopt;
      if (units && *units >= 0 && *units <= 1'000'000) usage.emplace().search_units = *units;
    }
  });
  return usage;
}

Result<llm::RerankResponse> decode_rerank(std::string_view body) {
  const auto broken = [] { return Error(Code::upstream_failed, "The provider's answer holds no ranking."); };
  if (json::validate(body)) return broken();
  llm::RerankResponse answer;
  std::string_view list = json::kind_of(body) == json::Kind::array ? body : std::string_view();   // text-embeddings-inference
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "results" || key == "data") list = value;
    else if (key == "model") answer.model = json::unquoted(value).value_or("");
    else if (key == "id") answer.id = json::unquoted(value).value_or("");
  });
  if (json::kind_of(list) != json::Kind::array) return broken();
  bool whole = true;
  json::each_element(list, [&](std::string_view item) { return whole = read_ranked(item, answer); });
  if (!whole) return broken();
  std::stable_sort(answer.results.begin(), answer.results.end(), [](const auto& a, const auto& b) { return score_of(a) > score_of(b); });
  answer.usage = rerank_usage(body).value_or(llm::Usage{});
  return answer;
}

}  // namespace sluice::dialects::openai
