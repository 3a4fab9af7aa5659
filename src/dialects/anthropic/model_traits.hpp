// What a Claude model takes, read from its name: the API answers 400 to a setting that the model does not know.
// Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::dialects::anthropic {

// unknown: the name tells no version.
enum class ThinkingForm : std::uint8_t { unknown, none, budget, adaptive };

struct ModelTraits {
  int version = 0;                     // 100 × major + minor (4.5: 405); 0: the name tells none
  std::int64_t max_output = 4096;      // tokens; what every Claude can write where the version is unknown
  ThinkingForm thinking = ThinkingForm::unknown;
  bool thinks_unasked = false;         // thinks when the request says nothing about it
  bool may_not_think = true;           // takes thinking.type "disabled"
  bool takes_sampling = true;          // temperature, top_p, top_k
  bool takes_both_samplers = true;     // temperature and top_p in one request
  bool takes_forced_tool = true;       // tool_choice "any" and "tool"
  bool takes_schema = false;           // output_config.format and strict tools
  bool takes_budget = false;           // thinking.type "enabled" with budget_tokens
  bool takes_effort = false;           // output_config.effort
  bool takes_display = false;          // thinking.display
  bool hides_thoughts = false;         // thoughts are shown only if display asks for them
};

// Knows Anthropic's own names and those of Bedrock and Vertex ("anthropic.claude-sonnet-4-5-20250929-v1:0",
// "claude-haiku-4-5@20251001").
ModelTraits traits_of(std::string_view model);

constexpr std::int64_t least_budget = 1024;   // of tokens to think, that Anthropic takes

// A budget below the limit of the whole answer, which counts the thinking in. What stood for an effort, or does not fit,
// leaves a quarter of the limit to the answer; one that the caller counted himself stays. Nothing: the least does not fit.
std::optional<std::int64_t> budget_within(std::int64_t limit, std::int64_t budget, bool counted);

}  // namespace sluice::dialects::anthropic
