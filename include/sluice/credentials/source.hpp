// Where a provider's authority comes from, and what was got there last. A Source belongs to one worker, as its pools
// do: whoever waits for it waits on that worker's loop, nothing is locked, and the price is one token for each worker
// in an hour. It lives beside the snapshot, found again by its settings, and so survives reloads.
//
// A grant is renewed while it is still good: once four fifths of the life it had left when it came have passed, the next
// request starts the renewal and goes on with the old one. (A share and not a fixed time: metadata servers hand out
// the same token until minutes before its end, and the share makes asking them again rarer than a fixed time would.) Only
// when there is no good one do requests wait, all for the same fetch. A provider that nobody uses is not asked for.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/config/cloud.hpp"
#include "sluice/credentials/grant.hpp"
#include "sluice/http/client.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::credentials {

// What a source is known by.
struct Settings {
  std::string provider;        // its id
  config::CloudAccess access;
  std::string proxy, ca_file;  // of the provider; not used towards the machine's own endpoints
  friend bool operator==(const Settings&, const Settings&) = default;
};

using GrantPtr = std::shared_ptr<const Grant>;

class Source final {
 public:
  using Now = std::function<std::int64_t()>;                  // Unix seconds
  using Fetch = std::function<net::Task<Result<Grant>>()>;    // may be called again when the task has ended
  Source(net::Executor executor, std::string provider, Fetch fetch, Now now);

  // What may be shown now; nullptr: wait(). Starts a renewal that is due.
  GrantPtr ready();
  // A grant that is fetched now (or by a fetch under way). Cancelling `wake` ends the wait with Code::cancelled, while
  // the fetch goes on for others. A source that has just failed is left alone for 1 s, then 2 s … 60 s: until then the
  // same error comes at once. An error names the provider and the source, and never holds a secret.
  net::Task<Result<GrantPtr>> wait(net::Timer& wake);
  // A provider refused this one. True: it is worth while to wait() for another and try once more. False for keys that
  // are always the same, and when another was fetched for the same reason less than 30 s ago: a refusal may have other
  // reasons, and must not make two requests of every one.
  bool doubt(const GrantPtr& refused);

 private:
  struct State;
  std::shared_ptr<State> x_state;   // shared with a fetch under way, which may outlive this object
};

// The sources of one worker. `pool` must outlive every fetch, as it does: the loop is stopped first.
class Sources final {
 public:
  Sources(net::asio::io_context& io, http::ClientPool& pool);
  Sources(net::asio::io_context& io, http::ClientPool& pool, Source::Now now);   // for tests
  std::shared_ptr<Source> of(const std::shared_ptr<const Settings>& settings);

 private:
  struct Entry { std::shared_ptr<const Settings> settings; std::shared_ptr<Source> source; std::int64_t used = 0; };
  net::Executor x_executor;
  http::ClientPool& x_pool;
  Source::Now x_now;
  std::vector<Entry> x_entries;
};

// What a source fetches by; the task keeps the settings.
Source::Fetch fetch_for(http::ClientPool& pool, std::shared_ptr<const Settings> settings, Source::Now now);

}  // namespace sluice::credentials
