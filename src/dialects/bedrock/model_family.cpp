#include "dialects/bedrock/model_family.hpp"

#include <algorithm>
#include <array>

namespace sluice::dialects::bedrock {
namespace {

bool has(std::string_view id, std::string_view word) { return id.find(word) != id.npos; }

Family family_of(std::string_view id) {
  if (has(id, "claude")) return Family::claude;
  if (has(id, "amazon.nova")) return Family::nova;
  if (has(id, "openai.")) return Family::openai;
  if (has(id, "mistral.")) return Family::mistral;
  if (has(id, "cohere.")) return Family::cohere;
  if (has(id, "moonshot")) return Family::kimi;
  return Family::other;
}

// docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html, "Supported models": Claude from 4.5, and of the
// open-weight models these.
bool open_weight_takes_schema(std::string_view id) {
  constexpr std::array<std::string_view, 11> known = {"gpt-oss",       "qwen.qwen3", "deepseek.v3",     "google.gemma-3", "minimax.minimax-m2",
                                                      "moonshot",      "ministral",  "magistral-small", "voxtral",        "mistral-large-3",
                                                      "nvidia.nemotron"};
  return std::any_of(known.begin(), known.end(), [id](std::string_view one) { return has(id, one); });
}

void claude_model(Model& model, std::string_view id) {
  model.claude = anthropic::traits_of(id);
  const int version = model.claude.version;
  model.reasoning = ReasoningForm::claude;
  model.any_tool = model.named_tool = version >= 300 && model.claude.takes_forced_tool;
  model.takes_schema = model.claude.takes_schema;
  // docs: Bedrock, "Prompt caching": from 3.5 Haiku and 3.5 Sonnet v2 on; an hour from 4.5 on.
  model.cache = model.cache_tools = version >= 305 && !has(id, "claude-3-5-sonnet-20240620");
  model.cache_hour = version >= 405;
}

}  // namespace

Model model_of(std::string_view id) {
  Model model;
  model.family = family_of(id);
  switch (model.family) {
    case Family::claude: claude_model(model, id); break;
    case Family::nova:
      model.any_tool = model.named_tool = model.cache = true;
      // docs: Amazon Nova 2, "Extended thinking": the first generation answers it with a validation error.
      model.system_tools = has(id, "nova-2") || has(id, "nova-premier");
      if (has(id, "nova-2")) model.reasoning = ReasoningForm::nova;
      break;
    case Family::openai:
      // Harmony models take chat completions' own member, the others that of Responses (recorded errors: "Unknown
      // parameter: 'reasoning_effort'"; anomalyco/opencode pull request 48195).
      model.reasoning = has(id, "gpt-oss") ? ReasoningForm::effort : ReasoningForm::nested_effort;
      model.any_tool = model.named_tool = true;
      break;
    case Family::mistral: model.any_tool = true; break;
    case Family::kimi: model.reasoning = ReasoningForm::effort; break;
    case Family::cohere: case Family::other: break;
  }
  if (model.family != Family::claude) model.takes_schema = open_weight_takes_schema(id);
  return model;
}

}  // namespace sluice::dialects::bedrock
