#include "gateway/govern.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "gateway/demand.hpp"
#include "gateway/facts.hpp"
#include "gateway/refusal_text.hpp"
#include "gateway/settle.hpp"
#include "sluice/base/text.hpp"
#include "sluice/gateway/worker.hpp"

namespace sluice::gateway {
namespace {

using governance::Level;
using governance::Moment;
using governance::Verdict;

constexpr std::size_t most_tags = 16, longest_tag = 64;

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= longest_tag && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

Result<> read_tags(std::string_view list, std::vector<std::string>& tags) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view tag = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (tag.empty()) continue;
    if (!is_tag(tag)) {
      return Error(Code::bad_request, "The header x-sluice-tags takes names of up to 64 letters, digits and . _ - with commas between them.")
          .named("invalid_tags");
    }
    tags.emplace_back(tag);
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  if (tags.size() <= most_tags) return {};
  return Error(Code::bad_request, "A request may have at most 16 tags, those of its key included.").named("invalid_tags");
}

bool within(const std::array<unsigned char, 16>& address, const config::Network& network) {
  const unsigned whole = network.bits / 8, rest = network.bits % 8;
  if (std::memcmp(address.data(), network.address.data(), whole) != 0) return false;
  if (rest == 0) return true;
  const unsigned mask = 0xff00u >> rest & 0xffu;
  return (address[whole] & mask) == (network.address[whole] & mask);
}

// `peer` as the socket has it, without a port; IPv4 mapped into IPv6.
bool comes_from(const std::vector<config::Network>& networks, const std::string& peer) {
  std::array<unsigned char, 16> address{};
  address[10] = address[11] = 0xff;
  if (inet_pton(AF_INET, peer.c_str(), address.data() + 12) != 1 && inet_pton(AF_INET6, peer.c_str(), address.data()) != 1) return false;
  return std::any_of(networks.begin(), networks.end(), [&](const config::Network& network) { return within(address, network); });
}

governance::Chain chain_of(const Exchange& ex, const Target& target) {
  governance::Chain chain;
  if (ex.terms != nullptr) {
    chain.assign(ex.terms->scopes.begin(), ex.terms->scopes.end());
    for (const auto& [provider, scope] : ex.terms->at_provider) {
      if (provider == target.upstream->id) chain.push_back(scope);
    }
  }
  if (target.scope != nullptr) chain.push_back(target.scope);
  for (const std::string& tag : ex.record.tags) {
    if (governance::Scope* scope = ex.snapshot->tag(tag)) chain.push_back(scope);
  }
  return chain;
}

// The request with another body, which says the same but for its limit of tokens. The plan's steps view the model's name in
// the facts, so that stays where it is.
void change_body(Exchange& ex, std::string body) {
  ex.request.body = std::move(body);
  auto facts = read_facts(ex);
  if (!facts) return;   // it could be read before
  ex.facts.model_begin = facts->model_begin;
  ex.facts.model_end = facts->model_end;
  ex.facts.max_tokens = facts->max_tokens;
  ex.chat.reset();
}

bool some_budget(const governance::Chain& chain) {
  return std::any_of(chain.begin(), chain.end(), [](const governance::Scope* scope) { return scope->spends.load(std::memory_order_relaxed); });
}

Denied unpriced(std::string_view model) {
  return {Error(Code::forbidden, "The model `" + std::string(model) + "` has no known price, so it cannot be used where a budget applies. The "
                                 "gateway's operator can add one under `pricing.overrides`, or set `pricing.unknown_model: allow`.")
              .named("model_not_priced")
              .about("model"),
          true, false, 0};
}

// `pricing.unknown_model`: where it is not set, what has no price is refused if a budget applies.
bool may_be_unpriced(const Exchange& ex, const Upstream& upstream) {
  const config::Pricing& pricing = ex.snapshot->settings().pricing;
  return upstream.simulated || (pricing.unknown_model_set && pricing.unknown_model == config::Pricing::UnknownModel::allow);
}

// The record as it stands if nothing is ever heard of the attempt that begins now: with it, all that it may cost and use.
// Limits are counted from such a row, too, so it says whose attempt it was and has the tokens that are charged.
Result<> write_open(Exchange& ex, Worker& worker, const Target& target, const governance::Demand& demand) {
  store::RequestRecord& record = ex.record;
  const std::int64_t booked = record.cost_nano_usd, worst = demand.cost(demand.output_most);
  store::AttemptRecord& attempt = record.attempts.emplace_back();
  attempt.target = ex.account->routes.targets[static_cast<std::size_t>(&target - ex.account->targets.data())].id;
  attempt.provider = target.upstream->id;
  attempt.model = demand.model;
  attempt.cost_nano_usd = worst;
  attempt.may_have_run = true;
  record.target = attempt.target;
  record.provider = attempt.provider;
  record.model_served = attempt.model;
  const llm::Usage usage = std::exchange(record.usage, {});
  record.usage.input = demand.input_tokens;
  record.usage.output = demand.output_tokens;
  record.open = true;
  record.cost_nano_usd = booked + worst;
  ex.hold.charges(record.charges, worst);
  auto written = worker.journal->append(record);
  record.open = false;
  record.cost_nano_usd = booked;
  record.usage = usage;
  record.charges.clear();
  record.attempts.pop_back();
  return written;
}

}  // namespace

Result<> check_terms(Exchange& ex) {
  const std::string_view asked = ex.request.head.fields.get("x-sluice-tags");
  if (ex.terms != nullptr) {
    const KeyTerms& terms = *ex.terms;
    ex.record.customer = terms.customer;
    ex.record.tags = terms.tags;
    if (!terms.networks.empty() && !comes_from(terms.networks, ex.request.peer)) {
      return Error(Code::forbidden, "This key may not be used from the address " + ex.request.peer + ".").named("network_not_allowed");
    }
    const std::string_view operation = llm::to_string(ex.endpoint.operation);
    const bool inference = ex.endpoint.kind == Endpoint::Kind::inference;
    if (inference && !terms.endpoints.empty() && std::find(terms.endpoints.begin(), terms.endpoints.end(), operation) == terms.endpoints.end()) {
      return Error(Code::forbidden, "This key may not be used for `" + std::string(operation) + "`.").named("endpoint_not_allowed");
    }
  }
  if (asked.empty()) return {};
  return read_tags(asked, ex.record.tags);
}

std::optional<Denied> reserve(Exchange& ex, Worker& worker, const Target& target, std::string_view model) {
  const governance::Chain chain = chain_of(ex, target);
  const Upstream& upstream = *target.upstream;
  Bound bound = bound_of(ex, upstream, model, false);
  if (!chain.empty()) {
    if (!bound.priced && !may_be_unpriced(ex, upstream) && some_budget(chain)) return unpriced(model);
    governance::Book& book = worker.shared.memory.book;
    const Moment now = Moment::now();
    governance::Outcome outcome = book.reserve(chain, bound.demand, now, ex.hold, &ex.remaining);
    if (outcome.verdict == Verdict::inexact) {
      bound = bound_of(ex, upstream, model, true);
      if (ex.key != nullptr) bound.demand.output_expected = book.expected_output(ex.key->id, model, bound.demand.output_most);
      outcome = book.reserve(chain, bound.demand, now, ex.hold, &ex.remaining);
    }
    if (outcome.verdict == Verdict::refused) return denied(outcome.refusal, now);
    if (outcome.clamp_output > 0) {
      auto changed = with_output_limit(ex, outcome.clamp_output);
      if (changed) {
        bound.demand.output_most = std::min(bound.demand.output_most, outcome.clamp_output * bound.demand.choices);
        change_body(ex, *std::move(changed));
      }
    }
  }
  auto written = write_open(ex, worker, target, bound.demand);
  if (written) return std::nullopt;
  ex.hold.settle({}, Moment::now());
  Counters::add(worker.counters.journal_failures);
  return Denied{Error(Code::overloaded, "The gateway cannot write down what requests cost (its disk may be full), so it takes none now.")
                    .named("journal_full")
                    .retry_in(std::chrono::seconds(1)),
                false, false, 0};
}

void settle_failed(Exchange& ex, const Upstream& upstream, const Troubled& troubled) {
  store::AttemptRecord& attempt = ex.record.attempts.back();
  governance::Used used;
  if (troubled.may_have_run) {
    const llm::Usage usage = estimate(ex, 0);
    const auto cost = ex.snapshot->prices().cost(upstream.type, upstream.base_url, attempt.model, usage, ex.now_seconds(),
                                                 ex.price_scope(upstream));
    used.cost = cost.nano_usd;
    // A provider whose answer was lost may bill all of it. One whose caller has left makes no more.
    if (troubled.failed.trouble != routing::Trouble::cancelled) used.cost = std::max(used.cost, ex.hold.money());
    attempt.cost_nano_usd = used.cost;
    ex.record.cost_nano_usd += used.cost;
    ex.record.usage.estimated = true;
  }
  ex.hold.settle(used, Moment::now());
}

governance::Chain scopes_of_caller(const Exchange& ex) {
  governance::Chain chain;
  if (ex.terms == nullptr) return chain;
  chain.assign(ex.terms->scopes.begin(), ex.terms->scopes.end());
  for (const auto& [provider, scope] : ex.terms->at_provider) chain.push_back(scope);
  return chain;
}

}  // namespace sluice::gateway
