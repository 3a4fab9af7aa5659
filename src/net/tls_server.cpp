#include "sluice/net/tls_server.hpp"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>

#include "sluice/net/socket.hpp"

namespace sluice::net {
namespace {

// Clients that offer HTTP/2 as well are given HTTP/1.1.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered, unsigned size, void*) {
  static constexpr unsigned char wanted[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, wanted, sizeof wanted - 1, offered, size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<asio::ssl::context>> server_tls(std::string_view certificate_pem, std::string_view key_pem) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
  ErrorCode failed;
  context->use_certificate_chain(asio::buffer(certificate_pem.data(), certificate_pem.size()), failed);
  if (failed) return Error(Code::internal, "server.tls.certificate is no PEM certificate chain: " + failed.message());
  context->use_private_key(asio::buffer(key_pem.data(), key_pem.size()), asio::ssl::context::pem, failed);
  if (failed) return Error(Code::internal, "server.tls.key is no PEM private key, or does not belong to the certificate");
  if (SSL_CTX_check_private_key(context->native_handle()) != 1) {
    return Error(Code::internal, "server.tls.key does not belong to server.tls.certificate");
  }
  return context;
}

}  // namespace sluice::net
