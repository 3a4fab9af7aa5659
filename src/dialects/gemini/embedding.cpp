// Embeddings, both ways. embedContent has one text, batchEmbedContents a list; the answers differ likewise.
#include <array>
#include <limits>
#include <utility>

#include "dialects/dropped.hpp"
#include "dialects/gemini/caller.hpp"
#include "dialects/gemini/chunk_reader.hpp"
#include "dialects/gemini/encode.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/names.hpp"
#include "dialects/gemini/usage.hpp"
#include "dialects/reading.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::gemini {
namespace {

// TaskType in the order of its numbers (generative_service.proto).
constexpr std::array<std::string_view, 9> task_types = {"TASK_TYPE_UNSPECIFIED", "RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT",
                                                        "SEMANTIC_SIMILARITY", "CLASSIFICATION", "CLUSTERING", "QUESTION_ANSWERING",
                                                        "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY"};
constexpr std::array<std::string_view, 9> purposes = {"", "query", "document", "similarity", "classification", "clustering",
                                                      "question_answering", "fact_verification", "code_query"};

std::string_view task_type_of(std::string_view purpose) {
  for (std::size_t i = 1; i < purposes.size(); ++i) {
    if (purposes[i] == purpose) return task_types[i];
  }
  return {};
}

std::string_view purpose_of(std::string_view raw) {
  const std::string_view name = enum_name(raw, task_types);
  for (std::size_t i = 1; i < task_types.size(); ++i) {
    if (task_types[i] == name) return purposes[i];
  }
  return {};
}

// Reads embedContent's object, alone or as an element of a batch.
class Reader {
 public:
  Result<llm::EmbeddingRequest> read(std::string_view body) {
    std::string_view requests;
    std::string buffer;
    x_reading.members(body, Path{}, [&](std::string_view key, std::string_view value) {
      if (camel_case(key, buffer) == "requests") requests = value;
    });
    x_out.batch = !requests.empty();
    if (requests.empty()) {
      one(body, Path{});
    } else {
      const Path path{nullptr, "requests"};
      x_reading.elements(requests, path, [&](std::int64_t i, std::string_view raw) { one(raw, path[i]); });
      if (!x_reading.failed() && x_out.inputs.empty()) x_reading.missing(path);
    }
    if (x_reading.failed()) return x_reading.take_fault();
    x_out.others = std::move(x_reading.others);
    return std::move(x_out);
  }

 private:
  void one(std::string_view raw, const Path& path) {
    std::string buffer, purpose, title;
    std::optional<std::int64_t> dimensions;
    bool content = false;
    x_reading.members(raw, path, [&](std::string_view key, std::string_view value) {
      const std::string_view name = camel_case(key, buffer);
      const Path here = path / key;
      if (name == "content") content = text(value, here);
      else if (name == "taskType") purpose = purpose_of(value);
      else if (name == "title") x_reading.text(value, here, title);
      else if (name == "outputDimensionality") x_reading.integer(value, here, 1, 1'000'000, dimensions);
      else if (name == "model") x_reading.text(value, here, x_out.model);
      else x_reading.keep_other(here, value);
    });
    if (x_reading.failed()) return;
    if (!content) x_reading.missing(path / "content");
    const bool first = x_out.inputs.size() == 1;
    // One request has one purpose elsewhere.
    if (!first && (purpose != x_out.purpose || dimensions != x_out.dimensions || title != x_out.title)) {
      x_reading.refuse(path, "All requests of a batch must have the same taskType, title and outputDimensionality.");
    }
    x_out.purpose = std::move(purpose);
    x_out.title = std::move(title);
    x_out.dimensions = dimensions;
  }

  // The parts of one content are one text.
  bool text(std::string_view raw, const Path& path) {
    std::string whole;
    std::size_t count = 0;
    each_part(json::find(raw, "parts").value_or(""), [&](std::string_view part) {
      const auto said = json::find(part, "text");
      std::string piece;
      if (!said) x_reading.refuse(path / "parts", "Only texts can be embedded.");
      else if (x_reading.text(*said, path / "parts", piece)) whole += (count++ > 0 ? "\n" : "") + piece;
    });
    if (count == 0) return false;
    x_out.inputs.push_back({std::move(whole), {}});
    return true;
  }

  Reading x_reading;
  llm::EmbeddingRequest x_out;
};

void add_values(std::string_view embedding, std::vector<std::string>& into) {
  const auto values = json::find(embedding, "values");
  into.emplace_back(values ? std::string(*values) : std::string("[]"));
}

}  // namespace

Result<Encoded> encode_embedding(const llm::EmbeddingRequest& asked, const Recipient& to) {
  Dropped dropped;
  const std::string model = resource_name(to.model);
  const std::string_view task = task_type_of(asked.purpose);
  std::string requests;
  for (const auto& input : asked.inputs) {
    if (!input.tokens.empty()) return Error(Code::bad_request, "This model takes texts only, no token ids.").about("input");
    Members one;
    one.text("model", model);
    one.raw("content", "{\"parts\":[{\"text\":" + json::quoted(input.text) + "}]}");
    if (!task.empty()) one.text("taskType", task);
    if (!asked.title.empty() && task == "RETRIEVAL_DOCUMENT") one.text("title", asked.title);
    if (asked.dimensions) one.number("outputDimensionality", *asked.dimensions);
    if (!requests.empty()) requests += ',';
    requests += one.object();
  }
  if (!asked.purpose.empty() && task.empty()) dropped.add("input_type");
  if (!asked.title.empty() && task != "RETRIEVAL_DOCUMENT") dropped.add("title");
  if (!asked.user.empty()) dropped.add("user");
  if (asked.truncate == false) dropped.add("truncate");
  for (const auto& [name, value] : asked.others) dropped.add(name);
  return Encoded{"{\"requests\":[" + requests + "]}", dropped.take()};
}

Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) {
  if (json::validate(body)) return Error(Code::upstream_failed, "The provider's answer cannot be read: it is no JSON.");
  llm::EmbeddingResponse answer;
  json::each_member(body, [&answer](std::string_view key, std::string_view raw) {
    if (key == "embedding") add_values(raw, answer.vectors);
    else if (key == "embeddings") json::each_element(raw, [&answer](std::string_view one) { add_values(one, answer.vectors); });
  });
  if (answer.vectors.empty()) return Error(Code::upstream_failed, "The provider's answer cannot be read: it has no embeddings.");
  const auto usage = usage_in_answer(body);
  if (usage) answer.usage = *usage;
  else answer.usage.estimated = true;   // most embedding models state none
  return answer;
}

Result<llm::EmbeddingRequest> read_embedding(std::string_view body) {
  if (const auto fault = json::validate(body)) {
    return Error(Code::bad_request, "Invalid JSON payload received: " + std::string(fault->reason) + " at byte " + std::to_string(fault->at) + ".");
  }
  return Reader().read(body);
}

std::string write_embedding(const llm::EmbeddingRequest& request, const llm::EmbeddingResponse& response) {
  std::string list;
  for (const std::string& vector : response.vectors) {
    if (!list.empty()) list += ',';
    list += "{\"values\":" + vector + "}";
    if (!request.batch) break;
  }
  Members out;
  if (request.batch) out.raw("embeddings", "[" + list + "]");
  else out.raw("embedding", list.empty() ? "{}" : list);
  if (response.usage.input > 0) out.raw("usageMetadata", write_usage(response.usage));
  return out.object();
}

}  // namespace sluice::dialects::gemini
