#include "gateway/admit.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <any>
#include <array>
#include <span>

#include "gateway/facts.hpp"
#include "gateway/key_ring.hpp"
#include "gateway/key_terms.hpp"
#include "gateway/translation.hpp"
#include "sluice/auth/credentials.hpp"
#include "sluice/base/secret.hpp"
#include "sluice/base/text.hpp"
#include "sluice/gateway/administration.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using net::Clock;
using routing::Readiness;

// Who the connection's last request came from.
struct LastCaller {
  Secret header;                // its Authorization, as it came
  const auth::Key* key;         // of the snapshot of this version
  std::uint64_t version;

  bool is(std::string_view presented, std::int64_t now_seconds) const {
    std::string_view mine = header.reveal();
    if (presented.size() != mine.size() || CRYPTO_memcmp(presented.data(), mine.data(), mine.size()) != 0) return false;
    return !key->expires_at || *key->expires_at > now_seconds;
  }
};

Readiness readiness_of(const Target& target, std::string_view model, Clock::time_point now) {
  if (!target.upstream->usable) return Readiness::unavailable;
  KeyRing ring(*target.upstream, model);
  if (!ring.more(now)) return Readiness::unavailable;
  return target.health->failing(now) ? Readiness::failing : Readiness::ready;
}

// Why none of the candidates can be asked at this moment.
Error nobody_ready(const Account& account, const std::vector<routing::Step>& steps, Clock::time_point now) {
  auto earliest = Clock::time_point::max();
  std::string unusable;
  for (const routing::Step& step : steps) {
    const Upstream& upstream = *account.targets[step.target].upstream;
    if (upstream.usable) earliest = std::min(earliest, KeyRing(upstream, step.model).ready_at());
    else unusable = upstream.unusable_because;
  }
  if (earliest != Clock::time_point::max()) {
    auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(earliest - now, Clock::duration(1)));
    return Error(Code::rate_limited, "The provider's rate limit is reached and no other target is free. Retry after the time given.")
        .retry_in(wait);
  }
  if (!unusable.empty()) return Error(Code::upstream_failed, "No target can serve this model: " + unusable).named("provider_not_configured");
  return Error(Code::upstream_failed, "No key of the provider may be used for this model; see `keys[].models` in the configuration.")
      .named("provider_not_configured");
}

// `pricing.unknown_model: deny`: what has no price is not asked for. The simulated provider is free.
Result<> leave_out_unpriced(const Exchange& ex, std::vector<routing::Step>& steps) {
  const config::Pricing& pricing = ex.snapshot->settings().pricing;
  if (!pricing.unknown_model_set || pricing.unknown_model != config::Pricing::UnknownModel::deny) return {};
  std::erase_if(steps, [&](const routing::Step& step) {
    const Upstream& upstream = *ex.account->targets[step.target].upstream;
    return !upstream.simulated && !ex.snapshot->prices().knows(upstream.type, upstream.base_url, step.model, ex.price_scope(upstream));
  });
  if (!steps.empty()) return {};
  return Error(Code::forbidden, "The model `" + ex.facts.model + "` has no known price, and this gateway refuses such models. "
                                "Its operator can add one under `pricing.overrides`.")
      .named("model_not_priced")
      .about("model");
}

std::vector<routing::Step> every_target(const Account& account) {
  std::vector<routing::Step> steps;
  for (std::size_t i = 0; i < account.targets.size(); ++i) steps.push_back({i, account.routes.targets[i].model});
  return steps;
}

Result<> leave_out_incapable(const Exchange& ex, std::vector<routing::Step>& steps) {
  const Endpoint& endpoint = ex.endpoint;
  std::erase_if(steps, [&](const routing::Step& step) {
    return how_to_ask(*ex.account->targets[step.target].upstream, endpoint, step.model).wire == nullptr;
  });
  if (!steps.empty()) return {};
  std::string operation(llm::to_string(endpoint.operation));
  if (ex.facts.model.empty()) return Error(Code::not_found, "No target of this account keeps responses.").named("not_found");
  return Error(Code::bad_request, "The model `" + ex.facts.model + "` cannot be used for `" + operation + "` here: no provider of it offers that.")
      .named("unsupported_operation")
      .about("model");
}

// Leaves out what cannot serve, and puts the rest into the order in which it is tried.
Result<> arrange(Exchange& ex, Worker& worker, std::vector<routing::Step> steps) {
  auto able = leave_out_incapable(ex, steps);
  if (!able) return able;
  auto priced = leave_out_unpriced(ex, steps);
  if (!priced) return priced;
  auto now = Clock::now();
  std::array<Readiness, 16> few;   // most accounts have no more targets
  std::vector<Readiness> many;
  if (ex.account->targets.size() > few.size()) many.resize(ex.account->targets.size());
  std::span<Readiness> readiness = many.empty() ? std::span(few.data(), ex.account->targets.size()) : std::span(many);
  std::fill(readiness.begin(), readiness.end(), Readiness::unavailable);
  for (const routing::Step& step : steps) {
    readiness[step.target] = readiness_of(ex.account->targets[step.target], step.model, now);
  }
  bool anyone = std::any_of(readiness.begin(), readiness.end(), [](Readiness r) { return r != Readiness::unavailable; });
  if (!anyone) return nobody_ready(*ex.account, steps, now);
  ex.plan = std::move(steps);
  routing::arrange(ex.account->routes, ex.plan, readiness, worker.draw());
  return {};
}

}  // namespace

Result<const auth::Key*> caller_of(const Snapshot& snapshot, const http::Request& request, std::int64_t now_seconds) {
  if (snapshot.open() && from_a_foreign_page(request.head.fields)) {
    return Error(Code::forbidden, "This gateway has no virtual keys, so it does not serve web pages of other origins: any page in a browser "
                                  "on this machine could spend money. Make a key with `sluice keys create`.");
  }
  if (snapshot.open()) {
    if (request.from_loopback) return static_cast<const auth::Key*>(nullptr);
    return Error(Code::forbidden, "This gateway has no virtual keys and therefore serves loopback addresses only. "
                                  "Add `virtual_keys` to its configuration or run `sluice keys create`.");
  }
  const http::Fields& fields = request.head.fields;
  auth::Credentials presented{fields.get(http::FieldName::authorization), fields.get("x-api-key"), fields.get("x-goog-api-key"),
                            fields.get("api-key"), request.head.query()};
  std::string decoded;
  std::string_view text = auth::presented_key(presented, decoded);
  return auth::authenticate(snapshot.keys(), text, now_seconds);
}

Result<const auth::Key*> known_caller_of(const Snapshot& snapshot, http::Request& request, std::int64_t now_seconds) {
  std::string_view header = request.head.fields.get(http::FieldName::authorization);
  auto* last = std::any_cast<LastCaller>(&request.kept);
  if (last != nullptr && last->version == snapshot.version() && last->is(header, now_seconds)) return last->key;
  auto key = caller_of(snapshot, request, now_seconds);
  bool bearer = header.size() > 7 && iequals(header.substr(0, 7), "bearer ");   // only then it was the header that told
  if (key && *key != nullptr && bearer) {
    request.kept = LastCaller{Secret(std::string(header)), *key, snapshot.version()};
  }
  return key;
}

Result<> identify(Exchange& ex) {
  auto key = known_caller_of(*ex.snapshot, ex.request, ex.now_seconds());
  if (!key) return std::move(key).error();
  ex.key = *key;
  if (ex.key == nullptr) {
    ex.account = ex.snapshot->only_account();
  } else {
    ex.terms = &ex.snapshot->terms(*ex.key);
    ex.record.key_id = ex.key->id;
    ex.record.team = ex.key->team;
    ex.account = ex.snapshot->account(ex.key->account);
  }
  if (ex.account == nullptr && ex.key == nullptr) {
    return Error(Code::forbidden, "This gateway has several accounts, and without a virtual key nothing says which one to use. "
                                  "Make a key with `sluice keys create --account ID`.");
  }
  if (ex.account == nullptr) {
    return Error(Code::forbidden, "This key is bound to an account that the configuration does not have.").named("account_not_found");
  }
  ex.record.account = ex.account->routes.id;
  return check_terms(ex);
}

Result<> choose_targets(Exchange& ex, Worker& worker) {
  auto facts = read_facts(ex);
  if (!facts) return std::move(facts).error();
  ex.facts = *std::move(facts);
  ex.record.model_asked = ex.facts.model;
  ex.record.stream = ex.facts.stream;
  const bool named = !ex.facts.model.empty();   // a stored response names none
  if (!ex.endpoint.model.empty() && ex.facts.model.starts_with('.')) {   // "..": in the provider's path it would name something else
    return Error(Code::bad_request, "A model's name does not begin with a dot.").named("model_not_found").about("model");
  }
  if (named && ex.key != nullptr && !routing::allowed(ex.key->models, ex.facts.model)) {
    return Error(Code::forbidden, "This key may not use the model `" + ex.facts.model + "`.").named("model_not_allowed").about("model");
  }
  if (!named) {
    auto all = every_target(*ex.account);
    return arrange(ex, worker, std::move(all));
  }
  auto steps = routing::candidates(ex.account->routes, ex.facts.model);
  if (!steps) return std::move(steps).error();
  return arrange(ex, worker, *std::move(steps));
}

}  // namespace sluice::gateway
