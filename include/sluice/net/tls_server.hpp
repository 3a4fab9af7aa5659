// TLS towards clients.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string_view>

#include "sluice/base/result.hpp"

namespace sluice::net {

// TLS 1.2 or newer from PEM text: the certificate with its chain, and its key. Shared by all workers. Fails with one
// line that says which of the two cannot be used, and never holds any of the key.
Result<std::shared_ptr<boost::asio::ssl::context>> server_tls(std::string_view certificate_pem, std::string_view key_pem);

}  // namespace sluice::net
