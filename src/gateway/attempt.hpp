// One try at one target: from writing the request up to the first event of a stream, or to a whole answer. Nothing of
// it reaches the caller, so it can be thrown away.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/exchange.hpp"
#include "gateway/translation.hpp"
#include "sluice/http/client.hpp"
#include "sluice/routing/failover.hpp"

namespace sluice::gateway {

struct Worker;

// Why it failed, before anything was shown.
struct Troubled {
  routing::Failed failed;
  Error error;
  // What the provider said, if it spoke the caller's dialect: passed back byte for byte when nothing better is found.
  std::unique_ptr<http::ClientCall> call;   // for its head
  std::string body;
  bool sent = false;
  bool may_have_run = false;
  const Upstream* upstream = nullptr;       // of a failure that is no refusal
};

struct Attempt {
  const Upstream* upstream = nullptr;
  std::unique_ptr<http::ClientCall> call;
  net::Clock::time_point total_deadline;
  const dialects::Wire* wire = nullptr;   // the dialect the provider is asked in
  bool verbatim = true;
  bool usage_added = false;          // asked for, which the caller did not: its event is not shown
  bool stream = false;               // events; else one body
  bool whole = false;                // `held` is the complete body
  std::string held;                  // bytes of the body that have come and nobody has seen
  std::unique_ptr<dialects::StreamMeter> meter;       // verbatim streams
  std::unique_ptr<dialects::StreamDecoder> decoder;   // translated streams
  std::vector<llm::StreamEvent> events;                // what it gave so far
  std::optional<llm::Usage> usage;                     // verbatim whole answers, if they state it
  std::optional<TranslatedAnswer> answer;              // translated whole answers
  std::optional<Troubled> trouble;                     // none: the provider answers, and the first of it is here
};

// Its call goes: neither the caller's leaving nor the gateway's end may reach for it any more.
inline void forget_call(Exchange& ex) {
  ex.reply.when_client_leaves({});
  ex.reply.when_cut_off({});
}

// Runs one. A provider's call that is under way ends with Trouble::cancelled as soon as the caller leaves; where the provider
// would bill it all the same (Exchange::outlasts_caller) only until the request goes out, and from then on when the gateway
// stops.
net::Task<> run_attempt(Exchange& ex, Worker& worker, const Upstream& upstream, const Credential& key,
                        std::string_view model, Attempt& attempt);

}  // namespace sluice::gateway
