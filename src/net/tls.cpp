#include "sluice/net/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <map>
#include <mutex>

#include "sluice/net/describe.hpp"

namespace sluice::net {

Result<std::unique_ptr<TlsClient>> TlsClient::make(std::string host, const std::string& ca_file) {
  Result<std::shared_ptr<asio::ssl::context>> context = shared_context(ca_file);
  if (!context) return std::move(context).error();
  return std::unique_ptr<TlsClient>(new TlsClient(std::move(host), *std::move(context)));
}

TlsClient::TlsClient(std::string host, std::shared_ptr<asio::ssl::context> context)
    : x_host(std::move(host)), x_context(std::move(context)) {
  if (x_host.size() > 2 && x_host.front() == '[' && x_host.back() == ']') x_host = x_host.substr(1, x_host.size() - 2);
  ErrorCode no_address;
  asio::ip::make_address(x_host, no_address);
  x_is_address = !no_address;
}

TlsClient::~TlsClient() { SSL_SESSION_free(x_session); }

int TlsClient::slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

Result<std::shared_ptr<asio::ssl::context>> TlsClient::shared_context(const std::string& ca_file) {
  static std::mutex mutex;
  static std::map<std::string, std::weak_ptr<asio::ssl::context>> contexts;
  const std::lock_guard lock(mutex);
  std::weak_ptr<asio::ssl::context>& kept = contexts[ca_file];
  std::shared_ptr<asio::ssl::context> context = kept.lock();
  if (context) return context;
  Result<std::shared_ptr<asio::ssl::context>> made = make_context(ca_file);
  if (made) kept = *made;
  return made;
}

Result<std::shared_ptr<asio::ssl::context>> TlsClient::make_context(const std::string& ca_file) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  ErrorCode failed;
  context->set_verify_mode(asio::ssl::verify_peer, failed);
  if (!failed) context->set_default_verify_paths(failed);
  if (failed) return Error(Code::upstream_failed, "TLS: the system's trust anchors: " + describe(failed));
  if (!ca_file.empty()) context->load_verify_file(ca_file, failed);
  if (failed) return Error(Code::upstream_failed, "TLS: cannot use ca_file " + ca_file + ": " + describe(failed));
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  static constexpr unsigned char alpn[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(native, alpn, sizeof alpn - 1);
  // Sessions are kept by TlsClient: OpenSSL's own store is not looked at by clients.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, &TlsClient::keep_session);
  return context;
}

int TlsClient::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsClient*>(SSL_get_ex_data(ssl, slot()));
  if (self == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
  SSL_SESSION_free(self->x_session);
  self->x_session = session;
  return 1;   // the reference is ours now
}

void TlsClient::prepare(SSL* ssl) {
  SSL_set_ex_data(ssl, slot(), this);
  if (x_is_address) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), x_host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl, x_host.c_str());
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, x_host.c_str());
  }
  if (x_session != nullptr) SSL_set_session(ssl, x_session);
}

void TlsClient::forgive(SSL* ssl) { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); }

std::string TlsClient::explain(SSL* ssl, const ErrorCode& failed) const {
  const long verified = SSL_get_verify_result(ssl);
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return "TLS certificate is not valid for " + x_host;
  if (verified != X509_V_OK)
    return "TLS certificate of " + x_host + " is not valid: " + X509_verify_cert_error_string(verified);
  if (failed == asio::error::eof || failed == asio::ssl::error::stream_truncated)
    return "TLS with " + x_host + ": the server closed the connection during the handshake";
  return "TLS with " + x_host + ": " + describe(failed);
}

}  // namespace sluice::net
