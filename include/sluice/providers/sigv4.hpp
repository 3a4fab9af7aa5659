// AWS Signature Version 4: proves who sends a request without sending the secret (docs: IAM, "AWS Signature Version 4
// for API requests"). Pure: the time is an argument. For every service but S3, whose paths are encoded otherwise.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/base/secret.hpp"

namespace sluice::providers {

struct AwsCredentials {
  std::string access_key;
  Secret secret;
  Secret session_token;        // of temporary credentials; empty: none
};

// All but `headers` exactly as it goes out. The views need to live during the call only.
struct SigningRequest {
  std::string_view method = "POST";
  std::string_view host;       // as in the Host header: with the port unless it is the scheme's usual one
  std::string_view path;       // percent-encoded, from the leading '/'
  std::string_view query;      // without the '?'
  // Signed besides Host and what sign() adds. A name that comes twice is one header with both values. Only what no proxy
  // changes on the way belongs here (content-type).
  std::vector<std::pair<std::string_view, std::string_view>> headers{};
  std::string_view body_sha256;   // hex_sha256() of the body
  std::string_view region;        // "us-east-1"
  std::string_view service;       // "bedrock", "sts"
  std::int64_t unix_seconds = 0;
};

// The headers to be added to the request: X-Amz-Date, X-Amz-Security-Token (if there is a token) and Authorization.
std::vector<std::pair<std::string, std::string>> sign(const SigningRequest&, const AwsCredentials&);

std::string hex_sha256(std::string_view bytes);   // lower case

}  // namespace sluice::providers
