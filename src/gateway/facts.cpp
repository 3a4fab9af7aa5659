#include "gateway/facts.hpp"

#include "sluice/base/text.hpp"
#include "sluice/http/multipart.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::gateway {
namespace {

// What OpenAI's API takes where a request names no model (platform.openai.com/docs/api-reference: moderations, images).
std::string_view default_model(llm::Operation operation) {
  switch (operation) {
    case llm::Operation::moderations: return "omni-moderation-latest";
    case llm::Operation::image_generations: case llm::Operation::image_edits: case llm::Operation::image_variations: return "dall-e-2";
    default: return "";
  }
}

Result<llm::RequestFacts> read_form_facts(const Exchange& ex, std::string_view content_type) {
  auto form = http::read_form(content_type, ex.request.body);
  if (!form) return std::move(form).error();
  const http::FormField* model = nullptr;
  bool stream = false;
  for (const http::FormField& field : form->fields) {
    std::string_view value = std::string_view(ex.request.body).substr(field.begin, field.end - field.begin);
    if (field.name == "stream") stream = value == "true" || value == "True" || value == "1";
    if (field.name != "model") continue;
    if (model != nullptr) return Error(Code::bad_request, "The form names its `model` twice.").named("duplicate_parameter").about("model");
    model = &field;
  }
  auto facts = model != nullptr ? llm::facts_of_form(ex.request.body, model->begin, model->end)
                                : llm::facts_of_model(std::string(default_model(ex.endpoint.operation)));
  if (facts && facts->model.empty()) {
    return Error(Code::bad_request, "Missing required parameter: 'model'.").named("missing_required_parameter").about("model");
  }
  if (facts) facts->stream = stream;
  return facts;
}

}  // namespace

Result<llm::RequestFacts> read_facts(Exchange& ex) {
  const Endpoint& endpoint = ex.endpoint;
  if (endpoint.body == Endpoint::Body::none) return llm::facts_of_model("");
  std::string_view type = ex.request.head.fields.get(http::FieldName::content_type);
  if (endpoint.body == Endpoint::Body::multipart && http::is_form(type)) return read_form_facts(ex, type);
  std::string_view usual = default_model(endpoint.operation);
  if (!usual.empty() && endpoint.model.empty() && !json::find(ex.request.body, "model")) {
    if (auto fault = json::validate(ex.request.body)) return llm::read_facts(ex.request.body);   // tells what is wrong
    auto facts = llm::facts_of_model(std::string(usual));
    if (facts) facts->stream = json::find(ex.request.body, "stream") == "true";
    return facts;
  }
  if (endpoint.model.empty()) return llm::read_facts(ex.request.body);
  if (endpoint.dialect != llm::Dialect::openai) return llm::read_facts(ex.request.body, endpoint.model, endpoint.stream);
  // A deployment of Azure's form: the body need not name it again.
  auto named = json::set_member(ex.request.body, "model", json::quoted(percent_decoded(endpoint.model)));
  if (named) ex.request.body = *std::move(named);
  return llm::read_facts(ex.request.body);
}

}  // namespace sluice::gateway
