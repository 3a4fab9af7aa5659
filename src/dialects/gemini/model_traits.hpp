// What a Gemini model takes, read from its name: the API answers 400 to a setting that the model does not know. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::dialects::gemini {

// How much it is to think is said by a number of tokens (2.5) or by a level (3 and later)
// (ai.google.dev/gemini-api/docs/thinking).
enum class ThinkingForm : std::uint8_t { none, budget, level };

struct ModelTraits {
  int version = 0;                       // 100 × major + 10 × minor (2.5: 250); 0: the name tells none
  ThinkingForm thinking = ThinkingForm::none;
  bool may_not_think = false;            // takes a budget of 0
  std::int64_t least_budget = 0, most_budget = 0;
  bool has_minimal = false, has_medium = false;   // of the levels; low and high are always there
  bool json_schema = true;               // schemas as JSON Schema; else in the form of OpenAPI only
  bool json_with_tools = true;           // responseMimeType application/json beside functions
  bool tools_mixed = true;               // functions beside Google's own tools
  bool media_in_results = true;          // functionResponse.parts
  bool wants_signatures = false;         // refuses a call of the current turn that is not signed
};

// Knows "gemini-2.5-flash", "models/gemini-3-pro-preview", "publishers/google/models/…", "gemini-flash-latest".
ModelTraits traits_of(std::string_view model);

}  // namespace sluice::dialects::gemini
