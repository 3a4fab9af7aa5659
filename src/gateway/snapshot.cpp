#include "sluice/gateway/snapshot.hpp"

#include <algorithm>
#include <unordered_map>

#include "gateway/url.hpp"
#include "sluice/http/header_block.hpp"
#include "sluice/providers/model_listing.hpp"
#include "sluice/providers/registry.hpp"

namespace sluice::gateway {
namespace {

std::string lines_of(const providers::Headers& headers) {
  std::string lines;
  for (const auto& [name, value] : headers) http::append_header(lines, name, value);
  return lines;
}

std::vector<Credential> credentials_of(const config::Provider& entry, const providers::Provider& adapter, Memory& memory) {
  std::vector<Credential> keys;
  auto add = [&](std::string_view secret, double weight, const std::vector<std::string>& models) {
    providers::Headers headers;
    adapter.authorize(secret, headers);
    Credential key{lines_of(headers), Secret(std::string(secret)), weight, models, memory.health.of("key:" + entry.id + ":" + std::to_string(keys.size())), {}};
    keys.push_back(std::move(key));
  };
  for (const config::ProviderKey& key : entry.keys) add(key.value.reveal(), key.weight, key.models);
  if (!keys.empty()) return keys;
  add("", 1, {});
  if (entry.access.platform != config::CloudAccess::Platform::none) {
    credentials::Settings settings{entry.id, entry.access, entry.proxy, entry.ca_file};
    keys.front().source = std::make_shared<const credentials::Settings>(std::move(settings));
  }
  return keys;
}

// nullptr: nothing speaks to its type.
std::string fixed_chat_path(const providers::Provider& adapter) {
  std::string path;
  for (const std::string_view model : {"one", "other", "claude-sonnet-4-5"}) {   // Azure has Claude at a path of its own
    const dialects::Wire* wire = adapter.wire(llm::Operation::chat, llm::Dialect::openai, model);
    if (wire == nullptr || wire->dialect() != llm::Dialect::openai) return {};
    for (const bool stream : {false, true}) {
      std::string found = adapter.path({llm::Operation::chat, llm::Dialect::openai, model, stream, true, {}});
      if (!path.empty() && found != path) return {};
      path = std::move(found);
    }
  }
  return path.find('?') == path.npos ? path : std::string();
}

std::unique_ptr<Upstream> compile_upstream(const config::Provider& entry, Memory& memory) {
  auto upstream = std::make_unique<Upstream>();
  upstream->id = entry.id;
  upstream->type = entry.type;
  upstream->base_url = entry.base_url;
  upstream->adapter = providers::make_provider(
      {entry.type, entry.base_url, entry.region, entry.project, entry.api_version, entry.quirks, entry.auth_header, entry.operations});
  if (!upstream->adapter) return nullptr;
  upstream->chat_path = fixed_chat_path(*upstream->adapter);
  upstream->simulated = entry.type == "simulated";
  const config::Simulation& s = entry.simulation;
  upstream->simulation = {s.text, s.latency, s.token_latency, s.error_rate, s.error_status, s.input_tokens, s.output_tokens};
  Url url = parse_url(entry.base_url);
  while (url.path.ends_with('/')) url.path.pop_back();
  upstream->origin.tls = url.tls;
  upstream->origin.host = url.host;
  upstream->origin.port = url.port;
  upstream->origin.proxy = entry.proxy;
  upstream->origin.ca_file = entry.ca_file;
  upstream->origin.max_idle = entry.max_idle_connections;
  upstream->base_path = upstream->adapter->base_path(url.path);
  upstream->region = entry.region;
  http::append_header(upstream->header_lines, "Host", upstream->origin.authority());
  for (const auto& [name, value] : entry.headers) http::append_header(upstream->header_lines, name, value);
  upstream->timeouts = entry.timeouts;
  upstream->retry = entry.retry;
  upstream->keys = credentials_of(entry, *upstream->adapter, memory);
  upstream->usable = entry.usable;
  upstream->unusable_because = entry.unusable_because;
  return upstream;
}

// As the configuration says; else where a target passes on whatever is asked for.
bool lists_models(const config::Provider& entry, const config::Config& config, const Upstream& upstream) {
  if (!upstream.usable || upstream.simulated || !providers::model_listing(upstream.type, upstream.base_url)) return false;
  if (entry.list_models) return *entry.list_models;
  for (const config::Account& account : config.accounts)
    for (const config::Target& target : account.targets)
      if (target.provider == entry.id && std::find(target.models.begin(), target.models.end(), "*") != target.models.end()) return true;
  return false;
}

Account compile_account(const config::Account& entry, const std::vector<std::unique_ptr<Upstream>>& upstreams, Memory& memory) {
  Account account;
  account.routes.id = entry.id;
  account.failover = entry.failover;
  account.refuse_unsupported = entry.refuse_unsupported;
  for (const config::Target& target : entry.targets) {
    auto upstream = std::find_if(upstreams.begin(), upstreams.end(), [&](const auto& u) { return u->id == target.provider; });
    account.routes.targets.push_back({target.id, target.provider, target.model, target.models, target.weight});
    const std::string name = entry.id + "/" + target.id;
    governance::Scope* scope = target.unlimited() ? nullptr : &memory.book.scope(governance::Level::target, name, {}, target);
    account.targets.push_back({upstream->get(), memory.health.of("target:" + entry.id + ":" + target.id), scope});
  }
  routing::normalise(account.routes);
  return account;
}

Result<std::shared_ptr<const pricing::PriceTable>> prices_for(const config::Pricing& pricing, Memory& memory) {
  const std::vector<config::PriceOverride>& overrides = pricing.overrides;
  const auto fetched = pricing.url.empty() ? nullptr : memory.fetched_prices;
  if (memory.prices && overrides == memory.overrides && fetched == memory.prices_in_table) return memory.prices;
  auto built = pricing::PriceTable::build(pricing::PriceTable::built_in_models(), overrides, fetched ? *fetched : std::string_view());
  if (!built) return built.error();
  memory.prices = std::make_shared<const pricing::PriceTable>(*std::move(built));
  memory.overrides = overrides;
  memory.prices_in_table = fetched;
  return memory.prices;
}

// Those on which limits are set.
template <class Owner>
std::map<std::string, governance::Scope*, std::less<>> scopes_of(const std::vector<Owner>& owners, governance::Level level, governance::Book& book) {
  std::map<std::string, governance::Scope*, std::less<>> scopes;
  for (const Owner& owner : owners) {
    if (!owner.unlimited()) scopes.emplace(owner.id, &book.scope(level, owner.id, {}, owner));
  }
  return scopes;
}

auth::Digest digest_of(const std::string& raw) {
  auth::Digest digest{};
  std::copy_n(raw.begin(), std::min(raw.size(), digest.size()), digest.begin());
  return digest;
}

}  // namespace

KeyTerms Snapshot::terms_of(const config::VirtualKey& entry, std::string_view customer, governance::Book& book) const {
  KeyTerms terms;
  terms.customer = customer;
  const auto count_in = [&terms](const auto& scopes, std::string_view id) {
    const auto found = scopes.find(id);
    if (found != scopes.end()) terms.scopes.push_back(found->second);
  };
  count_in(x_customers, terms.customer);
  count_in(x_teams, entry.team);
  terms.endpoints = entry.endpoints;
  terms.networks = entry.networks;
  terms.tags = entry.tags;
  terms.queue = entry.queue;
  if (!entry.unlimited()) terms.scopes.push_back(&book.scope(governance::Level::key, entry.id, {}, entry));
  for (const config::KeyProvider& at : entry.providers)
    terms.at_provider.emplace_back(at.provider, &book.scope(governance::Level::key_provider, entry.id, at.provider, at));
  return terms;
}

Result<> Snapshot::compile_keys(std::span<const store::StoredKey> stored, governance::Book& book) {
  std::vector<auth::Key> keys;
  std::unordered_map<std::string_view, std::string_view> customers;   // by team
  for (const config::Team& team : x_config.teams) customers.emplace(team.id, team.customer);
  const auto add = [&](auth::Key&& key, const config::VirtualKey& entry) {
    key.index = keys.size();
    const auto owner = customers.find(entry.team);
    x_terms.push_back(terms_of(entry, owner == customers.end() ? std::string_view() : owner->second, book));
    keys.push_back(std::move(key));
  };
  std::unordered_map<std::string_view, const store::StoredKey*> kept;   // the texts of keys whose entries have none
  for (const store::StoredKey& key : stored) kept.emplace(key.id, &key);
  for (const config::VirtualKey& entry : x_config.virtual_keys) {
    auth::Key key{entry.id, entry.account, entry.team, entry.models, entry.enabled, entry.expires_at, {}, 0};
    const auto found = kept.find(entry.id);
    const store::StoredKey* made = found == kept.end() ? nullptr : found->second;
    if (entry.key) key.digest = auth::sha256(entry.key->reveal());
    else if (made != nullptr) key.digest = digest_of(made->sha256);
    else continue;   // its text is made at the next start; until then nobody can present it
    auth::Key previous = key;
    add(std::move(key), entry);
    if (entry.key || made->previous_sha256.empty() || made->previous_until <= x_loaded_at) continue;
    previous.digest = digest_of(made->previous_sha256);   // rotated a while ago: the text before works too
    previous.expires_at = std::min(made->previous_until, entry.expires_at.value_or(INT64_MAX));
    add(std::move(previous), entry);
  }
  auto table = auth::KeyTable::build(std::move(keys));
  if (!table) return table.error();
  x_keys = *std::move(table);
  return {};
}

Result<std::shared_ptr<const Snapshot>> Snapshot::compile(config::Config config, std::span<const store::StoredKey> stored,
                                                          Memory& memory, std::uint64_t version, std::int64_t now) {
  auto snapshot = std::shared_ptr<Snapshot>(new Snapshot());
  snapshot->x_config = std::move(config);
  snapshot->x_version = version;
  snapshot->x_loaded_at = now;
  for (const config::Provider& entry : snapshot->x_config.providers) {
    auto compiled = compile_upstream(entry, memory);
    if (!compiled) return Error(Code::bad_request, "provider `" + entry.id + "`: type " + entry.type + " has no adapter in this version");
    auto& upstream = snapshot->x_upstreams.emplace_back(std::move(compiled));
    upstream->list_models = lists_models(entry, snapshot->x_config, *upstream);
    upstream->refresh = entry.refresh;
  }
  for (const config::Account& entry : snapshot->x_config.accounts) {
    snapshot->x_accounts.emplace(entry.id, compile_account(entry, snapshot->x_upstreams, memory));
  }
  const config::Config& settings = snapshot->x_config;
  snapshot->x_customers = scopes_of(settings.customers, governance::Level::customer, memory.book);
  snapshot->x_teams = scopes_of(settings.teams, governance::Level::team, memory.book);
  snapshot->x_tags = scopes_of(settings.tags, governance::Level::tag, memory.book);
  auto keyed = snapshot->compile_keys(stored, memory.book);
  if (!keyed) return keyed.error();
  memory.had_keys = memory.had_keys || !snapshot->x_keys.empty() || !snapshot->x_config.virtual_keys.empty();
  snapshot->x_open = !memory.had_keys;
  auto prices = prices_for(snapshot->x_config.pricing, memory);
  if (!prices) return prices.error();
  snapshot->x_prices = *std::move(prices);
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

const Account* Snapshot::account(std::string_view id) const {
  auto found = x_accounts.find(id);
  return found == x_accounts.end() ? nullptr : &found->second;
}

governance::Scope* Snapshot::tag(std::string_view id) const {
  auto found = x_tags.find(id);
  return found == x_tags.end() ? nullptr : found->second;
}

std::vector<store::Counter> Snapshot::counters() const {
  using governance::Level;
  std::vector<store::Counter> all;
  const auto add = [&all](Level level, std::string_view subject, std::string_view provider, const config::Limited& limits) {
    for (store::Counter& counter : governance::counters_of(level, subject, provider, limits)) all.push_back(std::move(counter));
  };
  for (const config::Customer& customer : x_config.customers) add(Level::customer, customer.id, {}, customer);
  for (const config::Team& team : x_config.teams) add(Level::team, team.id, {}, team);
  for (const config::Tag& tag : x_config.tags) add(Level::tag, tag.id, {}, tag);
  for (const config::Account& account : x_config.accounts)
    for (const config::Target& target : account.targets) add(Level::target, account.id + "/" + target.id, {}, target);
  for (const config::VirtualKey& key : x_config.virtual_keys) {
    add(Level::key, key.id, {}, key);
    for (const config::KeyProvider& at : key.providers) add(Level::key_provider, key.id, at.provider, at);
  }
  return all;
}

}  // namespace sluice::gateway
