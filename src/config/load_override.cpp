// Raises of a budget that stand apart from it: what administration keeps in the store.
#include <algorithm>
#include <array>

#include "config/drafts.hpp"
#include "config/scalars.hpp"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, 6> levels{"customer", "team", "key", "key_provider", "target", "tag"};

constexpr Field<OverrideDraft> override_fields[] = {
    {{"level", Shape::scalar, "customer, team, key, key_provider, target or tag", "", "Whose budget.", true},
     [](const Value& v, OverrideDraft& out) {
       if (const auto word = read_word(v, levels)) out.level = levels[*word];
     }},
    {{"subject", Shape::scalar, "an id", "", "Its id; of a target `account/target`.", true},
     [](const Value& v, OverrideDraft& out) { read_text(v, out.subject); }},
    {{"provider", Shape::scalar, "the id of a provider", "none", "Of `level: key_provider`."},
     [](const Value& v, OverrideDraft& out) { read_identifier(v, out.provider); }},
    {{"reset_duration", Shape::scalar, "a period", "any", "Which of its budgets, by their period."},
     [](const Value& v, OverrideDraft& out) { read_any(v, parse_period, out.reset); }},
    {Key{"models", Shape::list, "a list of model patterns", "any", "Which of its budgets, by the models they are about."}.restricting("to mean any"),
     [](const Value& v, OverrideDraft& out) { read_patterns(v, out.models.emplace()); }},
    {{"max_spend", Shape::scalar, "an amount in US dollars", "", "The limit meanwhile.", true},
     [](const Value& v, OverrideDraft& out) { read_plain(v, parse_usd, out.raise.raise.limit); }},
    {{"from", Shape::scalar, "a time such as 2027-01-01T00:00:00Z", "now", "When it begins."},
     [](const Value& v, OverrideDraft& out) { read_any(v, parse_time, out.raise.raise.from); }},
    {{"until", Shape::scalar, "a time such as 2027-02-01T00:00:00Z", "none", "When it ends. This or `periods` is needed."},
     [](const Value& v, OverrideDraft& out) { read_any(v, parse_time, out.raise.raise.until); }},
    {{"periods", Shape::scalar, "a whole number", "none", "How many of the budget's periods it is for, the one that holds `from` included."},
     [](const Value& v, OverrideDraft& out) { read_plain(v, parse_whole, out.raise.periods); }},
};

bool about(const OverrideDraft& draft, const Budget& budget) {
  const bool period = !draft.reset || (draft.reset->unit == budget.reset.unit && draft.reset->count == budget.reset.count);
  return period && (!draft.models || *draft.models == budget.models);
}

std::size_t raise_in(Limited& limits, const OverrideDraft& draft, const Raise& raise) {
  std::size_t raised = 0;
  for (Budget& budget : limits.budgets) {
    if (!about(draft, budget)) continue;
    budget.raises.push_back(raise);
    ++raised;
  }
  return raised;
}

template <class Owner>
std::size_t raise_of(std::vector<Owner>& owners, const OverrideDraft& draft, const Raise& raise) {
  const auto owner = std::find_if(owners.begin(), owners.end(), [&](const Owner& o) { return o.id == draft.subject; });
  return owner == owners.end() ? 0 : raise_in(*owner, draft, raise);
}

}  // namespace

void read_override(const Value& value, OverrideDraft& out) {
  read_fields<OverrideDraft>(value, override_fields, out);
  std::vector<Raise> checked;
  finish_raise(value, out.raise, checked);
  if (!checked.empty()) out.raise.raise = checked.front();
}

std::size_t apply_override(Config& config, const OverrideDraft& draft) {
  const Raise& raise = draft.raise.raise;
  if (draft.level == "customer") return raise_of(config.customers, draft, raise);
  if (draft.level == "team") return raise_of(config.teams, draft, raise);
  if (draft.level == "tag") return raise_of(config.tags, draft, raise);
  if (draft.level == "key") return raise_of(config.virtual_keys, draft, raise);
  std::size_t raised = 0;
  if (draft.level == "key_provider") {
    for (VirtualKey& key : config.virtual_keys)
      for (KeyProvider& at : key.providers)
        if (key.id == draft.subject && at.provider == draft.provider) raised += raise_in(at, draft, raise);
    return raised;
  }
  for (Account& account : config.accounts)
    for (Target& target : account.targets)
      if (account.id + "/" + target.id == draft.subject) raised += raise_in(target, draft, raise);
  return raised;
}

void describe_override(std::vector<Section>& out) { out.push_back(describe<OverrideDraft>("override", "", override_fields)); }

}  // namespace sluice::config
