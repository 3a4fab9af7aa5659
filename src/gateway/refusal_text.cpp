#include "gateway/refusal_text.hpp"

#include <algorithm>
#include <array>

#include "sluice/base/money.hpp"
#include "sluice/base/time.hpp"

namespace sluice::gateway {
namespace {

using governance::Level;
using governance::Refusal;
using What = Refusal::What;

constexpr std::array<std::string_view, 6> owners = {"customer", "team", "key", "key", "target", "tag"};
constexpr std::array<std::string_view, 6> measures = {"", "requests", "input tokens", "output tokens", "tokens", "requests at once"};

std::string owner_of(const Refusal& refusal) {
  std::string text(owners[static_cast<std::size_t>(refusal.level)]);
  text.append(" `").append(refusal.subject).append("`");
  for (std::size_t i = 0; i < refusal.models.size(); ++i) text.append(i == 0 ? " for the models " : ", ").append(refusal.models[i]);
  return text;
}

std::string budget_text(const Refusal& refusal) {
  std::string text = "The budget of " + owner_of(refusal) + " is ";
  const std::int64_t left = std::max<std::int64_t>(0, refusal.limit - refusal.used - refusal.held);
  const bool spent = refusal.soft || refusal.limit == 0 || refusal.used >= refusal.limit;
  text += spent ? "spent: $" : "too small for this request, which may cost up to $" + usd(refusal.asked) + ": $";
  text += usd(refusal.used) + " of $" + usd(refusal.limit) + " are used";
  if (refusal.held > 0) text += ", $" + usd(refusal.held) + " are reserved by requests under way";
  if (!spent) text += ", $" + usd(left) + " are left";
  text += ". ";
  if (refusal.limit == 0) return text + "Nothing may be spent there.";
  text += "It resets at " + format_rfc3339(refusal.resets_at) + ".";
  if (!spent) text += " A lower limit of tokens for the answer may fit.";
  return text;
}

std::string rate_text(const Refusal& refusal) {
  std::string text = "The rate limit of " + owner_of(refusal) + " is reached: " + std::to_string(refusal.limit) + " ";
  text += measures[static_cast<std::size_t>(refusal.what)];
  if (refusal.what == What::concurrent) return text + ", " + std::to_string(refusal.held) + " are under way.";
  text += ", " + std::to_string(refusal.used + refusal.held) + " are used";
  if (refusal.asked > 1) text += ", and this request needs " + std::to_string(refusal.asked);
  text += ".";
  if (refusal.limit == 0) return text;
  if (refusal.retry_us == governance::never) return text + " It is larger than the whole limit.";
  return text + " Retry after the time given.";
}

}  // namespace

Denied denied(const Refusal& refusal) {
  const bool target_only = refusal.level == Level::target || refusal.level == Level::key_provider;
  if (refusal.what == What::spend) {
    // Soon something may be given back by requests under way; but SDKs that retry by themselves must not.
    return {Error(Code::over_budget, budget_text(refusal)).named("budget_exceeded"), target_only, false, 0};
  }
  Error error(Code::rate_limited, rate_text(refusal));
  std::move(error).named("rate_limit_exceeded");
  if (refusal.retry_us != governance::never) {
    constexpr std::int64_t longest_us = 366LL * 86'400 * 1'000'000;
    const auto wait = std::chrono::microseconds(std::min(refusal.retry_us, longest_us));
    std::move(error).retry_in(std::max(std::chrono::ceil<std::chrono::milliseconds>(wait), std::chrono::milliseconds(1)));
  }
  return {std::move(error), target_only, refusal.retry_us != governance::never && !target_only, refusal.retry_us};
}

}  // namespace sluice::gateway
