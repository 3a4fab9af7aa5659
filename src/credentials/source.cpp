#include "sluice/credentials/source.hpp"

#include <algorithm>
#include <optional>

#include "sluice/net/spawn.hpp"

namespace sluice::credentials {
namespace {

constexpr std::int64_t longest_rest = 60, doubt_again = 30, longest_margin = 10;

// When renewing begins, and when a grant is shown no more: a request that is on its way must find it good.
std::int64_t renew_at(const Grant& grant, std::int64_t came) {
  return grant.expires == never ? never : came + (grant.expires - came) / 5 * 4;
}
std::int64_t good_until(const Grant& grant, std::int64_t came) {
  return grant.expires == never ? never : grant.expires - std::min(longest_margin, (grant.expires - came) / 10);
}

}  // namespace

struct Source::State : std::enable_shared_from_this<State> {
  State(net::Executor on, std::string for_whom, Fetch by, Now clock)
      : executor(on), provider(std::move(for_whom)), fetch(std::move(by)), now(std::move(clock)) {}

  // A request that waits; it is on the list for as long as it lives or until the fetch has ended.
  class Waiter {
   public:
    Waiter(State& state, net::Timer& wake) : x_state(state), x_wake(wake) { state.waiting.push_back(this); }
    ~Waiter() { std::erase(x_state.waiting, this); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    void fetched() {
      x_fetched = true;
      x_wake.cancel();
    }
    bool was_fetched() const { return x_fetched; }

   private:
    State& x_state;
    net::Timer& x_wake;
    bool x_fetched = false;
  };

  void begin() {
    fetching = true;
    net::spawn(executor, run(shared_from_this()), "fetching credentials");
  }
  static net::Task<> run(std::shared_ptr<State> self);
  void ended(Result<Grant> got);

  net::Executor executor;
  std::string provider;
  Fetch fetch;
  Now now;
  GrantPtr grant;
  std::int64_t renew = 0, good = 0;   // of the grant: from when on it is renewed, until when it is shown
  std::int64_t doubted = 0;           // when a grant was last doubted
  bool fetching = false;
  std::optional<Error> failure;       // of the last fetch
  int failures = 0;                   // in a row
  std::int64_t rests_until = 0;
  std::vector<Waiter*> waiting;
};

net::Task<> Source::State::run(std::shared_ptr<State> self) {
  std::optional<Result<Grant>> got;
  try {
    Result<Grant> fetched = co_await self->fetch();
    got.emplace(std::move(fetched));
  } catch (const std::exception&) {
    // Nothing it calls is meant to throw. If it does, nobody may wait for ever.
  }
  if (!got) got.emplace(Error(Code::internal, "fetching it failed"));
  self->ended(*std::move(got));
}

void Source::State::ended(Result<Grant> got) {
  const std::int64_t at = now();
  fetching = false;
  if (got) {
    grant = std::make_shared<const Grant>(*std::move(got));
    renew = renew_at(*grant, at);
    good = good_until(*grant, at);
    failure.reset();
    failures = 0;
    rests_until = 0;
  } else {
    const std::int64_t rest = std::min(longest_rest, std::int64_t{1} << std::min(failures, 6));
    ++failures;
    rests_until = at + rest;
    failure = Error(got.error().code(), "No authority for provider `" + provider + "`: " + got.error().message() + ".");
  }
  for (Waiter* each : waiting) each->fetched();
  waiting.clear();
}

Source::Source(net::Executor executor, std::string provider, Fetch fetch, Now now)
    : x_state(std::make_shared<State>(executor, std::move(provider), std::move(fetch), std::move(now))) {}

GrantPtr Source::ready() {
  State& state = *x_state;
  const std::int64_t at = state.now();
  if (!state.grant || at >= state.good) return nullptr;
  if (at >= state.renew && !state.fetching && at >= state.rests_until) {
    const GrantPtr old = state.grant;
    state.begin();
    return old;
  }
  return state.grant;
}

net::Task<Result<GrantPtr>> Source::wait(net::Timer& wake) {
  const std::shared_ptr<State> state = x_state;
  if (!state->fetching) {
    if (state->failure && state->now() < state->rests_until) co_return *state->failure;
    state->begin();
  }
  if (state->fetching) {
    State::Waiter waiter(*state, wake);
    wake.expires_at(net::Clock::time_point::max());
    co_await wake.async_wait(net::as_result);
    if (!waiter.was_fetched()) co_return Error(Code::cancelled, "the caller left while authority was being fetched");
  }
  if (state->failure) co_return *state->failure;
  co_return state->grant;
}

bool Source::doubt(const GrantPtr& refused) {
  State& state = *x_state;
  if (refused->expires == never) return false;
  const std::int64_t at = state.now();
  if (at < state.doubted + doubt_again) return false;
  state.doubted = at;
  return true;
}

}  // namespace sluice::credentials
