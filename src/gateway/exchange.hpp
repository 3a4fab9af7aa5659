// Everything known about one request. Lives in the frame of Gateway::serve, on its worker's thread, and is never shared.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/endpoints.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/governance/book.hpp"
#include "sluice/gateway/snapshot.hpp"
#include "sluice/http/handler.hpp"
#include "sluice/llm/request_facts.hpp"
#include "sluice/store/records.hpp"

namespace sluice::gateway {

class Line;

struct Exchange {
  Exchange(http::Request& a_request, http::Reply& a_reply, std::shared_ptr<const Snapshot> a_snapshot)
      : snapshot(std::move(a_snapshot)), request(a_request), reply(a_reply) {}

  std::shared_ptr<const Snapshot> snapshot;   // taken once: a reload does not change a request under way
  http::Request& request;
  http::Reply& reply;
  Endpoint endpoint;
  const dialects::CallerDialect* dialect = nullptr;
  llm::RequestFacts facts;
  const auth::Key* key = nullptr;             // nullptr: nobody yet, or an open gateway
  const KeyTerms* terms = nullptr;            // of the key
  const Account* account = nullptr;
  std::vector<routing::Step> plan;
  // The request in neutral form, whichever it is: read when the first target of another dialect is asked.
  std::optional<llm::ChatRequest> chat;
  std::optional<llm::EmbeddingRequest> embedding;
  std::optional<llm::RerankRequest> rerank;
  std::vector<std::string> dropped;           // what could not be said to the target that serves

  const Upstream* asked = nullptr;            // by the attempt under way, or the last
  governance::Hold hold;                      // what it holds of its limits while it is under way
  std::int64_t clamped_output = 0;            // tokens of an answer: what a tight budget lowered the request's limit to; 0: it did not
  std::int64_t at_stake = 0;                  // nano-dollars that the attempt under way may come to, whatever limits apply
  Line* line = nullptr;                       // of its key, where requests wait for their turn
  governance::Remaining remaining;            // of its rate limits, as it was admitted or refused

  store::RequestRecord record;                // filled as things become known; written once, by settle()
  bool settled = false;
  std::size_t about_to_write = 0;             // bytes of the body that go out right after settle()
  std::size_t to_write = 0;                   // bytes of the answer's body that follow once it is settled
  bool answered = false;                      // the first byte of an answer has been handed to the reply
  net::Clock::duration waited{};              // for upstreams and for the client: not the gateway's own time
  net::Clock::duration upstream_waited{};     // of that, for upstreams

  void waited_for_upstream(net::Clock::duration spent) {
    waited += spent;
    upstream_waited += spent;
  }
  // A provider goes on with a whole answer that nobody waits for any more, and bills it: it is waited for all the same, so that
  // what it came to is known. A stream's provider stops when its connection closes.
  bool outlasts_caller() const { return at_stake > 0 && !facts.stream; }
  std::int64_t now_seconds() const { return record.at_us / 1'000'000; }
  // Whose prices count for it there.
  pricing::Scope price_scope(const Upstream& upstream) const {
    if (key == nullptr) return {{}, {}, {}, upstream.id};
    return {terms != nullptr ? std::string_view(terms->customer) : std::string_view(), key->team, key->id, upstream.id};
  }
};

// Adds the time until it ends to `ex.waited`: the exchange waits for an upstream meanwhile.
class UpstreamWait {
 public:
  explicit UpstreamWait(Exchange& ex) : x_exchange(ex), x_since(net::Clock::now()) {}
  ~UpstreamWait() { x_exchange.waited_for_upstream(net::Clock::now() - x_since); }
  UpstreamWait(const UpstreamWait&) = delete;
  UpstreamWait& operator=(const UpstreamWait&) = delete;

 private:
  Exchange& x_exchange;
  net::Clock::time_point x_since;
};

class ClientWait {
 public:
  explicit ClientWait(Exchange& ex) : x_exchange(ex), x_since(net::Clock::now()) {}
  ~ClientWait() { x_exchange.waited += net::Clock::now() - x_since; }
  ClientWait(const ClientWait&) = delete;
  ClientWait& operator=(const ClientWait&) = delete;

 private:
  Exchange& x_exchange;
  net::Clock::time_point x_since;
};

}  // namespace sluice::gateway
