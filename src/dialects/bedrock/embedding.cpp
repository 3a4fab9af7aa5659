#include "dialects/bedrock/embedding.hpp"

#include <string>
#include <utility>

#include "dialects/bedrock/answer.hpp"
#include "dialects/bedrock/content.hpp"
#include "dialects/bedrock/usage.hpp"
#include "dialects/dropped.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

bool has(std::string_view id, std::string_view word) { return id.find(word) != id.npos; }

// As the caller calls it.
std::string_view purpose_field(llm::Dialect caller) {
  return caller == llm::Dialect::gemini ? "taskType" : "input_type";
}
std::string_view dimensions_field(llm::Dialect caller) {
  if (caller == llm::Dialect::gemini) return "outputDimensionality";
  return caller == llm::Dialect::cohere ? "output_dimension" : "dimensions";
}

void append_dimensions(std::string& out, std::string_view name, std::int64_t value) {
  out.append(",\"").append(name).append("\":");
  json::append_integer(out, value);
}

// docs: "Amazon Titan Text Embeddings models"; v1 takes the text only.
std::string titan(const llm::EmbeddingRequest& asked, std::string_view model, Dropped& dropped) {
  std::string out = "{\"inputText\":" + json::quoted(asked.inputs.front().text);
  const bool image = has(model, "embed-image"), second = has(model, "v2");
  if (asked.dimensions && image) {
    out += ",\"embeddingConfig\":{\"outputEmbeddingLength\":";
    json::append_integer(out, *asked.dimensions);
    out += '}';
  } else if (asked.dimensions && second) {
    append_dimensions(out, "dimensions", *asked.dimensions);
  } else if (asked.dimensions) {
    dropped.add(dimensions_field(asked.caller));
  }
  if (!asked.purpose.empty()) dropped.add(purpose_field(asked.caller));
  if (asked.truncate) dropped.add("truncate");
  return out + "}";
}

std::string_view nova_purpose(std::string_view purpose) {
  if (purpose == "classification") return "CLASSIFICATION";
  if (purpose == "clustering") return "CLUSTERING";
  if (purpose == "query" || purpose == "code_query" || purpose == "question_answering" || purpose == "fact_verification") return "GENERIC_RETRIEVAL";
  return "GENERIC_INDEX";
}

// docs: Amazon Nova, "Complete embeddings request and response schema".
std::string nova(const llm::EmbeddingRequest& asked) {
  std::string out = R"({"schemaVersion":"nova-multimodal-embed-v1","taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":")";
  out.append(nova_purpose(asked.purpose)) += '"';
  if (asked.dimensions) append_dimensions(out, "embeddingDimension", *asked.dimensions);
  out += asked.truncate == false ? R"(,"text":{"truncationMode":"NONE","value":)" : R"(,"text":{"truncationMode":"END","value":)";
  json::append_quoted(out, asked.inputs.front().text);
  return out + "}}}";
}

std::string_view cohere_purpose(std::string_view purpose) {
  if (purpose == "classification" || purpose == "clustering") return purpose;
  if (purpose == "query" || purpose == "code_query" || purpose == "question_answering" || purpose == "fact_verification") return "search_query";
  return "search_document";
}

// docs: "Cohere Embed and Cohere Embed v4 models"; input_type must be said.
std::string cohere(const llm::EmbeddingRequest& asked, std::string_view model, Dropped& dropped) {
  std::string texts;
  for (const auto& input : asked.inputs) {
    begin_element(texts);
    json::append_quoted(texts, input.text);
  }
  std::string out = "{\"texts\":[" + texts + "],\"input_type\":\"" + std::string(cohere_purpose(asked.purpose)) + "\"";
  if (asked.truncate) out += *asked.truncate ? R"(,"truncate":"END")" : R"(,"truncate":"NONE")";
  if (has(model, "embed-v4")) {
    out += R"(,"embedding_types":["float"])";
    if (asked.dimensions) append_dimensions(out, "output_dimension", *asked.dimensions);
  } else if (asked.dimensions) {
    dropped.add(dimensions_field(asked.caller));
  }
  return out + "}";
}

// A vector is the text of an array of numbers.
void take_vector(std::string_view raw, std::vector<std::string>& vectors) {
  if (json::kind_of(raw) == json::Kind::array) vectors.emplace_back(raw);
}

// [[…],[…]] of Cohere, [{"embeddingType","embedding":[…]}] of Nova, {"float":[[…]]} of Cohere v4.
void take_vectors(std::string_view raw, std::vector<std::string>& vectors) {
  if (json::kind_of(raw) == json::Kind::object) {
    if (const auto floats = json::find(raw, "float")) raw = *floats;
  }
  json::each_element(raw, [&vectors](std::string_view one) {
    if (json::kind_of(one) == json::Kind::object) take_vector(json::find(one, "embedding").value_or(""), vectors);
    else take_vector(one, vectors);
  });
}

}  // namespace

Result<Encoded> encode_embedding(const llm::EmbeddingRequest& asked, std::string_view model) {
  const bool is_cohere = has(model, "cohere.embed"), is_nova = has(model, "nova") && has(model, "embed");
  if (!is_cohere && !is_nova && !has(model, "titan-embed") && !has(model, "titan-e1t")) {
    return Error(Code::bad_request, "The model " + json::quoted(model) + " is no embedding model of Bedrock's that is known here.").about("model");
  }
  if (asked.inputs.empty()) return refusal("input", "There is nothing to embed.");
  for (const auto& input : asked.inputs) {
    if (!input.tokens.empty()) return refusal("input", "The model takes texts only, not token ids.");
  }
  if (!is_cohere && asked.inputs.size() > 1) return refusal("input", "The model embeds one text a request: send them one by one.");
  if (asked.inputs.size() > 96) return refusal("input", "The model embeds up to 96 texts a request.");
  Dropped dropped;
  Encoded out;
  out.body = is_cohere ? cohere(asked, model, dropped) : is_nova ? nova(asked) : titan(asked, model, dropped);
  if (!asked.title.empty()) dropped.add("title");
  if (!asked.user.empty()) dropped.add("user");
  for (const auto& [name, value] : asked.others) dropped.add(name);
  out.dropped = dropped.take();
  return out;
}

Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) {
  if (const auto fault = json::validate(body)) return unreadable(fault->reason);
  llm::EmbeddingResponse answer;
  json::each_member(body, [&answer](std::string_view key, std::string_view raw) {
    if (key == "embedding") take_vector(raw, answer.vectors);
    else if (key == "embeddings") take_vectors(raw, answer.vectors);
    else if (key == "id") answer.id = json::unquoted(raw).value_or("");
  });
  if (answer.vectors.empty()) return unreadable("it has no embeddings");
  if (const auto usage = usage_in_answer(body)) answer.usage = *usage;
  return answer;
}

}  // namespace sluice::dialects::bedrock
