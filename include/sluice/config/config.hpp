// The configuration as written, with defaults filled in and every environment variable and file resolved: plain
// values, the documentation of record for what each key means. Compiled into a gateway::Snapshot before use.
// Amounts of money are nano-USD.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/base/secret.hpp"
#include "sluice/config/cloud.hpp"
#include "sluice/presets/offer.hpp"
#include "sluice/presets/quirk_fields.hpp"

namespace sluice::config {

using Milliseconds = std::chrono::milliseconds;

// A span such as "30s" or "1M". s, m, h are rolling; d, w, M, Y are calendar periods.
struct Period {
  enum class Unit : std::uint8_t { second, minute, hour, day, week, month, year } unit = Unit::second;
  std::int64_t count = 0;
};

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};  // "127.0.0.1:8080", "[::1]:8080"

struct Tls {
  std::string certificate;
  Secret key;
};  // PEM text

struct Limits {
  std::uint32_t max_connections = 20000;
  std::uint32_t max_in_flight = 10000;
  std::uint64_t max_body = 32ull << 20;
  std::uint32_t max_headers = 32u << 10;
};

struct ServerTimeouts {
  Milliseconds header{10'000};  // first byte of a request to the end of its head; the body may take as long per 64 KiB
  Milliseconds idle{75'000};    // between requests
  Milliseconds drain{30'000};   // after SIGTERM
};

struct Server {
  Endpoint listen{"127.0.0.1", 8080};
  std::optional<Tls> tls;
  std::uint32_t threads = 0;  // 0: one per core
  Limits limits;
  ServerTimeouts timeouts;
};

struct Store {
  std::string path = "data/sluice.db";
};

struct UpstreamTimeouts {
  Milliseconds connect{5'000};          // name resolution, TCP, TLS: each address
  Milliseconds first_event{60'000};     // streamed requests: request sent to the first event
  Milliseconds between_events{60'000};  // streamed requests: silence after the first event
  Milliseconds total{600'000};          // whole attempt
};

struct Retry {
  std::uint32_t max_attempts = 1;  // tries at this provider for one request, before the next target is asked
  Milliseconds backoff{200};       // before the second try with the same key; doubles, with jitter
  Milliseconds max_backoff{5'000};
};

struct ProviderKey {
  Secret value;
  double weight = 1.0;
  std::vector<std::string> models;  // patterns with '*'; empty: all
};

// The simulated provider's behaviour.
struct Simulation {
  std::string text;               // what it answers; empty: it echoes the last user message
  Milliseconds latency{0};        // before the first byte
  Milliseconds token_latency{0};  // between streamed tokens
  double error_rate = 0.0;        // share of requests answered with error_status, 0 … 1, deterministic by count
  int error_status = 503;
  std::optional<std::int64_t> input_tokens, output_tokens;  // usage to report; absent: counted
};

struct Provider {
  std::string id;
  std::string type;      // one of provider_types()
  std::string base_url;  // resolved: as given, else the SDK's environment variable, else the public one
  std::vector<ProviderKey> keys;
  std::map<std::string, std::string> headers;  // sent with every request to it
  std::string proxy;    // http://[user:pass@]host:port; empty: none. Default from HTTPS_PROXY/HTTP_PROXY/NO_PROXY
  std::string ca_file;  // extra trust anchors (PEM path); empty: the system's
  UpstreamTimeouts timeouts;
  Retry retry;
  std::uint32_t max_idle_connections = 64;  // per worker
  Simulation simulation;
  std::string region, project, api_version;  // of cloud platforms; empty: not needed, or the adapter's own choice
  CloudAccess access;                        // what is presented when there are no keys
  // False: its public address needs a key and none was found; its targets are left out of routing, with a warning.
  bool usable = true;
  std::string unusable_because;
  // Of services that speak OpenAI's dialect, over what their type's preset says.
  presets::QuirkRules quirks;
  std::string auth_header;                    // "Authorization: Bearer", "api-key"; empty: the preset's
  std::optional<presets::Offer> operations;   // absent: the preset's
  std::optional<bool> list_models;            // ask it for its models; absent: if a target passes on all ("*")
  Milliseconds refresh{3'600'000};            // how often
};

struct Budget {
  std::int64_t max_spend = 0;  // nano-USD
  Period reset;
  bool rolling = false;
  std::string time_zone = "UTC";  // whose calendar
  std::string enforcement = "hard";
};
struct RateLimit {
  std::optional<std::int64_t> max_requests, max_tokens, max_concurrent;
  Period reset;
};

struct Target {
  std::string id;
  std::string provider;             // id of an entry of Config::providers (inline ones are moved there)
  std::string model;                // pinned; empty: none
  std::vector<std::string> models;  // patterns with '*'; sent as asked
  double weight = 1.0;              // as written; 0: only when the others fail
  std::vector<Budget> budgets;
  std::vector<RateLimit> rate_limits;
};

// What counts as a reason to try the next target.
struct Failover {
  bool on_timeout = true, on_connect = true, on_5xx = true;
  std::vector<int> on_status{408, 409, 425, 429};
  std::uint32_t max_attempts = 4;  // over all targets of one request
};

struct Account {
  std::string id;
  std::vector<Target> targets;
  Failover failover;
  bool refuse_unsupported = false;  // on_unsupported: error
};

struct Customer {
  std::string id;
  std::vector<Budget> budgets;
  std::vector<RateLimit> rate_limits;
};
struct Team {
  std::string id, customer;
  std::vector<Budget> budgets;
  std::vector<RateLimit> rate_limits;
};

struct VirtualKey {
  std::string id;
  std::optional<Secret> key;  // absent: made on first start
  std::string team;
  std::string account;  // resolved: as given, else the only one
  bool enabled = true;
  std::vector<std::string> models;         // patterns; empty: all the account admits
  std::optional<std::int64_t> expires_at;  // Unix seconds
  std::vector<Budget> budgets;
  std::vector<RateLimit> rate_limits;
};

struct Logging {
  enum class Content : std::uint8_t { none } content = Content::none;
  std::optional<Period> retain;
  std::optional<std::uint64_t> max_size;
  std::string level = "info";
};

// USD per million tokens as written, kept as nano-USD per token * 1000 (= nano-USD per thousand tokens).
struct PriceOverride {
  std::string model;
  std::int64_t input = 0, output = 0;
  std::optional<std::int64_t> cache_read, cache_write;
};
struct Pricing {
  enum class UnknownModel : std::uint8_t { deny, allow } unknown_model = UnknownModel::allow;
  bool unknown_model_set = false;
  std::vector<PriceOverride> overrides;
};

struct Config {
  Server server;
  Store store;
  std::vector<Provider> providers;
  std::vector<Account> accounts;
  std::vector<Customer> customers;
  std::vector<Team> teams;
  std::vector<VirtualKey> virtual_keys;
  Logging logging;
  Pricing pricing;
};

}  // namespace sluice::config
