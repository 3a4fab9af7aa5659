#include "dialects/cohere/embedding.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "dialects/cohere/usage.hpp"
#include "dialects/dropped.hpp"
#include "dialects/object_writer.hpp"
#include "dialects/reading.hpp"
#include "sluice/base/base64.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::cohere {
namespace {

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

// docs.cohere.com/v2/reference/embed, input_type. The first of a purpose or type is the one that is written.
struct Purpose { std::string_view type, purpose; };
constexpr std::array<Purpose, 8> purposes{{{"search_document", "document"}, {"search_query", "query"},
    {"classification", "classification"}, {"clustering", "clustering"}, {"clustering", "similarity"},
    {"search_query", "code_query"}, {"search_query", "question_answering"}, {"search_query", "fact_verification"}}};

std::string_view type_of(std::string_view purpose) {
  for (const Purpose& one : purposes) {
    if (one.purpose == purpose) return one.type;
  }
  return "search_document";   // it must be said; stored texts outnumber the questions
}

// Little-endian floats, one after the other.
std::string base64_of(std::string_view vector) {
  std::string bytes;
  json::each_element(vector, [&](std::string_view raw) {
    float value = 0;
    std::from_chars(raw.data(), raw.data() + raw.size(), value);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  });
  return to_base64(bytes);
}

class Request {
 public:
  Result<llm::EmbeddingRequest> read(std::string_view body) {
    x_out.caller = llm::Dialect::cohere;
    x_reading.members(body, Path{}, [&](std::string_view key, std::string_view value) { member(key, value, Path{nullptr, key}); });
    if (!x_reading.failed()) finish();
    if (x_reading.failed()) return x_reading.take_fault();
    x_out.others = std::move(x_reading.others);
    return std::move(x_out);
  }

 private:
  void member(std::string_view key, std::string_view value, const Path& path) {
    if (key == "model") x_reading.text(value, path, x_out.model);
    else if (key == "texts") texts(value, path);
    else if (key == "inputs") inputs(value, path);
    else if (key == "images") x_reading.refuse(path, "Images cannot be embedded by this provider; send texts.");
    else if (key == "input_type") input_type(value, path);
    else if (key == "embedding_types") types(value, path);
    else if (key == "output_dimension") x_reading.integer(value, path, 1, 1 << 20, x_out.dimensions);
    else if (key == "truncate") truncate(value, path);
    else x_reading.keep_other(path, value);
  }
  void texts(std::string_view value, const Path& path) {
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      x_reading.text(raw, path[i], x_out.inputs.emplace_back().text);
    });
  }
  // {"content":[{"type":"text","text"}]}; pieces of one input are one text.
  void inputs(std::string_view value, const Path& path) {
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      const Path here = path[i], content = here / "content";
      std::string& into = x_out.inputs.emplace_back().text;
      const auto list = json::find(raw, "content");
      if (!list) return void(x_reading.missing(content));
      x_reading.elements(*list, content, [&](std::int64_t j, std::string_view part) {
        const auto text = json::find(part, "text");
        std::string piece;
        if (!text) x_reading.refuse(content[j], "Only texts can be embedded by this provider.");
        else if (x_reading.text(*text, content[j] / "text", piece)) into += (into.empty() ? "" : "\n") + piece;
      });
    });
  }
  void input_type(std::string_view value, const Path& path) {
    std::string type;
    if (!x_reading.text(value, path, type)) return;
    for (const Purpose& one : purposes) {
      if (one.type == type && x_out.purpose.empty()) x_out.purpose = one.purpose;
    }
    if (x_out.purpose.empty()) x_reading.unsupported(path, type, "'search_document', 'search_query', 'classification', and 'clustering'");
  }
  void types(std::string_view value, const Path& path) {
    bool floats = false;
    x_reading.elements(value, path, [&](std::int64_t i, std::string_view raw) {
      std::string type;
      if (!x_reading.text(raw, path[i], type)) return;
      if (type == "float") floats = true;
      else if (type == "base64") x_out.encoding = type;
      else x_reading.unsupported(path[i], type, "'float' and 'base64'");
    });
    if (floats && !x_out.encoding.empty()) x_both = true;
    if (floats) x_out.encoding = "float";
    if (x_both) x_reading.keep_other(path, value);
  }
  void truncate(std::string_view value, const Path& path) {
    std::string side;
    if (!x_reading.text(value, path, side)) return;
    if (side != "NONE" && side != "START" && side != "END") return void(x_reading.unsupported(path, side, "'NONE', 'START', and 'END'"));
    x_out.truncate = side != "NONE";
    if (side == "START") x_reading.keep_other(path, value);
  }
  void finish() {
    if (x_out.model.empty()) x_reading.missing(Path{nullptr, "model"});
    else if (x_out.inputs.empty()) x_reading.missing(Path{nullptr, "texts"});
    else if (x_out.purpose.empty()) x_reading.missing(Path{nullptr, "input_type"});
  }

  llm::EmbeddingRequest x_out;
  Reading x_reading;
  bool x_both = false;
};

}  // namespace

Result<Encoded> encode_embedding(const llm::EmbeddingRequest& asked, std::string_view model) {
  Dropped dropped;
  std::string texts;
  for (const auto& input : asked.inputs) {
    if (!input.tokens.empty()) return Error(Code::bad_request, "The provider takes texts, not token ids of OpenAI's vocabulary.").about("input");
    next_element(texts) += json::quoted(input.text);
  }
  ObjectWriter out;
  out.text("model", model);
  out.text("input_type", type_of(asked.purpose));
  out.raw("embedding_types", R"(["float"])");
  out.raw("texts", "[" + texts + "]");
  if (asked.dimensions) out.integer("output_dimension", *asked.dimensions);
  if (asked.truncate) out.text("truncate", *asked.truncate ? "END" : "NONE");
  if (!asked.title.empty()) dropped.add("title");
  if (!asked.user.empty()) dropped.add("user");
  for (const auto& [name, value] : asked.others) {
    if (name == "max_tokens" || name == "priority") out.raw(name, value);
    else dropped.add(name);
  }
  return Encoded{out.take(), dropped.take()};
}

Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) {
  if (json::validate(body)) return Error(Code::upstream_failed, "The provider's answer cannot be read: it is no JSON.");
  llm::EmbeddingResponse answer;
  std::string_view vectors;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "id") answer.id = text_of(value);
    else if (key == "meta") answer.usage = read_usage(value).value_or(llm::Usage{});
    else if (key == "embeddings") vectors = value.starts_with('[') ? value : json::find(value, "float").value_or("");
  });
  const bool list = json::each_element(vectors, [&](std::string_view vector) { answer.vectors.emplace_back(vector); });
  if (!list) return Error(Code::upstream_failed, "The provider's answer cannot be read: it has no embeddings.");
  return answer;
}

Result<llm::EmbeddingRequest> read_embedding(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "The request's body is no JSON: " + std::string(fault->reason) + " at byte " + std::to_string(fault->at) + ".");
  }
  return Request().read(body);
}

std::string write_embedding(const llm::EmbeddingRequest& request, const llm::EmbeddingResponse& response, std::string_view id) {
  const bool packed = request.encoding == "base64";
  std::string vectors, texts, usage;
  for (const std::string& vector : response.vectors) next_element(vectors) += packed ? json::quoted(base64_of(vector)) : vector;
  for (const auto& input : request.inputs) next_element(texts) += json::quoted(input.text);
  ObjectWriter embeddings, meta, billed, out;
  embeddings.raw(packed ? "base64" : "float", "[" + vectors + "]");
  billed.integer("input_tokens", response.usage.input);
  meta.raw("api_version", R"({"version":"2"})");
  meta.raw("billed_units", billed.take());
  out.text("id", response.id.empty() ? id : std::string_view(response.id));
  out.raw("texts", "[" + texts + "]");
  out.raw("embeddings", embeddings.take());
  out.raw("meta", meta.take());
  out.text("response_type", "embeddings_by_type");
  return out.take();
}

}  // namespace sluice::dialects::cohere
