// Whether a fetched price list may follow the one in force: a list that has lost most of its models, or whose prices are
// far from what they were, is more likely broken than right.
#include <set>

#include "pricing/catalogue.hpp"

namespace sluice::pricing {
namespace {

constexpr std::int64_t most_times = 20;

// What was free may cost.
bool too_far(std::int64_t was, std::int64_t is) { return was != 0 && (is > was * most_times || was > is * most_times); }

// What costs something may not become free. But lists differ in whether they say what embeddings and images put out, and
// what caches cost, so that nothing said there tells nothing.
bool too_far(const Rates& was, const Rates& is) {
  return too_far(was.input, is.input) || (is.output != 0 && too_far(was.output, is.output));
}

}  // namespace

const Catalogue::List* Catalogue::list(std::string_view id) const {
  for (const auto& one : x_lists)
    if (one.id == id) return &one;
  return nullptr;
}

std::size_t Catalogue::priced_models(const List& of) const {
  std::set<std::uint32_t> models;
  for (auto n = of.first_name; n < of.last_name; ++n) models.insert(x_names[n].model);
  for (auto r = of.first_rule; r < of.last_rule; ++r) models.insert(x_rules[r].model);
  std::size_t count = 0;
  for (const auto model : models) count += priced(model) ? 1 : 0;
  return count;
}

Result<> Catalogue::may_be_followed_by(const Catalogue& next, std::int64_t at) const {
  const auto refused = [](std::string why) { return Error(Code::upstream_failed, "the price list is not taken over: " + std::move(why)); };
  std::size_t known = 0, kept = 0;
  for (const List& ours : x_lists) {
    const List* theirs = next.list(ours.id);
    if (theirs == nullptr) continue;   // what it says nothing of stays as it is
    known += priced_models(ours);
    std::set<std::uint32_t> found;
    for (auto n = ours.first_name; n < ours.last_name; ++n) {
      const auto name = text(x_names[n].text);
      const auto model = next.find_in(*theirs, name);
      if (!priced(x_names[n].model) || model == none || !next.priced(model)) continue;
      found.insert(x_names[n].model);
      const Rates *was = rates(x_names[n].model, at, 0), *is = next.rates(model, at, 0);
      if (was == nullptr || is == nullptr || !too_far(*was, *is)) continue;
      return refused("the price of " + std::string(name) + " at " + ours.id + " would change by more than a factor of " + std::to_string(most_times));
    }
    for (auto n = theirs->first_name; n < theirs->last_name; ++n) {
      const auto model = find_in(ours, next.text(next.x_names[n].text));
      if (model != none && priced(model) && next.priced(next.x_names[n].model)) found.insert(model);
    }
    kept += found.size();
  }
  if (known == 0 || kept * 2 < known)
    return refused("it has " + std::to_string(kept) + " of the " + std::to_string(known) + " models that are known for its providers");
  return {};
}

}  // namespace sluice::pricing
