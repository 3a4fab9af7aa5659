#include "sluice/net/resolver.hpp"

#include <algorithm>
#include <boost/asio/ip/basic_resolver.hpp>
#include <unordered_map>

#include "sluice/net/describe.hpp"

namespace sluice::net {
namespace {

constexpr std::size_t sweep_above = 1024;   // names come from the configuration; this bounds what reloads leave behind

using SystemResolver = asio::ip::basic_resolver<tcp, Executor>;

Resolver::Ask ask_system(asio::io_context& io) {
  auto resolver = std::make_shared<SystemResolver>(io.get_executor());
  return [resolver](const std::string& host, Resolver::Answer answer) {
    // Without flags: with AI_ADDRCONFIG "localhost" has no address on a machine that has only its loopback interface.
    resolver->async_resolve(host, "", asio::ip::resolver_base::flags(),
                            [answer = std::move(answer)](ErrorCode failed, SystemResolver::results_type found) {
                              Addresses addresses;
                              for (const auto& each : found) addresses.push_back(each.endpoint().address());
                              answer(failed, std::move(addresses));
                            });
  };
}

std::string_view without_brackets(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') return host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

Addresses interleave_families(const Addresses& given) {
  if (given.empty()) return {};
  Addresses first, second;
  for (const asio::ip::address& each : given) {
    Addresses& family = each.is_v6() == given.front().is_v6() ? first : second;
    if (std::find(family.begin(), family.end(), each) == family.end()) family.push_back(each);
  }
  Addresses mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

struct Resolver::Entry {
  Addresses addresses;
  ErrorCode failure;                                                 // of the last look-up
  Clock::time_point answered = Clock::time_point::min();             // when `addresses` came
  Clock::time_point ask_again = Clock::time_point::min();
  std::vector<Timer*> waiting;
  bool asking = false;
};

struct Resolver::State {
  Ask ask;
  Now now;
  ResolverTimes times;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries;

  void begin(const std::shared_ptr<State>& self, const std::string& host, const std::shared_ptr<Entry>& entry);
  void answered(Entry& entry, ErrorCode failed, Addresses found);
  Result<Addresses> outcome(const std::string& host, const Entry& entry) const;
  void sweep();
};

void Resolver::State::begin(const std::shared_ptr<State>& self, const std::string& host,
                            const std::shared_ptr<Entry>& entry) {
  entry->asking = true;
  ask(host, [weak = std::weak_ptr<State>(self), entry](ErrorCode failed, Addresses found) {
    const std::shared_ptr<State> state = weak.lock();
    if (state) state->answered(*entry, failed, std::move(found));
  });
}

void Resolver::State::answered(Entry& entry, ErrorCode failed, Addresses found) {
  entry.asking = false;
  if (!failed && found.empty()) failed = asio::error::host_not_found;
  entry.failure = failed;
  if (failed) {
    entry.ask_again = now() + times.failed;
  } else {
    entry.addresses = interleave_families(found);
    entry.answered = now();
    entry.ask_again = entry.answered + times.fresh;
  }
  for (Timer* each : entry.waiting) each->cancel();
  entry.waiting.clear();
}

Result<Addresses> Resolver::State::outcome(const std::string& host, const Entry& entry) const {
  if (!entry.failure && !entry.addresses.empty()) return entry.addresses;
  if (!entry.addresses.empty() && now() < entry.answered + times.stale) return entry.addresses;
  return Error(Code::upstream_failed, "resolve " + host + ": " + describe(entry.failure));
}

void Resolver::State::sweep() {
  std::erase_if(entries, [this](const auto& each) {
    const Entry& entry = *each.second;
    if (entry.asking || now() < entry.ask_again) return false;
    return entry.addresses.empty() || now() >= entry.answered + times.stale;
  });
}

Resolver::Resolver(asio::io_context& io) : Resolver(io, ask_system(io), &Clock::now) {}

Resolver::Resolver(asio::io_context&, Ask ask, Now now, ResolverTimes times) : x_state(std::make_shared<State>()) {
  x_state->ask = std::move(ask);
  x_state->now = std::move(now);
  x_state->times = times;
}

Resolver::~Resolver() = default;

Task<Result<Addresses>> Resolver::resolve(std::string_view host, Timer& wake) {
  const std::shared_ptr<State> state = x_state;
  const std::string name(without_brackets(host));
  ErrorCode not_an_address;
  const asio::ip::address literal = asio::ip::make_address(name, not_an_address);
  if (!not_an_address) co_return Addresses(1, literal);

  if (state->entries.size() > sweep_above) state->sweep();
  std::shared_ptr<Entry>& slot = state->entries[name];
  if (!slot) slot = std::make_shared<Entry>();
  const std::shared_ptr<Entry> entry = slot;
  if (!entry->asking && state->now() < entry->ask_again) co_return state->outcome(name, *entry);

  if (!entry->asking) state->begin(state, name, entry);
  if (entry->asking) {
    wake.expires_at(Clock::time_point::max());
    entry->waiting.push_back(&wake);
    co_await wake.async_wait(as_result);
    const bool ended_from_outside = std::erase(entry->waiting, &wake) > 0;
    if (ended_from_outside) co_return Error(Code::cancelled, "resolve " + name + ": cancelled");
  }
  co_return state->outcome(name, *entry);
}

}  // namespace sluice::net
