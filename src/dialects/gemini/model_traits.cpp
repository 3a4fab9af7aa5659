#include "dialects/gemini/model_traits.hpp"

namespace sluice::dialects::gemini {
namespace {

bool has(std::string_view model, std::string_view word) { return model.find(word) != model.npos; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// The number behind "gemini-": "2.5" is 250, "3" is 300, "3.1" is 310.
int version_of(std::string_view model) {
  constexpr std::string_view family = "gemini-";
  const std::size_t at = model.find(family);
  if (at == model.npos) return 0;
  const std::string_view rest = model.substr(at + family.size());
  if (rest.empty() || !digit(rest[0])) return has(rest, "latest") ? 300 : 0;   // the newest there is
  int version = (rest[0] - '0') * 100;
  if (rest.size() > 2 && rest[1] == '.' && digit(rest[2])) version += (rest[2] - '0') * 10;
  return version;
}

}  // namespace

ModelTraits traits_of(std::string_view model) {
  ModelTraits traits;
  const int version = version_of(model);
  const bool pro = has(model, "pro"), lite = has(model, "lite"), image = has(model, "image"), speech = has(model, "tts");
  traits.version = version;
  if (version >= 300 && !speech) {
    traits.thinking = ThinkingForm::level;
    traits.has_minimal = !pro;
    traits.has_medium = !pro || version >= 310;
    traits.wants_signatures = !image;   // Gemini 3 Pro Image does not insist (docs: Thought signatures)
  } else if (version >= 250 && version < 300 && !image && !speech) {
    traits.thinking = ThinkingForm::budget;
    traits.may_not_think = !pro;
    traits.least_budget = pro ? 128 : lite ? 512 : 1;
    traits.most_budget = pro ? 32768 : 24576;
  }
  const bool older = version != 0 && version < 300;
  traits.json_schema = version == 0 || version >= 250;
  traits.json_with_tools = traits.tools_mixed = traits.media_in_results = !older;
  return traits;
}

}  // namespace sluice::dialects::gemini
