// server: and store:
#include <array>

#include "config/drafts.hpp"
#include "config/scalars.hpp"

namespace sluice::config {
namespace {

// What a PEM value may be is checked only so far as to catch a path where the text should be; OpenSSL says the rest.
bool pem(const Value& value, std::string_view text) {
  if (text.find("-----BEGIN ") != std::string_view::npos) return true;
  value.refuse_unshown("must be PEM text: write file:PATH to take it from a file");
  return false;
}

constexpr Field<Tls> tls_fields[] = {
    {{"certificate", Shape::scalar, "PEM text", "", "Certificate chain, leaf first; usually `file:PATH`.", true},
     [](const Value& v, Tls& out) {
       auto text = v.text();
       if (text && pem(v, *text)) out.certificate = *std::move(text);
     }},
    {{"key", Shape::scalar, "PEM text", "", "Private key; usually `file:PATH`.", true, true, true},
     [](const Value& v, Tls& out) {
       auto text = v.text();
       if (text && pem(v, *text)) out.key = Secret(*std::move(text));
     }},
};

void read_bytes(const Value& v, std::uint64_t least, std::uint64_t most, std::uint64_t& out) {
  std::optional<std::uint64_t> size;
  read_any(v, parse_size, size);
  if (!size) return;
  if (*size < least || *size > most)
    v.refuse("must be from " + std::to_string(least) + " to " + std::to_string(most) + " bytes");
  else out = *size;
}

constexpr Field<Limits> limit_fields[] = {
    {{"max_connections", Shape::scalar, "a whole number", "20000", "Open connections from callers; more are refused."},
     [](const Value& v, Limits& out) { read_count(v, 1, 10'000'000, out.max_connections); }},
    {{"max_in_flight", Shape::scalar, "a whole number", "10000",
      "Requests at once; more are answered 503 with `retry-after`."},
     [](const Value& v, Limits& out) { read_count(v, 1, 10'000'000, out.max_in_flight); }},
    {{"max_body", Shape::scalar, "a size", "32MiB", "Largest request body; larger ones are answered 413."},
     [](const Value& v, Limits& out) { read_bytes(v, 1024, 4ull << 30, out.max_body); }},
    {{"max_headers", Shape::scalar, "a size", "32KiB", "Largest request head, request line included."},
     [](const Value& v, Limits& out) {
       std::uint64_t size = out.max_headers;
       read_bytes(v, 1024, 1 << 20, size);
       out.max_headers = static_cast<std::uint32_t>(size);
     }},
};

constexpr Field<ServerTimeouts> timeout_fields[] = {
    {{"header", Shape::scalar, "a duration", "10s",
      "From the first byte of a request to the end of its head; the body may take as long for every 64 KiB."},
     [](const Value& v, ServerTimeouts& out) { read_duration(v, out.header); }},
    {{"idle", Shape::scalar, "a duration", "75s", "How long a connection is kept between requests."},
     [](const Value& v, ServerTimeouts& out) { read_duration(v, out.idle); }},
    {{"drain", Shape::scalar, "a duration", "30s", "How long requests under way may go on after SIGTERM."},
     [](const Value& v, ServerTimeouts& out) { read_duration(v, out.drain); }},
};

constexpr Field<Admin> admin_fields[] = {
    {{"listen", Shape::scalar, "an address and port", "same as server.listen",
      "Where the admin API is served, and then only there."},
     [](const Value& v, Admin& out) { read_any(v, parse_endpoint, out.listen.emplace()); }},
    {{"token", Shape::scalar, "text", "made at first start", "One more admin token, besides those that are kept in the store.", false, true, true},
     [](const Value& v, Admin& out) { read_secret(v, 16, out.token.emplace()); }},
};

constexpr Field<Server> server_fields[] = {
    {{"listen", Shape::scalar, "an address and port", "127.0.0.1:8080",
      "Where callers connect. Port 0: any free port."},
     [](const Value& v, Server& out) { read_any(v, parse_endpoint, out.listen); }},
    {{"tls", Shape::map, "a certificate and key", "none: plain HTTP", "Serves HTTPS."},
     [](const Value& v, Server& out) { read_fields<Tls>(v, tls_fields, out.tls.emplace()); }},
    {{"threads", Shape::scalar, "auto or a whole number", "auto", "Worker threads; auto: one per core."},
     [](const Value& v, Server& out) {
       if (v.node.text == "auto") out.threads = 0;
       else read_count(v, 1, 1024, out.threads);
     }},
    {{"limits", Shape::map, "limits", "see below", "What is refused to protect the gateway."},
     [](const Value& v, Server& out) { read_fields<Limits>(v, limit_fields, out.limits); }},
    {{"timeouts", Shape::map, "timeouts", "see below", "How long callers are waited for."},
     [](const Value& v, Server& out) { read_fields<ServerTimeouts>(v, timeout_fields, out.timeouts); }},
    {{"admin", Shape::map, "admin settings", "same listener, token made at first start", "The admin API."},
     [](const Value& v, Server& out) { read_fields<Admin>(v, admin_fields, out.admin); }},
};

constexpr std::array<std::string_view, 2> store_types{"sqlite", "postgres"};
constexpr Field<StoreDraft> store_fields[] = {
    {{"type", Shape::scalar, "sqlite or postgres", "sqlite", "Which database. postgres is not in this version."},
     [](const Value& v, StoreDraft& out) {
       const auto type = read_word(v, store_types);
       out.postgres = type == 1u;
       if (out.postgres) v.refuse_unshown("store type postgres is not in this version: use sqlite");
     }},
    {{"path", Shape::scalar, "a path", "data/sluice.db",
      "The SQLite file, relative to the working directory; its directory is made if it is missing."},
     [](const Value& v, StoreDraft& out) {
       out.path_given = true;
       read_text(v, out.store.path);
     }},
    {{"url", Shape::scalar, "a URL", "none", "Of the PostgreSQL database; only with `type: postgres`.", false, true,
      true},
     [](const Value& v, StoreDraft& out) {
       out.url_given = true;
       Secret url;
       read_secret(v, 1, url);
     }},
};

}  // namespace

void read_server(const Value& value, Server& out) { read_fields<Server>(value, server_fields, out); }

void read_store(const Value& value, StoreDraft& out) {
  read_fields<StoreDraft>(value, store_fields, out);
  if (out.postgres && out.path_given) value.findings.problem(value.path + ".path", "is for type sqlite");
  if (!out.postgres && out.url_given) value.findings.problem(value.path + ".url", "is for type postgres");
}

void describe_server(std::vector<Section>& out) {
  out.push_back(describe<Server>("server", "The listener.", server_fields));
  out.push_back(describe<Tls>("server.tls", "", tls_fields));
  out.push_back(describe<Limits>("server.limits", "", limit_fields));
  out.push_back(describe<ServerTimeouts>("server.timeouts", "", timeout_fields));
  out.push_back(describe<Admin>("server.admin", "", admin_fields));
}

void describe_store(std::vector<Section>& out) {
  out.push_back(describe<StoreDraft>("store", "Where the request log, spend and made keys are kept.", store_fields));
}

}  // namespace sluice::config
