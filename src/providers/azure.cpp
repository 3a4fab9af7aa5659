#include "providers/azure.hpp"

#include "providers/openai.hpp"
#include "sluice/base/text.hpp"
#include "sluice/presets/presets.hpp"

namespace sluice::providers {
namespace {

using dialects::Wire;
using llm::Dialect;
using llm::Operation;

// https://learn.microsoft.com/azure/ai-services/openai/reference (deployments), .../api-version-lifecycle (v1),
// https://learn.microsoft.com/rest/api/aifoundry/model-inference (models), .../foundry-models/how-to/use-foundry-models-claude
enum class Form : unsigned char { deployments, v1, models, claude };

// The dated versions that are asked for where the operator names none: the last one that has the operation.
constexpr std::string_view usual_version = "2024-10-21";              // chat, embeddings, images, audio
constexpr std::string_view responses_version = "2025-04-01-preview";
constexpr std::string_view first_with_responses = "2025-03-01-preview";
constexpr std::string_view models_version = "2024-05-01-preview";

// "/a/b" of "https://host/a/b/".
std::string_view path_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != url.npos) url.remove_prefix(scheme + 3);
  const std::size_t slash = url.find('/');
  url = slash == url.npos ? std::string_view() : url.substr(slash);
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

struct Ending { std::string_view text; Form form; };
// Longer ones first.
constexpr Ending endings[] = {{"/openai/v1", Form::v1},
                              {"/anthropic/v1", Form::claude},
                              {"/anthropic", Form::claude},
                              {"/openai", Form::deployments},
                              {"/models", Form::models}};

const Ending* ending_of(std::string_view path) {
  for (const Ending& each : endings) {
    if (path.ends_with(each.text)) return &each;
  }
  return nullptr;
}

// What an address without a path means: a Foundry resource has the v1 API, an Azure OpenAI one always had deployments.
Form form_of(std::string_view base_url) {
  const std::string_view path = path_of(base_url);
  if (const Ending* ending = ending_of(path)) return ending->form;
  return base_url.find(".services.ai.azure.com") != base_url.npos ? Form::v1 : Form::deployments;
}

// By name: a deployment may be called anything, and those of Claude keep its name unless somebody changes it.
bool is_claude(std::string_view model) { return model.find("claude") != model.npos; }

class Azure final : public Provider {
 public:
  explicit Azure(const ProviderSpec& spec)
      : x_form(form_of(spec.base_url)), x_version(spec.api_version), x_quirks(presets::find("openai")->quirks, spec.quirks) {}

  std::string_view type() const override { return "azure"; }

  const Wire* wire(Operation operation, Dialect caller, std::string_view model) const override {
    if (claude(model)) {
      const bool has = operation == Operation::chat || operation == Operation::count_tokens;
      return has ? &dialects::wire(Dialect::anthropic) : nullptr;
    }
    switch (operation) {
      case Operation::chat: return &dialects::wire(by_responses(caller, model) ? Dialect::responses : Dialect::openai);
      case Operation::embeddings: return &dialects::wire(Dialect::openai);
      case Operation::stored_response: return x_form == Form::models ? nullptr : &dialects::wire(Dialect::responses);
      case Operation::completions: case Operation::image_generations: case Operation::image_edits: case Operation::speech:
      case Operation::transcriptions: case Operation::translations:
        return x_form == Form::models ? nullptr : &dialects::wire(Dialect::openai);
      case Operation::count_tokens: case Operation::rerank: case Operation::moderations: case Operation::image_variations: break;
    }
    return nullptr;
  }

  std::string base_path(std::string_view path) const override {
    const Ending* ending = ending_of(path);
    return std::string(path.substr(0, path.size() - (ending == nullptr ? 0 : ending->text.size())));
  }

  std::string path(const Call& call) const override {
    if (call.dialect == Dialect::anthropic) {
      return call.operation == Operation::count_tokens ? "/anthropic/v1/messages/count_tokens" : "/anthropic/v1/messages";
    }
    switch (x_form) {
      case Form::v1: return "/openai/v1" + openai_path(call) + version_query({});
      case Form::models: return "/models" + openai_path(call) + version_query(models_version);
      case Form::deployments: case Form::claude: break;
    }
    // The Responses API is the resource's, not a deployment's: the model stands in the body.
    if (call.dialect == Dialect::responses) return "/openai" + openai_path(call) + version_query(responses_version);
    return "/openai/deployments/" + percent_encoded(call.model) + openai_path(call) + version_query(usual_version);
  }

  Authority authority() const override { return Authority::entra_token; }
  void authorize(std::string_view secret, Headers& out) const override {
    if (!secret.empty()) out.emplace_back("api-key", secret);
  }
  void add_headers(const Call& call, Headers& out) const override {
    if (call.dialect == Dialect::anthropic && !call.says("anthropic-version")) out.emplace_back("anthropic-version", "2023-06-01");
  }
  // A deployment usually has its model's name; under another nothing special is known of it.
  const dialects::Quirks& quirks(std::string_view model) const override { return x_quirks.of(model); }

 private:
  bool by_responses(Dialect caller, std::string_view model) const {
    if (x_form == Form::models) return false;
    return caller == Dialect::responses || (caller != Dialect::openai && !too_old_for_responses() && quirks(model).by_responses);
  }
  // Of deployments asked by a dated version; another's name is no date.
  bool too_old_for_responses() const {
    return x_form == Form::deployments && x_version.starts_with("20") && x_version < first_with_responses;
  }
  bool claude(std::string_view model) const { return x_form == Form::claude || (x_form != Form::models && is_claude(model)); }
  std::string version_query(std::string_view usual) const {
    const std::string_view version = x_version.empty() ? usual : std::string_view(x_version);
    return version.empty() ? std::string() : "?api-version=" + percent_encoded(version);
  }

  Form x_form;
  std::string x_version;
  presets::QuirkTable x_quirks;
};

}  // namespace

std::shared_ptr<const Provider> make_azure(const ProviderSpec& spec) { return std::make_shared<const Azure>(spec); }

}  // namespace sluice::providers
