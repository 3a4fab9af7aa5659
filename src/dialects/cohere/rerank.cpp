#include "dialects/cohere/rerank.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "dialects/cohere/usage.hpp"
#include "dialects/dropped.hpp"
#include "dialects/object_writer.hpp"
#include "dialects/reading.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

// Version 2 takes texts only, and asks for objects as YAML (docs.cohere.com/v2/docs/rerank-overview): a line for each
// member. An object that is nothing but a text is that text.
std::string plain_document(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::object) return std::string(raw);
  std::string lines, only;
  int members = 0;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    ++members;
    const bool is_text = json::kind_of(value) == json::Kind::string;
    const std::string said = is_text ? text_of(value) : std::string(value);
    if (key == "text" && is_text) only = said;
    lines += (lines.empty() ? "" : "\n") + text_of("\"" + std::string(key) + "\"") + ": " + said;
  });
  return json::quoted(members == 1 && !only.empty() ? only : lines);
}

bool is_number(std::string_view raw) {
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  return error == std::errc() && end == raw.data() + raw.size() && std::isfinite(value);
}

// Nothing: a result without its number or score.
std::optional<llm::RerankResponse::Ranked> read_result(std::string_view raw) {
  llm::RerankResponse::Ranked ranked;
  bool numbered = false;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "index") {
      const auto index = json::to_integer(value);
      numbered = index && *index >= 0;
      ranked.index = index.value_or(0);
    } else if (key == "relevance_score" && is_number(value)) {
      ranked.score = value;
    } else if (key == "document") {
      ranked.document = value;
    }
  });
  if (!numbered || ranked.score.empty()) return std::nullopt;
  return ranked;
}

class Request {
 public:
  Result<llm::RerankRequest> read(std::string_view body) {
    x_reading.members(body, Path{}, [&](std::string_view key, std::string_view value) { member(key, value, Path{nullptr, key}); });
    if (!x_reading.failed()) finish();
    if (x_reading.failed()) return x_reading.take_fault();
    x_out.others = std::move(x_reading.others);
    return std::move(x_out);
  }

 private:
  void member(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") x_reading.text(value, path, x_out.model);
    else if (key == "query") x_reading.text(value, path, x_out.query);
    else if (key == "documents") documents(value, path);
    else if (key == "top_n") x_reading.integer(value, path, 1, 1 << 30, x_out.top_n);
    else if (key == "return_documents") {
      if (bool wanted = false; x_reading.boolean(value, path, wanted)) x_out.return_documents = wanted;
    } else {
      x_reading.keep_other(path, value);
    }
  }
  void documents(std::string_view value, const Path& path) {
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      const auto kind = json::kind_of(raw);
      if (kind == json::Kind::string || kind == json::Kind::object) x_out.documents.emplace_back(raw);
      else x_reading.wrong_type(path[i], "a string or an object", raw);
    });
  }
  void finish() {
    if (x_out.model.empty()) x_reading.missing(Path{nullptr, "model"});
    else if (x_out.query.empty()) x_reading.missing(Path{nullptr, "query"});
    else if (x_out.documents.empty()) x_reading.missing(Path{nullptr, "documents"});
  }

  llm::RerankRequest x_out;
  Reading x_reading;
};

// As the caller gave it, in the form that answers have it in.
std::string document_in_answer(const llm::RerankRequest& request, const llm::RerankResponse::Ranked& ranked) {
  const auto index = static_cast<std::size_t>(ranked.index);
  const std::string given = ranked.document.empty() && index < request.documents.size() ? request.documents[index] : ranked.document;
  return json::kind_of(given) == json::Kind::string ? "{\"text\":" + given + "}" : given;
}

}  // namespace

Result<Encoded> encode_rerank(const llm::RerankRequest& asked, std::string_view model) {
  Dropped dropped;
  std::string documents;
  for (const std::string& document : asked.documents) next_element(documents) += plain_document(document);
  ObjectWriter out;
  out.text("model", model);
  out.text("query", asked.query);
  out.raw("documents", "[" + documents + "]");
  if (asked.top_n) out.integer("top_n", *asked.top_n);
  for (const auto& [name, value] : asked.others) {
    if (name == "max_tokens_per_doc" || name == "priority") out.raw(name, value);
    else dropped.add(name);
  }
  return Encoded{out.take(), dropped.take()};
}

Result<llm::RerankResponse> decode_rerank(std::string_view body) {
  const auto nonsense = [](std::string_view what) {
    return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
  };
  if (json::validate(body)) return nonsense("it is no JSON");
  llm::RerankResponse answer;
  bool listed = false, whole = true;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "id") answer.id = text_of(value);
    else if (key == "meta") answer.usage = read_usage(value).value_or(llm::Usage{});
    else if (key == "results") {
      listed = json::each_element(value, [&](std::string_view raw) {
        auto ranked = read_result(raw);
        whole = whole && ranked;
        if (ranked) answer.results.push_back(*std::move(ranked));
      });
    }
  });
  if (!listed) return nonsense("it has no results");
  if (!whole) return nonsense("a result has no index or score");
  return answer;
}

Result<llm::RerankRequest> read_rerank(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "The request's body is no JSON: " + std::string(fault->reason) + " at byte " + std::to_string(fault->at) + ".");
  }
  return Request().read(body);
}

std::string write_rerank(const llm::RerankRequest& request, const llm::RerankResponse& response, std::string_view id) {
  std::string results;
  for (const auto& ranked : response.results) {
    ObjectWriter result;
    result.integer("index", ranked.index);
    result.raw("relevance_score", ranked.score);
    if (request.return_documents == true) {
      if (const std::string document = document_in_answer(request, ranked); !document.empty()) result.raw("document", document);
    }
    next_element(results) += result.take();
  }
  ObjectWriter billed, meta, out;
  if (response.usage.search_units > 0) billed.integer("search_units", response.usage.search_units);
  if (response.usage.input > 0) billed.integer("input_tokens", response.usage.input);
  meta.raw("api_version", R"({"version":"2"})");
  meta.raw("billed_units", billed.take());
  out.text("id", response.id.empty() ? id : std::string_view(response.id));
  out.raw("results", "[" + results + "]");
  out.raw("meta", meta.take());
  return out.take();
}

}  // namespace sluice::dialects::cohere
