#include "sluice/routing/failover.hpp"

#include <algorithm>

namespace sluice::routing {
namespace {

bool worth_another_target(const Failed& failed, const config::Failover& policy) {
  switch (failed.trouble) {
    case Trouble::not_connected: return policy.on_connect;
    case Trouble::lost:
    case Trouble::garbled: return policy.on_5xx;   // as a bad gateway, which is what the caller would be told
    case Trouble::timeout: return policy.on_timeout;
    case Trouble::cancelled: return false;
    case Trouble::refused: break;
  }
  const auto& listed = policy.on_status;
  if (std::find(listed.begin(), listed.end(), failed.status) != listed.end()) return true;
  if (failed.status >= 500) return policy.on_5xx;
  // An error the provider reported with another status (200, 400) but that is an overload in truth.
  return failed.try_next && failed.status < 400 && policy.on_5xx;
}

}  // namespace

Next decide(const Failed& failed, const Tried& tried, const config::Failover& policy, std::uint32_t retry_max_attempts) {
  if (failed.trouble == Trouble::cancelled) return Next::give_up;
  if (failed.elsewhere) return Next::next_target;   // each is asked once: nothing is spent by asking
  if (tried.sent >= policy.max_attempts) return Next::give_up;
  if (failed.trouble == Trouble::refused && failed.key_at_fault) {
    if (tried.more_keys) return Next::another_key;
    // Our own credential is bad: no other target is asked, so that the mistake shows, unless the operator lists 401.
    return worth_another_target(failed, policy) ? Next::next_target : Next::give_up;
  }
  if (!worth_another_target(failed, policy)) return Next::give_up;
  if (tried.at_this_target < retry_max_attempts) return Next::same_again;
  return Next::next_target;
}

int usefulness(const Failed& failed) {
  switch (failed.trouble) {
    case Trouble::refused:
      if (failed.status == 401 || failed.status == 403) return 3;   // about our credential, not about the request
      if (failed.status == 429) return 4;
      if (failed.status >= 500 || failed.status < 400 || failed.try_next) return 3;
      return 5;
    case Trouble::timeout: return 2;
    case Trouble::lost:
    case Trouble::garbled: return 1;
    case Trouble::not_connected:
    case Trouble::cancelled: break;
  }
  return 0;
}

}  // namespace sluice::routing
