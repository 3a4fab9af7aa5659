// TLS towards servers: trust, host names, sessions. A TlsClient is what the connections of one worker to one server
// share; it is used on that worker's thread, and must outlive every SSL it prepared.
#pragma once
#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "sluice/base/result.hpp"
#include "sluice/net/socket.hpp"

namespace sluice::net {

class TlsClient final {
 public:
  // `ca_file` is a PEM file of trust anchors besides the system's; empty: only those. It is read once in the life of
  // the program, as long as anything uses it. Fails with Code::upstream_failed when it cannot be used.
  static Result<std::unique_ptr<TlsClient>> make(std::string host, const std::string& ca_file);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // TLS 1.2 or newer, certificates verified.
  asio::ssl::context& context() { return *x_context; }
  // Before the handshake: the name to ask for (SNI) and to insist on (host name or IP address), ALPN http/1.1, and the
  // session to resume, if one was kept.
  void prepare(SSL* ssl);
  // Before an SSL is freed whose socket was simply closed: OpenSSL would take its session for broken (truncation, RFC
  // 2246) and refuse to resume it; since RFC 5246 7.2.1 such an end says nothing about the session.
  static void forgive(SSL* ssl);
  // Why a handshake failed, in one sentence for the operator.
  std::string explain(SSL* ssl, const ErrorCode& failed) const;

 private:
  TlsClient(std::string host, std::shared_ptr<asio::ssl::context> context);
  static int keep_session(SSL* ssl, SSL_SESSION* session);   // OpenSSL's new-session callback
  static int slot();                                         // where an SSL holds its TlsClient
  static Result<std::shared_ptr<asio::ssl::context>> make_context(const std::string& ca_file);
  static Result<std::shared_ptr<asio::ssl::context>> shared_context(const std::string& ca_file);

  std::string x_host;
  bool x_is_address = false;
  std::shared_ptr<asio::ssl::context> x_context;   // one for each ca_file in the whole program
  SSL_SESSION* x_session = nullptr;
};

}  // namespace sluice::net
