// The configuration as written, with defaults filled in and every environment variable and file resolved: plain
// values, the documentation of record for what each key means. Compiled into a gateway::Snapshot before use.
// Amounts of money are nano-USD.
#pragma once
#include <array>
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

// Administration.
struct Admin {
  std::optional<Endpoint> listen;      // absent: where callers connect
  std::optional<Secret> token;         // of role admin, besides those that are kept in the store
};

struct Server {
  Endpoint listen{"127.0.0.1", 8080};
  std::optional<Tls> tls;
  std::uint32_t threads = 0;  // 0: one per core
  Limits limits;
  ServerTimeouts timeouts;
  Admin admin;
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

// Another limit for a while. In force from `from` until `until`, or for `periods` of the budget's periods, the one that
// `from` lies in included.
struct Raise {
  std::int64_t limit = 0;                  // in the measure of what it raises
  std::optional<std::int64_t> from;        // Unix seconds; absent: always was
  std::optional<std::int64_t> until;
  std::int64_t periods = 0;                // 0: `until` says
};

struct Budget {
  // hard: never exceeded, what a request may cost at most is reserved first. soft: nothing is begun once it is spent.
  // observe: nothing is refused.
  enum class Enforcement : std::uint8_t { hard, soft, observe };
  // How much of an answer is reserved: as long as it may be; as long as 95 of 100 are; no more than reserve_output tokens.
  enum class Reserve : std::uint8_t { worst_case, expected, capped };

  std::int64_t max_spend = 0;  // nano-USD
  Period reset;
  bool rolling = false;
  std::string time_zone = "UTC";  // whose calendar
  Enforcement enforcement = Enforcement::hard;
  Reserve reserve = Reserve::worst_case;
  std::int64_t reserve_output = 1024;      // tokens
  bool stops_streams = false;              // on_exhausted_mid_stream: stop
  bool clamps = false;                     // on_tight_budget: clamp
  std::vector<std::uint32_t> warn_at;      // per cent, ascending
  std::vector<std::string> models;         // patterns: what it counts; empty: all
  std::vector<Raise> raises;
};
struct RateLimit {
  std::optional<std::int64_t> max_requests, max_tokens, max_input_tokens, max_output_tokens, max_concurrent;
  Period reset;
  std::string time_zone = "UTC";
  std::vector<std::string> models;         // patterns: what it counts; empty: all
};

// What an owner or a target may spend and ask for.
struct Limited {
  std::vector<Budget> budgets;
  std::vector<RateLimit> rate_limits;
  bool unlimited() const { return budgets.empty() && rate_limits.empty(); }
};

struct Target : Limited {
  std::string id;
  std::string provider;             // id of an entry of Config::providers (inline ones are moved there)
  std::string model;                // pinned; empty: none
  std::vector<std::string> models;  // patterns with '*'; sent as asked
  double weight = 1.0;              // as written; 0: only when the others fail
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

struct Customer : Limited {
  std::string id;
};
struct Team : Limited {
  std::string id, customer;
};
struct Tag : Limited {
  std::string id;
};
// What a virtual key may spend at one provider entry.
struct KeyProvider : Limited {
  std::string provider;
};

// Requests over a rate limit may wait for their turn instead of being refused.
struct Queue {
  Milliseconds max_wait{0};
  std::uint32_t max_length = 0;            // 0: none may wait
};

// An IPv4 or IPv6 network, as 16 bytes (IPv4 mapped); `bits` of the address count.
struct Network {
  std::array<unsigned char, 16> address{};
  unsigned bits = 0;
};

struct VirtualKey : Limited {
  std::string id;
  std::optional<Secret> key;  // absent: made on first start
  std::string team;
  std::string account;  // resolved: as given, else the only one
  bool enabled = true;
  std::vector<std::string> models;         // patterns; empty: all the account admits
  std::vector<std::string> endpoints;      // names of operations; empty: all
  std::vector<Network> networks;           // where its callers may be; empty: anywhere
  std::vector<std::string> tags;           // sorted, each once
  std::optional<std::int64_t> expires_at;  // Unix seconds
  std::vector<KeyProvider> providers;
  Queue queue;
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
  std::optional<std::int64_t> cache_read = {}, cache_write = {}, cache_write_1h = {}, reasoning = {}, input_audio = {}, output_audio = {};
  std::int64_t web_search = 0, request = 0;                        // nano-USD per thousand of them
  std::string customer = {}, team = {}, key = {}, provider = {};   // whose requests it is for; empty: anybody's
  std::string stored_id = {};          // of one that is kept in the store; empty: the YAML's
  bool operator==(const PriceOverride&) const = default;
};
struct Pricing {
  enum class UnknownModel : std::uint8_t { deny, allow } unknown_model = UnknownModel::allow;
  bool unknown_model_set = false;
  std::int64_t default_max_output = 32'768;   // tokens a model may write whose limit is not known: what the largest have
  std::vector<PriceOverride> overrides;
  std::string url, proxy;                     // of a price list that is fetched; empty: none, straight
  Milliseconds refresh{86'400'000};           // how often
};

// Where notices are sent.
struct Webhook {
  enum class Event : std::uint8_t { budget_threshold, budget_exhausted, target_unhealthy, target_recovered };
  static constexpr std::size_t event_count = 4;
  std::string url, proxy;                     // proxy: empty: straight
  Secret secret;                              // the bytes that deliveries are signed with
  std::array<bool, event_count> events{true, true, true, true};
  bool wants(Event event) const { return events[static_cast<std::size_t>(event)]; }
};

struct Config {
  Server server;
  Store store;
  std::vector<Provider> providers;
  std::vector<Account> accounts;
  std::vector<Customer> customers;
  std::vector<Team> teams;
  std::vector<Tag> tags;
  std::vector<VirtualKey> virtual_keys;
  Logging logging;
  Pricing pricing;
  std::string written;   // the file as JSON, with "[secret]" for what is or may be one; references stay references
  std::vector<Webhook> webhooks;
};

}  // namespace sluice::config
