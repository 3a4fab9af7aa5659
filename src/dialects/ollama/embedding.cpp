#include <utility>

#include "dialects/dropped.hpp"
#include "dialects/object_writer.hpp"
#include "dialects/ollama/answer.hpp"
#include "dialects/ollama/encode.hpp"
#include "dialects/ollama/lines.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::ollama {

Result<Encoded> encode_embedding(const llm::EmbeddingRequest& asked, std::string_view model) {
  Dropped dropped;
  std::string input;
  for (const auto& one : asked.inputs) {
    if (!one.tokens.empty()) return Error(Code::bad_request, "The provider takes texts, not token ids of OpenAI's vocabulary.").about("input");
    next_element(input) += json::quoted(one.text);
  }
  ObjectWriter out, options;
  out.text("model", model);
  out.raw("input", "[" + input + "]");
  if (asked.dimensions) out.integer("dimensions", *asked.dimensions);
  if (asked.truncate) out.boolean("truncate", *asked.truncate);
  if (!asked.purpose.empty()) dropped.add("input_type");
  if (!asked.title.empty()) dropped.add("title");
  if (!asked.user.empty()) dropped.add("user");
  for (const auto& [name, value] : asked.others) {
    if (name == "keep_alive" || (name == "options" && json::kind_of(value) == json::Kind::object)) out.raw(name, value);
    else dropped.add(name);
  }
  return Encoded{out.take(), dropped.take()};
}

Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) {
  body = without_chunk_sizes(body);
  if (json::validate(body)) return Error(Code::upstream_failed, "The provider's answer cannot be read: it is no JSON.");
  llm::EmbeddingResponse answer;
  bool listed = false;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "model") answer.model = json::unquoted(value).value_or("");
    else if (key == "embeddings") listed = json::each_element(value, [&](std::string_view vector) { answer.vectors.emplace_back(vector); });
  });
  if (!listed) return Error(Code::upstream_failed, "The provider's answer cannot be read: it has no embeddings.");
  if (const auto object = read_object(body)) answer.usage = usage_of(*object).value_or(llm::Usage{});
  return answer;
}

}  // namespace sluice::dialects::ollama
