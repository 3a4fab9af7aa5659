// A configuration compiled into what a request needs: tables, not text. Immutable and complete; each worker holds a
// shared_ptr to the current one and a request keeps the one it began with. What counts or learns (health, counters,
// pools) is not in here: it is kept by id elsewhere and survives a reload.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/auth/key_table.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/config/config.hpp"
#include "sluice/credentials/source.hpp"
#include "sluice/governance/book.hpp"
#include "sluice/http/client.hpp"
#include "sluice/pricing/price_table.hpp"
#include "sluice/providers/provider.hpp"
#include "sluice/providers/simulated.hpp"
#include "sluice/routing/health.hpp"
#include "sluice/routing/plan.hpp"
#include "sluice/store/store.hpp"

namespace sluice::gateway {

// What survives every reload, by id.
struct Memory {
  routing::HealthBook health;
  governance::Book book;
  std::atomic<std::uint64_t> simulated_requests{0};
  bool had_keys = false;   // a virtual key has existed since the start; touched by compile() only
  // The price list that was fetched last, as pricing::read_price_list() made it; nullptr: none. Changed only where compile()
  // is not running.
  std::shared_ptr<const std::string> fetched_prices;
  // The last price table built; kept while what it was built of stays as it is. Touched by compile() only.
  std::vector<config::PriceOverride> overrides;
  std::shared_ptr<const std::string> prices_in_table;
  std::shared_ptr<const pricing::PriceTable> prices;
};

struct Credential {
  std::string header_lines;              // "Authorization: Bearer …\r\n"; never logged
  Secret secret;                         // to be hidden where a provider repeats it
  double weight = 1;
  std::vector<std::string> models;       // patterns; empty: all
  std::shared_ptr<routing::Health> health;
  // Not a key but a place where authority is fetched and renewed; then `secret` is empty.
  std::shared_ptr<const credentials::Settings> source;
};

// One provider entry.
struct Upstream {
  std::string id, type, base_url;
  std::shared_ptr<const providers::Provider> adapter;
  http::Origin origin;
  // Decided beforehand for what is asked most: OpenAI's chat, where its path is the same for every model; empty: it is not.
  std::string chat_path;
  std::string base_path;                 // of base_url, without a '/' at its end
  std::string header_lines;              // Host and the operator's own headers
  std::string region;                    // that signed requests are for
  config::UpstreamTimeouts timeouts;
  config::Retry retry;
  std::vector<Credential> keys;          // at least one; a provider without a secret has one without lines
  bool simulated = false;
  providers::SimulationSettings simulation;
  bool usable = true;
  std::string unusable_because;
  bool list_models = false;              // it is asked for its own list of models,
  config::Milliseconds refresh{0};       // so often
};

struct Target {
  const Upstream* upstream = nullptr;
  std::shared_ptr<routing::Health> health;
  governance::Scope* scope = nullptr;    // nullptr: no limits are set on it
};

// What a virtual key may do besides what auth::Key says, and where its requests count.
struct KeyTerms {
  std::string customer;
  std::vector<std::string> endpoints;    // names of operations; empty: all
  std::vector<config::Network> networks; // empty: anywhere
  std::vector<std::string> tags;         // sorted
  config::Queue queue;
  std::vector<governance::Scope*> scopes;   // of its customer, its team and itself, where limits are set
  std::vector<std::pair<std::string, governance::Scope*>> at_provider;   // by the id of the provider entry
};

struct Account {
  routing::Account routes;               // ids, models, weights
  std::vector<Target> targets;           // same order as routes.targets
  config::Failover failover;
  bool refuse_unsupported = false;       // a request field that cannot be translated is an error
};

class Snapshot {
 public:
  // `config`: with what the store keeps (config/extend.hpp); `stored` has the texts of the keys that were made here.
  // Refuses what validation cannot see: a virtual key whose text two entries share, a price list that cannot be read.
  static Result<std::shared_ptr<const Snapshot>> compile(config::Config config, std::span<const store::StoredKey> stored,
                                                         Memory& memory, std::uint64_t version, std::int64_t now);

  const config::Config& settings() const { return x_config; }
  const auth::KeyTable& keys() const { return x_keys; }
  // No virtual key has existed since the start: loopback callers only, with the only account. A gateway that loses its
  // last key (half of a file read, a key revoked) does not open: it refuses everyone until there is one.
  bool open() const { return x_open; }
  const Account* account(std::string_view id) const;
  const Account* only_account() const { return x_accounts.size() == 1 ? &x_accounts.begin()->second : nullptr; }
  const std::vector<std::unique_ptr<Upstream>>& upstreams() const { return x_upstreams; }
  const pricing::PriceTable& prices() const { return *x_prices; }
  const KeyTerms& terms(const auth::Key& key) const { return x_terms[key.index]; }
  governance::Scope* tag(std::string_view id) const;   // nullptr: no limits are set on it
  // The counters that all limits of this configuration go by, as the store keeps them.
  std::vector<store::Counter> counters() const;
  std::uint64_t version() const { return x_version; }
  std::int64_t loaded_at() const { return x_loaded_at; }   // Unix seconds

 private:
  Snapshot() = default;
  Result<> compile_keys(std::span<const store::StoredKey> stored, governance::Book& book);
  KeyTerms terms_of(const config::VirtualKey& entry, std::string_view customer, governance::Book& book) const;

  config::Config x_config;
  std::vector<std::unique_ptr<Upstream>> x_upstreams;
  std::map<std::string, Account, std::less<>> x_accounts;
  auth::KeyTable x_keys;
  std::vector<KeyTerms> x_terms;         // by auth::Key::index
  std::map<std::string, governance::Scope*, std::less<>> x_customers, x_teams, x_tags;   // those with limits
  bool x_open = false;
  std::shared_ptr<const pricing::PriceTable> x_prices;   // shared between snapshots of the same overrides
  std::uint64_t x_version = 0;
  std::int64_t x_loaded_at = 0;
};

}  // namespace sluice::gateway
