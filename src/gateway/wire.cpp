#include "gateway/wire.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "sluice/base/money.hpp"
#include "sluice/base/text.hpp"
#include "sluice/http/header_block.hpp"

namespace sluice::gateway {
namespace {

using Name = http::FieldName;

constexpr std::size_t usual_head = 1000;   // glibc keeps blocks of up to 1032 bytes at hand for each thread

bool starts_with_name(std::string_view a, std::string_view lower) {
  return a.size() >= lower.size() && iequals(a.substr(0, lower.size()), lower);
}

// About one connection only (RFC 9110, 7.6.1), or re-made for the next.
bool hop_by_hop(Name id) {
  switch (id) {
    case Name::connection: case Name::keep_alive: case Name::proxy_connection: case Name::proxy_authenticate:
    case Name::proxy_authorization: case Name::te: case Name::trailer: case Name::transfer_encoding:
    case Name::upgrade: case Name::content_length: return true;
    default: return false;
  }
}

bool kept_from_provider(const http::Field& field) {
  if (hop_by_hop(field.id)) return true;
  switch (field.id) {
    // Host, credentials and cookies are the caller's with us; Expect was answered by us; a compressed answer could
    // not be metered; where the caller came from is not the provider's business.
    case Name::host: case Name::authorization: case Name::cookie: case Name::expect: case Name::accept_encoding:
    case Name::forwarded: case Name::via: case Name::content_type: return true;
    case Name::unknown: break;
    default: return false;
  }
  static constexpr std::array<std::string_view, 9> names = {"x-api-key", "x-goog-api-key", "api-key", "openai-organization",
                                                            "openai-project", "x-real-ip", "x-forwarded-for", "x-request-id", "x-client-ip"};
  char first = to_lower(field.name.empty() ? '\0' : field.name[0]);
  if (first != 'x' && first != 'a' && first != 'o') return false;
  for (std::string_view name : names) {
    if (iequals(field.name, name)) return true;
  }
  return starts_with_name(field.name, "x-sluice-") || starts_with_name(field.name, "x-forwarded-");
}

// Where Sluice has limits of its own, its caller is not told the provider's.
bool is_rate_limit(const http::Field& field) {
  return field.id == Name::unknown && (starts_with_name(field.name, "x-ratelimit-") || starts_with_name(field.name, "anthropic-ratelimit-"));
}

bool kept_from_caller(const http::Field& field) {
  if (hop_by_hop(field.id)) return true;
  switch (field.id) {
    case Name::set_cookie: case Name::alt_svc: case Name::strict_transport_security: case Name::date: return true;
    case Name::unknown: break;
    default: return false;
  }
  char first = to_lower(field.name.empty() ? '\0' : field.name[0]);
  if (first != 'x' && first != 's') return false;
  return iequals(field.name, "x-request-id") || starts_with_name(field.name, "x-sluice-") || iequals(field.name, "server-timing");
}

// Whether the provider's own query has a parameter of that name.
bool has_parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    if (part.substr(0, part.find('=')) == name) return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

// The caller's query behind the provider's own. "key" is where a caller may put its Sluice key; "api-version" is which
// version of Azure's API the caller believes to speak to: with which one Azure is asked is the operator's to say.
void append_query(std::string& out, std::string_view query, std::string_view own) {
  char before = own.empty() ? '?' : '&';
  while (!query.empty()) {
    std::size_t end = std::min(query.find('&'), query.size());
    std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (part.empty() || part.starts_with("key=") || part == "key" || part.starts_with("api-version=")) continue;
    if (!own.empty() && has_parameter(own, part.substr(0, part.find('=')))) continue;
    out += before;
    out.append(part);
    before = '&';
  }
}

void append_target(std::string& out, const Exchange& ex, const Upstream& upstream, const providers::Call& call) {
  out += upstream.base_path;
  if (call.operation == llm::Operation::chat && call.dialect == llm::Dialect::openai && !upstream.chat_path.empty()) {
    out += upstream.chat_path;
    if (call.verbatim && !ex.request.head.query().empty()) append_query(out, ex.request.head.query(), {});
    return;
  }
  const std::string path = upstream.adapter->path(call);
  out += path;
  if (!call.verbatim) return;
  const std::string_view query = ex.request.head.query();
  if (query.empty()) return;
  const std::size_t own = path.find('?');
  append_query(out, query, own == path.npos ? std::string_view() : std::string_view(path).substr(own + 1));
}

std::string_view method_of(const Endpoint& endpoint, http::Verb caller) {
  if (endpoint.operation != llm::Operation::stored_response || caller == http::Verb::post) return "POST";
  return caller == http::Verb::delete_ ? "DELETE" : "GET";
}

void append_milliseconds(std::string& out, net::Clock::duration spent) {
  auto us = std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
  std::int64_t whole = us < 0 ? 0 : us;
  append_integer(out, whole / 1000);
  out += '.';
  std::int64_t rest = whole % 1000;
  out += static_cast<char>('0' + rest / 100);
  out += static_cast<char>('0' + rest / 10 % 10);
  out += static_cast<char>('0' + rest % 10);
}

// OpenAI's form (platform.openai.com/docs/guides/rate-limits: "1s", "6m0s"), here always in seconds.
void append_rate_limit(std::string& out, std::string_view of, const governance::Remaining::Of& rate) {
  if (!rate.known) return;
  out.append("x-ratelimit-limit-").append(of).append(": ");
  append_integer(out, rate.limit);
  out.append("\r\nx-ratelimit-remaining-").append(of).append(": ");
  append_integer(out, rate.left);
  out.append("\r\nx-ratelimit-reset-").append(of).append(": ");
  append_integer(out, rate.reset_us == governance::never ? 0 : (rate.reset_us + 999'999) / 1'000'000);
  out += "s\r\n";
}

}  // namespace

std::string_view upstream_method(const Exchange& ex) { return method_of(ex.endpoint, ex.request.head.method); }

std::string upstream_target(const Exchange& ex, const Upstream& upstream, const providers::Call& call) {
  std::string target;
  append_target(target, ex, upstream, call);
  return target;
}

void write_upstream_head(std::string& out, const Exchange& ex, const Upstream& upstream, std::string_view authority,
                         const providers::Call& call, std::size_t body_size) {
  const http::RequestHead& caller = ex.request.head;
  out.clear();
  out.reserve(usual_head);
  out += method_of(ex.endpoint, caller.method);
  out += ' ';
  append_target(out, ex, upstream, call);
  out += " HTTP/1.1\r\n";
  out += upstream.header_lines;
  out += authority;
  providers::Headers of_call;
  upstream.adapter->add_headers(call, of_call);
  for (const auto& [name, value] : of_call) http::append_header(out, name, value);
  if (call.verbatim) {
    // Connection may name further fields that are for this connection only.
    std::string_view connection = caller.fields.get(Name::connection);
    bool names_fields = !connection.empty() && !iequals(connection, "keep-alive") && !iequals(connection, "close");
    for (std::size_t i = 0; i < caller.fields.size(); ++i) {
      http::Field field = caller.fields.at(i);
      if (kept_from_provider(field)) continue;
      if (names_fields && caller.fields.has_token(Name::connection, field.name)) continue;
      out += field.line;
    }
  } else {
    out += "User-Agent: sluice/" SLUICE_VERSION "\r\n";
    out += ex.facts.stream ? "Accept: text/event-stream\r\n" : "Accept: application/json\r\n";
  }
  if (ex.endpoint.body == Endpoint::Body::json) {
    out += "Content-Type: application/json\r\nContent-Length: ";
    append_integer(out, static_cast<std::int64_t>(body_size));
    out += "\r\n\r\n";
    return;
  }
  if (ex.endpoint.body == Endpoint::Body::multipart) {   // the boundary of a form is in its type
    out.append("Content-Type: ").append(caller.fields.get(Name::content_type)).append("\r\n");
  }
  if (ex.endpoint.body == Endpoint::Body::multipart || caller.method == http::Verb::post) {
    out += "Content-Length: ";
    append_integer(out, static_cast<std::int64_t>(body_size));
    out += "\r\n";
  }
  out += "\r\n";
}

void write_reply_lines(std::string& out, const Exchange& ex, const http::ResponseHead* provider) {
  out.reserve(usual_head);
  const bool limited = ex.remaining.requests.known || ex.remaining.tokens.known;
  if (provider != nullptr) {
    for (std::size_t i = 0; i < provider->fields.size(); ++i) {
      http::Field field = provider->fields.at(i);
      if (kept_from_caller(field) || (limited && is_rate_limit(field))) continue;
      out += field.line;
    }
  }
  write_own_lines(out, ex);
}

void write_own_lines(std::string& out, const Exchange& ex) {
  const store::RequestRecord& record = ex.record;
  out += "x-request-id: ";
  out += record.id;
  out += "\r\n";
  if (!record.provider.empty()) {
    // Neither can hold bytes that would split the head: the loader and read_facts() refuse them.
    out.append("x-sluice-provider: ").append(record.provider).append("\r\nx-sluice-model: ").append(record.model_served);
    out += "\r\n";
  }
  if (ex.endpoint.kind == Endpoint::Kind::inference) {
    out += "x-sluice-attempts: ";
    append_integer(out, static_cast<std::int64_t>(record.attempts.size()));
    out += "\r\nx-sluice-cache: ";
    out += record.cache;
    out += "\r\n";
  }
  if (record.priced && ex.settled) {
    out += "x-sluice-cost-usd: ";
    append_usd(out, record.cost_nano_usd);
    out += "\r\n";
  }
  if (ex.clamped_output > 0) {
    out += "x-sluice-clamped-output: ";
    append_integer(out, ex.clamped_output);
    out += "\r\n";
  }
  append_rate_limit(out, "requests", ex.remaining.requests);
  append_rate_limit(out, "tokens", ex.remaining.tokens);
  if (!ex.dropped.empty()) {
    std::string names;
    for (const std::string& name : ex.dropped) names += (names.empty() ? "" : ", ") + name;
    // A name may be a caller's own key: what no header may hold must not make the whole line vanish.
    std::replace_if(names.begin(), names.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    http::append_header(out, "x-sluice-dropped", names);
  }
  out += "server-timing: upstream;dur=";
  append_milliseconds(out, ex.upstream_waited);
  out += ", gateway;dur=";
  append_milliseconds(out, net::Clock::now() - ex.request.began - ex.waited);
  out += "\r\n";
}

}  // namespace sluice::gateway
