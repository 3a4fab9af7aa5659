#include "dialects/anthropic/model_traits.hpp"

#include <algorithm>

namespace sluice::dialects::anthropic {
namespace {

constexpr std::int64_t no_limit_known = 4096;

bool number_of_version(std::string_view word) {
  return !word.empty() && word.size() <= 2 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int value_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::string_view next_word(std::string_view& rest) {
  const std::size_t cut = rest.find_first_of("-.@:_/");
  const std::string_view word = rest.substr(0, cut);
  rest = cut == std::string_view::npos ? std::string_view() : rest.substr(cut + 1);
  return word;
}

// The first one or two short numbers behind "claude": older names have them before the family ("claude-3-5-sonnet-…"),
// newer ones behind it ("claude-sonnet-4-5-…"); a date is eight digits long.
int version_of(std::string_view model) {
  const std::size_t claude = model.find("claude");
  if (claude == std::string_view::npos) return 0;
  std::string_view rest = model.substr(claude);
  while (!rest.empty()) {
    const std::string_view major = next_word(rest);
    if (!number_of_version(major)) continue;
    const std::string_view minor = next_word(rest);
    return value_of(major) * 100 + (number_of_version(minor) ? value_of(minor) : 0);
  }
  return 0;
}

// Limits from models.dev (see NOTICE), which agree with docs.anthropic.com/en/docs/about-claude/models.
std::int64_t output_limit(int version, bool opus) {
  if (version == 0) return no_limit_known;
  if (version < 305) return 4096;
  if (version < 307) return 8192;
  if (version < 400) return 64000;
  if (version < 405) return opus ? 32000 : 64000;
  if (version < 406) return 64000;
  if (version < 407) return opus ? 128000 : 64000;
  return 128000;
}

ThinkingForm thinking_of(int version) {
  if (version == 0) return ThinkingForm::unknown;
  if (version < 307) return ThinkingForm::none;
  return version < 406 ? ThinkingForm::budget : ThinkingForm::adaptive;
}

}  // namespace

ModelTraits traits_of(std::string_view model) {
  ModelTraits traits;
  const int version = version_of(model);
  const bool opus = model.find("opus") != std::string_view::npos;
  const bool never_idle = model.find("fable") != model.npos || model.find("mythos") != model.npos;
  traits.version = version;
  traits.max_output = output_limit(version, opus);
  traits.thinking = thinking_of(version);
  // The cuts are those of Anthropic's migration guides: 4.1 takes one sampler, 4.7 none; 5 thinks by itself and 5.5
  // cannot be kept from it, which excludes a forced tool.
  traits.takes_both_samplers = version < 401;
  traits.takes_sampling = version < 407;
  traits.thinks_unasked = version >= 500;
  traits.may_not_think = version < 505 && !never_idle;
  traits.takes_forced_tool = version < 505;
  traits.takes_schema = version >= 405;
  traits.takes_budget = version >= 307 && version < 407;
  traits.takes_effort = version >= 406 || (version == 405 && opus);
  traits.takes_display = version >= 400;
  traits.hides_thoughts = version >= 407;
  return traits;
}

std::optional<std::int64_t> budget_within(std::int64_t limit, std::int64_t budget, bool counted) {
  if (!counted || budget >= limit) budget = std::min(budget, limit - limit / 4);
  if (budget < least_budget) return std::nullopt;
  return budget;
}

}  // namespace sluice::dialects::anthropic
