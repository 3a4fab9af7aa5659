#include "gateway/model_entries.hpp"

#include <algorithm>
#include <map>

#include "sluice/base/pattern.hpp"

namespace sluice::gateway {
namespace {

const ListedModel* find_listed(const ListedModels* models, std::string_view id) {
  if (models == nullptr) return nullptr;
  const auto found = std::lower_bound(models->begin(), models->end(), id, [](const ListedModel& m, std::string_view wanted) { return m.id < wanted; });
  return found != models->end() && found->id == id ? &*found : nullptr;
}

// `model`: as the provider calls it. What the price list says of limits goes before what the provider says: it is told
// in one measure for all.
ModelEntry entry_of(const Exchange& ex, const Upstream& upstream, const ListedModels* listed, std::string id, std::string_view model) {
  ModelEntry entry;
  entry.id = std::move(id);
  entry.owner = upstream.type;
  entry.created = ex.snapshot->loaded_at();
  const pricing::PriceTable& prices = ex.snapshot->prices();
  const auto limits = prices.limits(upstream.type, upstream.base_url, model);
  entry.context = limits.context;
  entry.max_output = limits.max_output;
  entry.rates = prices.rates(upstream.type, upstream.base_url, model, ex.now_seconds(), 0, ex.price_scope(upstream));
  const ListedModel* own = find_listed(listed, model);
  if (own == nullptr) return entry;
  entry.display_name = own->display_name;
  if (own->created > 0) entry.created = own->created;
  if (entry.context == 0) entry.context = own->context;
  if (entry.max_output == 0) entry.max_output = own->max_output;
  return entry;
}

bool usable_by(const auth::Key* key, std::string_view name) { return key == nullptr || routing::allowed(key->models, name); }

}  // namespace

std::vector<ModelEntry> model_entries(const Exchange& ex, const ModelLists& lists) {
  std::map<std::string, ModelEntry, std::less<>> entries;
  const Account& account = *ex.account;
  for (std::size_t i = 0; i < account.targets.size(); ++i) {
    const routing::Target& target = account.routes.targets[i];
    const Upstream& upstream = *account.targets[i].upstream;
    const auto listed = upstream.list_models ? lists.of(upstream.id, upstream.base_url) : nullptr;
    const auto add = [&](const std::string& name) {
      if (name.empty() || is_pattern(name) || !usable_by(ex.key, name) || entries.contains(name)) return;
      entries.emplace(name, entry_of(ex, upstream, listed.get(), name, name));
    };
    add(target.model);
    for (const std::string& name : target.models) add(name);
    if (!listed) continue;
    for (const ListedModel& model : *listed)
      if (matches_any(target.models, model.id)) add(model.id);
  }
  std::vector<ModelEntry> sorted;
  for (auto& [name, entry] : entries) sorted.push_back(std::move(entry));
  return sorted;
}

Result<ModelEntry> model_entry(const Exchange& ex, const ModelLists& lists, std::string_view id) {
  auto served = routing::candidates(ex.account->routes, id);
  if (!served) return std::move(served).error();
  if (!usable_by(ex.key, id)) {
    return Error(Code::forbidden, "This key may not use the model `" + std::string(id) + "`.").named("model_not_allowed").about("model");
  }
  // Of several the one whose own model it is.
  auto step = std::find_if(served->begin(), served->end(), [&](const routing::Step& s) { return s.model == id; });
  if (step == served->end()) step = served->begin();
  const Upstream& upstream = *ex.account->targets[step->target].upstream;
  const auto listed = lists.of(upstream.id, upstream.base_url);
  return entry_of(ex, upstream, listed.get(), std::string(id), step->model);
}

}  // namespace sluice::gateway
