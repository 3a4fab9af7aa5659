// /admin/prices: which price counts, and prices of one's own.
#include "admin/call.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/base/money.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using http::Verb;

Json shown(const store::Entity& entity) {
  Json out{{"object", "price_override"}, {"id", entity.id}};
  out.update(Json::parse(entity.settings));
  out["created_at"] = time_or_null(entity.created_us);
  return out;
}

// Dollars per million tokens of nano-dollars per thousand.
std::string per_million(std::int64_t rate) { return usd(rate * 1000); }

Json rates_json(const pricing::Rates& r) {
  return {{"input", per_million(r.input)},
          {"cache_read", per_million(r.cache_read)},
          {"cache_write_5m", per_million(r.cache_write_5m)},
          {"cache_write_1h", per_million(r.cache_write_1h)},
          {"input_audio", per_million(r.input_audio)},
          {"output", per_million(r.output)},
          {"reasoning", per_million(r.reasoning)},
          {"output_audio", per_million(r.output_audio)}};
}

// Whose requests the look-up is about; a team's token asks for its own.
struct Asker { std::string customer, team, key; };
Asker asker_of(const Call& call, const config::Config& config) {
  Asker asker{call.asked("customer").value_or(""), call.asked("team").value_or(""), call.asked("key").value_or("")};
  if (call.of_team()) asker = {"", call.caller.team, ""};
  for (const config::VirtualKey& key : config.virtual_keys)
    if (key.id == asker.key) asker.team = key.team;
  for (const config::Team& team : config.teams)
    if (team.id == asker.team) asker.customer = team.customer;
  return asker;
}

Result<Json> look_up(Call& call) {
  const auto provider = call.asked("provider"), model = call.asked("model");
  if (!provider || !model) return bad("`provider` (the id of a provider entry, or a type) and `model` are needed.", provider ? "model" : "provider");
  const auto at = moment_of(call, "at");
  if (!at) return at.error();
  const auto snapshot = call.deployment.in_force();
  std::string type = *provider, base_url;
  for (const auto& upstream : snapshot->upstreams())
    if (upstream->id == *provider) type = upstream->type, base_url = upstream->base_url;
  const Asker asker = asker_of(call, snapshot->settings());
  const pricing::Scope scope{asker.customer, asker.team, asker.key, *provider};
  const pricing::PriceTable& prices = snapshot->prices();
  const auto rates = prices.rates(type, base_url, *model, at->value_or(unix_seconds()), 0, scope);
  Json out{{"object", "price"}, {"provider", *provider}, {"model", *model}, {"priced", rates.has_value()}};
  out["source"] = rates ? Json("built_in") : Json();
  out["override"] = nullptr;
  if (const config::PriceOverride* own = prices.own(*model, scope)) {
    out["source"] = own->stored_id.empty() ? "configuration" : "store";
    out["override"] = own->stored_id.empty() ? Json(own->model) : Json(own->stored_id);
  }
  out["usd_per_million_tokens"] = rates ? rates_json(*rates) : Json();
  out["version"] = prices.version();
  return out;
}

Result<Json> list(Call& call) {
  auto entities = call.deployment.store().entities();
  if (!entities) return std::move(entities).error();
  std::vector<Json> items;
  for (const store::Entity& one : *entities)
    if (one.kind == "price") items.push_back(shown(one));
  return page(call, std::move(items));
}

Result<Json> create(Call& call) {
  const std::int64_t now = unix_us();
  Json settings = Json::object();
  settings.merge_patch(call.body);
  const store::Entity entity{"price", made_id("price_"), settings.dump(), now, now};
  store::Change change;
  change.put_entities.push_back(entity);
  auto done = commit(call, std::move(change), "create", "price", entity.id, nullptr, settings);
  if (!done) return std::move(done).error();
  return shown(entity);
}

Result<Json> remove(Call& call) { return remove_entity(call, "price"); }

constexpr Parameter look_up_parameters[] = {{"provider", "string", "The id of a provider entry, or a type such as openai. Needed."},
                                            {"model", "string", "The model, by the name that is sent upstream. Needed."},
                                            {"customer", "string", "For requests of this customer."},
                                            {"team", "string", "For requests of this team."},
                                            {"key", "string", "For requests with this virtual key."},
                                            {"at", "date-time", "When, among dated prices; otherwise now."}};
constexpr Parameter list_parameters[] = {limit_parameter, after_parameter};
constexpr std::uint8_t admin_only = Role::admin;
constexpr Route routes[] = {
    {Verb::get, "/admin/prices", everyone, false, 200, "", "Price", look_up_parameters, "Which price counts for a model, and where it is from.", look_up},
    {Verb::get, "/admin/prices/overrides", readers, false, 200, "", "PriceOverrideList", list_parameters, "The prices made here.", list},
    {Verb::post, "/admin/prices/overrides", admin_only, true, 201, "PriceSettings", "PriceOverride", {},
     "Sets a price of one's own. Prices for somebody come first, then those for anybody, the newest first, then the configuration's, then the built-in ones.", create},
    {Verb::delete_, "/admin/prices/overrides/{id}", admin_only, true, 204, "", "", {}, "Takes a price of one's own back.", remove},
};

}  // namespace

std::span<const Route> price_routes() { return routes; }

}  // namespace sluice::admin
