// providers: and what an inline provider of an account may say
#include <algorithm>
#include <array>

#include "config/addresses.hpp"
#include "config/drafts.hpp"
#include "config/scalars.hpp"
#include "config/suggest.hpp"
#include "sluice/config/provider_types.hpp"

namespace sluice::config {
namespace {

constexpr Field<ProviderKey> key_fields[] = {
    {{"value", Shape::scalar, "text", "", "The secret; usually `env.NAME` or `file:PATH`.", true, true, true},
     [](const Value& v, ProviderKey& out) { read_secret(v, 1, out.value); }},
    {{"weight", Shape::scalar, "a number", "1",
      "Its share of the requests, against the other keys that may serve the model."},
     [](const Value& v, ProviderKey& out) { read_plain(v, parse_weight, out.weight); }},
    {{"models", Shape::list, "a list of model patterns", "all",
      "The models it may be used for, by the name sent upstream."},
     [](const Value& v, ProviderKey& out) { read_patterns(v, out.models); }},
};

constexpr Field<UpstreamTimeouts> timeout_fields[] = {
    {{"connect", Shape::scalar, "a duration", "5s", "Name resolution, TCP and TLS, for each address tried."},
     [](const Value& v, UpstreamTimeouts& out) { read_duration(v, out.connect); }},
    {{"first_event", Shape::scalar, "a duration", "60s",
      "Streamed requests: from the request sent to the first event."},
     [](const Value& v, UpstreamTimeouts& out) { read_duration(v, out.first_event); }},
    {{"between_events", Shape::scalar, "a duration", "60s",
      "Streamed requests: the longest silence after the first event."},
     [](const Value& v, UpstreamTimeouts& out) { read_duration(v, out.between_events); }},
    {{"total", Shape::scalar, "a duration", "10m", "A whole attempt."},
     [](const Value& v, UpstreamTimeouts& out) { read_duration(v, out.total); }},
};

constexpr Field<Retry> retry_fields[] = {
    {{"max_attempts", Shape::scalar, "a whole number", "1",
      "Tries at this provider for one request before the next target is asked."},
     [](const Value& v, Retry& out) { read_count(v, 1, 100, out.max_attempts); }},
    {{"backoff", Shape::scalar, "a duration", "200ms",
      "Wait before the second try with the same key; doubles, with jitter."},
     [](const Value& v, Retry& out) { read_duration(v, out.backoff); }},
    {{"max_backoff", Shape::scalar, "a duration", "5s", "The longest such wait."},
     [](const Value& v, Retry& out) { read_duration(v, out.max_backoff); }},
};

// Zero is a fine latency, unlike a timeout of zero.
void read_latency(const Value& v, Milliseconds& out) {
  std::optional<Milliseconds> latency;
  read_any(v, parse_duration, latency);
  if (!latency) return;
  if (*latency > std::chrono::hours(1)) v.refuse("must be at most 1h");
  else out = *latency;
}

void read_tokens(const Value& v, std::optional<std::int64_t>& out) {
  std::uint32_t tokens = 0;
  read_count(v, 0, 1'000'000'000, tokens);
  out = tokens;
}

constexpr Field<Simulation> simulation_fields[] = {
    {{"text", Shape::scalar, "text", "echoes the last user message", "What it answers."},
     [](const Value& v, Simulation& out) { read_text(v, out.text); }},
    {{"latency", Shape::scalar, "a duration", "0s", "Before the first byte."},
     [](const Value& v, Simulation& out) { read_latency(v, out.latency); }},
    {{"token_latency", Shape::scalar, "a duration", "0s", "Between streamed tokens."},
     [](const Value& v, Simulation& out) { read_latency(v, out.token_latency); }},
    {{"error_rate", Shape::scalar, "a number from 0 to 1", "0",
      "Share of requests answered with an error, deterministic by count."},
     [](const Value& v, Simulation& out) { read_plain(v, parse_share, out.error_rate); }},
    {{"error_status", Shape::scalar, "an HTTP status", "503", "The error's status."},
     [](const Value& v, Simulation& out) {
       std::uint32_t status = 503;
       read_count(v, 400, 599, status);
       out.error_status = static_cast<int>(status);
     }},
    {{"input_tokens", Shape::scalar, "a whole number", "counted", "The usage it reports."},
     [](const Value& v, Simulation& out) { read_tokens(v, out.input_tokens); }},
    {{"output_tokens", Shape::scalar, "a whole number", "counted", "The usage it reports."},
     [](const Value& v, Simulation& out) { read_tokens(v, out.output_tokens); }},
};

void read_type(const Value& v, std::string& out) {
  std::vector<std::string_view> names;
  for (const auto& known : provider_types()) names.push_back(known.type);
  const auto text = v.scalar(true);
  if (!text) return;
  if (find_provider_type(*text) != nullptr) out = *text;
  else v.refuse_unshown("there is no provider type '" + shown(v.node.text) + "'" + did_you_mean(v.node.text, names) + " (docs/providers.md lists them)");
}

// Headers that say what the message is, how it is framed and where it goes are written by the gateway or come from the
// caller; a second one would leave it to the provider which counts.
bool own_header(const std::string& name) {
  constexpr std::array<std::string_view, 15> own{
      "host",         "content-length", "transfer-encoding", "connection", "keep-alive",
      "te",           "trailer",        "upgrade",           "expect",     "proxy-authorization",
      "content-type", "accept",         "accept-encoding",   "user-agent", "anthropic-version"};
  return std::find(own.begin(), own.end(), name) != own.end();
}

void read_headers(const Value& v, std::map<std::string, std::string>& out) {
  std::map<std::string, int, std::less<>> seen;
  for (const auto& entry : v.node.entries) {
    const std::string path = v.path + "." + shown(entry.key);
    const auto refuse = [&](std::string message) { v.findings.problem(path, entry.mark, std::move(message)); };
    const std::string folded = lower(entry.key);
    const auto [first, fresh] = seen.try_emplace(folded, entry.mark.line);
    if (!fresh) {
      refuse("duplicate header, first on line " + std::to_string(first->second));
    } else if (!header_name(entry.key)) {
      refuse("is not an HTTP header name");
    } else if (own_header(folded)) {
      refuse("is set by the gateway itself");
    } else {
      const Value value{v.findings, *entry.value, path, v.key};
      const auto text = value.text();
      if (text && !header_value(*text)) value.refuse_unshown("must not have control characters");
      else if (text) out.emplace(entry.key, *text);
    }
  }
}

void read_base_url(const Value& v, ProviderDraft& out) {
  out.base_url_given = true;
  read_url(v, out.provider.base_url);
}

void read_proxy(const Value& v, ProviderDraft& out) {
  out.proxy_given = true;
  const auto text = v.text();
  if (!text || *text == "none") return;
  auto proxy = parse_proxy(*text);
  if (proxy) out.provider.proxy = *std::move(proxy);
  else v.refuse_unshown(proxy.error().message());
}

void read_ca_file(const Value& v, ProviderDraft& out) {
  std::string path;
  read_text(v, path);
  if (path.empty()) return;
  out.provider.ca_file = (v.findings.directory() / path).lexically_normal().string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(out.provider.ca_file, error)) v.refuse("must name a file that exists");
}

constexpr Field<ProviderDraft> settings[] = {
    {{"type", Shape::scalar, "a provider type", "",
      "Whose API it speaks: docs/providers.md lists the types; openai with a base_url is any OpenAI-compatible server."},
     [](const Value& v, ProviderDraft& out) { read_type(v, out.provider.type); }},
    {{"base_url", Shape::scalar, "a URL", "the vendor's variable where set, else the public address",
      "Where requests go. For openai and its like up to and with `/v1`; for anthropic with or without it.", false, true, true},
     read_base_url},
    {{"api_key", Shape::scalar, "text", "the vendor's variable where set, else none is sent",
      "The only key.", false, true, true},
     [](const Value& v, ProviderDraft& out) { read_secret(v, 1, out.api_key.emplace()); }},
    {{"keys", Shape::list, "a list of keys", "see api_key", "Several keys instead of api_key."},
     [](const Value& v, ProviderDraft& out) {
       out.keys_given = true;
       if (v.node.items.empty()) v.refuse_unshown("must not be an empty list");
       read_list<ProviderKey>(v, key_fields, out.provider.keys);
     }},
    {{"headers", Shape::map, "names and values", "none",
      "Sent with every request. A credential among them takes the place of a key.", false, true, true},
     [](const Value& v, ProviderDraft& out) { read_headers(v, out.provider.headers); }},
    {{"proxy", Shape::scalar, "http://[user:password@]host:port or none", "HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
      "The HTTP proxy to go through; `none`: straight, whatever the environment says.", false, true, true},
     read_proxy},
    {{"ca_file", Shape::scalar, "a path", "the system's", "PEM file of certificates to trust in addition."},
     read_ca_file},
    {{"timeouts", Shape::map, "timeouts", "see below", "How long the provider is waited for."},
     [](const Value& v, ProviderDraft& out) {
       read_fields<UpstreamTimeouts>(v, timeout_fields, out.provider.timeouts);
     }},
    {{"retry", Shape::map, "retry settings", "see below", "Trying the same provider again."},
     [](const Value& v, ProviderDraft& out) { read_fields<Retry>(v, retry_fields, out.provider.retry); }},
    {{"max_idle_connections", Shape::scalar, "a whole number", "64", "Idle connections kept, by each worker."},
     [](const Value& v, ProviderDraft& out) { read_count(v, 0, 100'000, out.provider.max_idle_connections); }},
    {{"region", Shape::scalar, "text", "vertex: GOOGLE_CLOUD_LOCATION, else `global`; bedrock: AWS_REGION", "Where the models are, for vertex and bedrock."},
     [](const Value& v, ProviderDraft& out) { read_region(v, out.provider.region); }},
    {{"project", Shape::scalar, "text", "GOOGLE_CLOUD_PROJECT, else the credentials' own", "The Google Cloud project, for vertex."},
     [](const Value& v, ProviderDraft& out) { read_region(v, out.provider.project); }},
    {{"api_version", Shape::scalar, "text", "azure: OPENAI_API_VERSION, else one that has the operation; vertex: `v1`", "The version of the API, for azure and vertex."},
     [](const Value& v, ProviderDraft& out) { read_region(v, out.provider.api_version); }},
    {{"credentials", Shape::scalar, "text", "GOOGLE_APPLICATION_CREDENTIALS, gcloud's own file, else the machine's metadata server",
      "For vertex without a key: a service account's or an authorized user's JSON; usually `file:PATH`.", false, true, true},
     [](const Value& v, ProviderDraft& out) { read_cloud_credentials(v, out.cloud); }},
    {{"aws", Shape::map, "AWS credentials", "what the environment and the machine give", "For bedrock without a key."},
     [](const Value& v, ProviderDraft& out) { read_aws(v, out.cloud); }},
    {{"entra", Shape::map, "an Entra ID identity", "AZURE_CLIENT_ID and its like", "For azure without a key."},
     [](const Value& v, ProviderDraft& out) { read_entra(v, out.cloud); }},
    {{"list_models", Shape::scalar, "true or false", "true where a target passes on all models (`models: [\"*\"]`)",
      "Fetches its own list of models in the background; `GET /v1/models` shows those that its targets pass on."},
     [](const Value& v, ProviderDraft& out) { read_plain(v, parse_bool, out.provider.list_models); }},
    {{"refresh", Shape::scalar, "a duration", "1h", "How often its list of models is fetched again."},
     [](const Value& v, ProviderDraft& out) { read_duration(v, out.provider.refresh); }},
    {{"auth_header", Shape::scalar, "a header's name, and what stands before the key", "its type's, mostly `Authorization: Bearer`",
      "How the key is sent, where it speaks OpenAI's dialect: `api-key`, `Authorization: Token`."},
     [](const Value& v, ProviderDraft& out) { read_auth_header(v, out.provider.auth_header); }},
    {{"operations", Shape::list, "a list of operations", "its type's; all for openai",
      "What it offers, where it speaks OpenAI's dialect: chat, responses, completions, embeddings, rerank, moderations, images, audio."},
     [](const Value& v, ProviderDraft& out) { read_operations(v, out.provider.operations); }},
    {{"quirks", Shape::map, "quirks", "its type's",
      "What it takes and gives differently from OpenAI, where it speaks its dialect; for callers of other dialects."},
     [](const Value& v, ProviderDraft& out) { read_quirks(v, out.provider.quirks); }},
    {{"simulation", Shape::map, "simulation settings", "echo", "How `type: simulated` behaves."},
     [](const Value& v, ProviderDraft& out) {
       out.simulation_given = true;
       read_fields<Simulation>(v, simulation_fields, out.provider.simulation);
     }},
};

constexpr Field<ProviderDraft> id_field{
    {"id", Shape::scalar, "letters, digits and . _ -", "", "What targets refer to it by.", true},
    [](const Value& v, ProviderDraft& out) { read_identifier(v, out.provider.id); }};

std::span<const Field<ProviderDraft>> shared_fields() {
  static const std::vector<Field<ProviderDraft>> all = [] {
    std::vector<Field<ProviderDraft>> made{id_field};
    made.insert(made.end(), std::begin(settings), std::end(settings));
    made[1].key.required = true;
    return made;
  }();
  return all;
}

}  // namespace

std::span<const Field<ProviderDraft>> provider_settings() { return settings; }

void read_url(const Value& v, std::string& out) {
  const auto text = v.text();
  if (!text) return;
  auto url = parse_base_url(*text);
  if (url) out = *std::move(url);
  else v.refuse_unshown(url.error().message());  // may have a password in it
}

void read_provider(const Value& value, ProviderDraft& out) {
  out.path = value.path;
  read_fields<ProviderDraft>(value, shared_fields(), out);
}

void describe_providers(std::vector<Section>& out) {
  out.push_back(describe<ProviderDraft>("providers[]", "Providers that several targets may share.", shared_fields()));
  out.push_back(describe<ProviderKey>("providers[].keys[]", "", key_fields));
  out.push_back(describe<UpstreamTimeouts>("providers[].timeouts", "", timeout_fields));
  out.push_back(describe<Retry>("providers[].retry", "", retry_fields));
  out.push_back(describe<Simulation>("providers[].simulation", "", simulation_fields));
  describe_cloud(out);
  describe_quirks(out);
}

}  // namespace sluice::config
