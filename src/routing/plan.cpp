#include "sluice/routing/plan.hpp"

#include <algorithm>

#include "sluice/base/pattern.hpp"

namespace sluice::routing {
namespace {

bool lists(const Target& target, std::string_view model) {
  return std::any_of(target.models.begin(), target.models.end(),
                     [&](const std::string& pattern) { return matches(pattern, model); });
}

bool serves(const Target& target, std::string_view model) {
  return (!target.model.empty() && target.model == model) || lists(target, model);
}

Error not_found(const Account& account, std::string_view asked) {
  std::string text = "The model `";
  text.append(asked).append("` does not exist or this key may not use it.");
  std::string known;
  for (const Target& target : account.targets) {
    for (const std::string& name : target.models) known += (known.empty() ? "" : ", ") + name;
    if (!target.model.empty()) known += (known.empty() ? "" : ", ") + target.model;
    if (known.size() > 300) break;
  }
  if (!known.empty()) text += " It may use: " + known + ".";
  return Error(Code::not_found, std::move(text)).named("model_not_found").about("model");
}

// The targets meant by "<target id>/<model>" or "<provider id>/<model>". `prefixed` tells whether the name before a
// slash is such an id at all: "meta-llama/Llama-3" is a bare model name.
std::vector<Step> by_prefix(const Account& account, std::string_view asked, bool& prefixed) {
  std::vector<Step> found;
  prefixed = false;
  for (std::size_t slash = asked.find('/'); slash != std::string_view::npos; slash = asked.find('/', slash + 1)) {
    std::string_view prefix = asked.substr(0, slash), model = asked.substr(slash + 1);
    for (std::size_t i = 0; i < account.targets.size(); ++i) {
      const Target& target = account.targets[i];
      if (target.id != prefix && target.provider != prefix) continue;
      prefixed = true;
      if (serves(target, model)) found.push_back(Step{i, model});
    }
    if (prefixed) break;
  }
  return found;
}

std::vector<Step> by_name(const Account& account, std::string_view asked) {
  bool any_target = asked == "auto" || asked == account.id;
  bool admitted = any_target || std::any_of(account.targets.begin(), account.targets.end(),
                                            [&](const Target& target) { return serves(target, asked); });
  std::vector<Step> found;
  if (!admitted) return found;
  for (std::size_t i = 0; i < account.targets.size(); ++i) {
    const Target& target = account.targets[i];
    if (!any_target && lists(target, asked)) found.push_back(Step{i, asked});
    else if (!target.model.empty()) found.push_back(Step{i, target.model});
  }
  return found;
}

std::size_t drawn(const Account& account, const std::vector<Step>& steps, std::size_t ready, double draw) {
  double sum = 0;
  for (std::size_t i = 0; i < ready; ++i) sum += account.targets[steps[i].target].weight;
  double mark = draw * sum;
  for (std::size_t i = 0; i < ready; ++i) {
    double weight = account.targets[steps[i].target].weight;
    if (weight > 0 && mark < weight) return i;
    mark -= weight;
  }
  return 0;   // all weights are zero, or the draw fell past the sum by rounding: the heaviest
}

}  // namespace

void normalise(Account& account) {
  double sum = 0;
  for (const Target& target : account.targets) sum += target.weight;
  if (sum <= 0) return;
  for (Target& target : account.targets) target.weight /= sum;
}

Result<std::vector<Step>> candidates(const Account& account, std::string_view asked) {
  bool prefixed = false;
  std::vector<Step> found = by_prefix(account, asked, prefixed);
  if (found.empty()) found = by_name(account, asked);   // a list may hold "openai/gpt-oss-20b" as a model's own name
  if (found.empty()) return not_found(account, asked);
  return found;
}

void arrange(const Account& account, std::vector<Step>& steps, std::span<const Readiness> readiness, double draw) {
  std::erase_if(steps, [&](const Step& step) { return readiness[step.target] == Readiness::unavailable; });
  auto before = [&](const Step& a, const Step& b) {
    if (readiness[a.target] != readiness[b.target]) return readiness[a.target] < readiness[b.target];
    return account.targets[a.target].weight > account.targets[b.target].weight;
  };
  if (steps.size() > 1) std::stable_sort(steps.begin(), steps.end(), before);   // takes memory even for one
  auto failing = std::find_if(steps.begin(), steps.end(),
                              [&](const Step& step) { return readiness[step.target] != Readiness::ready; });
  auto first_failing = static_cast<std::size_t>(failing - steps.begin());
  // None ready: those that fail are drawn from as usual, for the request has nowhere better to go.
  std::size_t pool = first_failing == 0 ? steps.size() : first_failing;
  if (pool < 2) return;
  auto chosen = steps.begin() + static_cast<std::ptrdiff_t>(drawn(account, steps, pool, draw));
  std::rotate(steps.begin(), chosen, chosen + 1);
}

bool allowed(const std::vector<std::string>& patterns, std::string_view asked) {
  if (patterns.empty()) return true;
  std::size_t slash = asked.find('/');
  std::string_view bare = slash == std::string_view::npos ? asked : asked.substr(slash + 1);
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, asked) || matches(pattern, bare); });
}

}  // namespace sluice::routing
