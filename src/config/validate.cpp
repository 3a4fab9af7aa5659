// What concerns more than one value: ids that must differ, references that
// must lead somewhere, weights that must add up.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "config/addresses.hpp"
#include "config/drafts.hpp"
#include "config/suggest.hpp"
#include "sluice/base/time.hpp"

namespace sluice::config {
namespace {

std::string at(const std::string& list, std::size_t index) { return list + "[" + std::to_string(index) + "]"; }

// The ids of one kind of thing, for telling doubles and references to nothing.
class Ids final {
 public:
  using PathOf = std::function<std::string(std::size_t)>;
  Ids(std::string kind, PathOf path_of, Findings& findings) : x_kind(std::move(kind)), x_path_of(std::move(path_of)), x_findings(findings) {}

  // `id` must outlive this.
  void add(const std::string& id, std::size_t index) {
    if (id.empty()) {  // missing or refused, which is reported; what refers to it cannot be judged
      x_sure = false;
      return;
    }
    const auto [first, fresh] = x_indexes.try_emplace(id, index);
    if (!fresh) x_findings.problem(x_path_of(index) + ".id", "duplicate " + x_kind + " id '" + id + "', also at " + x_path_of(first->second));
  }

  void refer(const std::string& id, const std::string& path) const {
    if (id.empty() || x_indexes.contains(id) || !x_sure) return;
    std::vector<std::string_view> known;
    for (const auto& [name, where] : x_indexes) known.push_back(name);
    std::sort(known.begin(), known.end());
    x_findings.problem(path, "no " + x_kind + " has the id '" + id + "'" + did_you_mean(id, known));
  }

 private:
  std::string x_kind;
  PathOf x_path_of;   // of the one of that index
  Findings& x_findings;
  std::unordered_map<std::string_view, std::size_t> x_indexes;
  bool x_sure = true;
};

Ids::PathOf in(const std::string& list) { return [list](std::size_t i) { return at(list, i); }; }

void check_target(const Target& target, const std::string& path, Findings& findings) {
  if (findings.broken(path)) return;
  if (target.model.empty() && target.models.empty())
    findings.problem(path, "needs a model, or models it passes on (models: [\"*\"] for all)");
  else if (!target.model.empty() && !target.models.empty())
    findings.problem(path, "give either model (answers everything with it) or models (passed on as asked)");
}

void check_account(const Account& account, const std::string& path, const Ids& providers, Findings& findings) {
  const std::string list = path + ".providers";
  Ids targets("target", in(list), findings);
  double sum = 0;
  for (std::size_t i = 0; i < account.targets.size(); ++i) {
    const Target& target = account.targets[i];
    targets.add(target.id, i);
    if (findings.written(at(list, i) + ".provider")) providers.refer(target.provider, at(list, i) + ".provider");
    check_target(target, at(list, i), findings);
    sum += target.weight;
  }
  if (account.targets.size() > 1 && sum == 0 && !findings.broken(list))
    findings.problem(list, "every weight is 0: at least one target must have a weight");
}

Ids check_providers(const Draft& draft, Findings& findings) {
  Ids ids("provider", [&draft](std::size_t i) { return draft.providers[i].path; }, findings);
  for (std::size_t i = 0; i < draft.providers.size(); ++i) ids.add(draft.providers[i].provider.id, i);
  return ids;
}

void warn_if_nothing_is_usable(const Draft& draft, Findings& findings) {
  std::set<std::string> unusable;
  for (const auto& provider : draft.providers)
    if (!provider.provider.usable) unusable.insert(provider.provider.id);
  for (std::size_t i = 0; i < draft.config.accounts.size(); ++i) {
    const auto& targets = draft.config.accounts[i].targets;
    const bool none =
        std::all_of(targets.begin(), targets.end(), [&](const Target& t) { return unusable.contains(t.provider); });
    if (none) findings.warning(at("accounts", i), "has no target that can be used: its requests will fail");
  }
}

template <class Owner>
Ids ids_of(std::string kind, const std::string& list, const std::vector<Owner>& owners, Findings& findings) {
  Ids ids(std::move(kind), in(list), findings);
  for (std::size_t i = 0; i < owners.size(); ++i) ids.add(owners[i].id, i);
  return ids;
}

void check_key_texts(const std::vector<VirtualKey>& keys, Findings& findings) {
  std::map<std::string_view, std::string> seen;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i].key || keys[i].key->empty()) continue;
    const auto [first, fresh] = seen.try_emplace(keys[i].key->reveal(), at("virtual_keys", i));
    if (!fresh) findings.problem(at("virtual_keys", i) + ".key", "is the same as the key of " + first->second);
  }
}

void check_virtual_keys(const Config& config, const Ids& accounts, const Ids& teams, const Ids& providers, Findings& findings) {
  for (std::size_t i = 0; i < config.virtual_keys.size(); ++i) {
    const VirtualKey& key = config.virtual_keys[i];
    const std::string path = at("virtual_keys", i);
    teams.refer(key.team, path + ".team");
    accounts.refer(key.account, path + ".account");
    for (std::size_t j = 0; j < key.providers.size(); ++j) providers.refer(key.providers[j].provider, at(path + ".providers", j) + ".provider");
    if (!key.account.empty() || findings.broken(path)) continue;
    if (config.accounts.empty() && !findings.broken("accounts"))
      findings.problem(path, "there is no account that it could use");
    else if (config.accounts.size() > 1) findings.problem(path, "needs account: there are several");
  }
  check_key_texts(config.virtual_keys, findings);
}

bool rate_limited(const Limited& limits) { return !limits.rate_limits.empty(); }

template <class Owner>
const Owner* with_id(const std::vector<Owner>& owners, const std::string& id) {
  const auto found = std::find_if(owners.begin(), owners.end(), [&id](const Owner& owner) { return owner.id == id; });
  return found == owners.end() ? nullptr : &*found;
}

// Whether a rate limit that it waits for may refuse a request of the key: its own, its owners', or one of any tag, which
// requests may add.
bool may_be_slowed(const Config& config, const VirtualKey& key) {
  const Team* team = with_id(config.teams, key.team);
  const Customer* customer = team == nullptr ? nullptr : with_id(config.customers, team->customer);
  return rate_limited(key) || (team != nullptr && rate_limited(*team)) || (customer != nullptr && rate_limited(*customer)) ||
         std::any_of(config.tags.begin(), config.tags.end(), [](const Tag& tag) { return rate_limited(tag); });
}

void warn_of_idle_settings(const Config& config, Findings& findings) {
  for (std::size_t i = 0; i < config.virtual_keys.size(); ++i) {
    const VirtualKey& key = config.virtual_keys[i];
    const std::string path = at("virtual_keys", i);
    if (!findings.written(path)) continue;   // kept in the store: nobody reads warnings of it
    if (key.expires_at && *key.expires_at <= unix_seconds()) findings.warning(path + ".expires_at", "is over: the key is refused");
    if (key.queue.max_length > 0 && findings.written(path + ".queue") && !may_be_slowed(config, key))
      findings.warning(path + ".queue", "does nothing: neither the key nor its team, its customer or a tag has a rate limit");
  }
}

void check_keyless(const Config& config, Findings& findings) {
  if (!config.virtual_keys.empty() || findings.broken("virtual_keys")) return;
  if (config.accounts.size() > 1) {
    findings.warning("accounts",
                     "there are several and no virtual_keys: nothing says which account a request may use, so all are "
                     "refused until `sluice keys create --account ID` has made a key");
  } else if (!loopback(config.server.listen.host)) {
    findings.warning("server.listen", "there are no virtual_keys: only callers on this machine are served");
  }
}

void check_prices(const std::vector<PriceOverride>& prices, const Ids& customers, const Ids& teams, const Ids& keys, const Ids& providers) {
  for (std::size_t i = 0; i < prices.size(); ++i) {
    const std::string path = at("pricing.overrides", i);
    customers.refer(prices[i].customer, path + ".customer");
    teams.refer(prices[i].team, path + ".team");
    keys.refer(prices[i].key, path + ".key");
    providers.refer(prices[i].provider, path + ".provider");
  }
}

}  // namespace

void validate(const Draft& draft, Findings& findings) {
  const Config& config = draft.config;
  const Ids providers = check_providers(draft, findings);
  const Ids accounts = ids_of("account", "accounts", config.accounts, findings);
  const Ids customers = ids_of("customer", "customers", config.customers, findings);
  const Ids teams = ids_of("team", "teams", config.teams, findings);
  const Ids keys = ids_of("virtual key", "virtual_keys", config.virtual_keys, findings);

  for (std::size_t i = 0; i < config.accounts.size(); ++i) check_account(config.accounts[i], at("accounts", i), providers, findings);
  for (std::size_t i = 0; i < config.teams.size(); ++i)
    customers.refer(config.teams[i].customer, at("teams", i) + ".customer");
  check_virtual_keys(config, accounts, teams, providers, findings);
  ids_of("tag", "tags", config.tags, findings);
  check_prices(config.pricing.overrides, customers, teams, keys, providers);
  check_keyless(config, findings);
  warn_of_idle_settings(config, findings);
  warn_if_nothing_is_usable(draft, findings);
  if (config.accounts.empty() && !findings.broken("accounts"))
    findings.warning("", "there are no accounts: no model can be asked for");
}

}  // namespace sluice::config
