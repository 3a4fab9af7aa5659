#include "sluice/providers/sigv4.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"

namespace sluice::providers {
namespace {

using Digest = std::array<unsigned char, 32>;
constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

std::string hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : digest) out.append({digits[byte >> 4], digits[byte & 15]});
  return out;
}

Digest hmac(std::string_view key, std::string_view text) {
  Digest digest{};
  unsigned size = 0;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  // Only a broken OpenSSL fails here; a made-up signature must not go out.
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(), &size) == nullptr) {
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
  }
  return digest;
}
std::string_view bytes_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

// "20150830T123600Z"
std::string basic_time(std::int64_t unix_seconds) {
  std::string text = format_rfc3339(unix_seconds);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

// Without "." and ".." segments and repeated slashes, and encoded once more than it goes out (SigV4: "Each path segment
// must be URI-encoded twice (except for Amazon S3 which only gets URI-encoded once)").
std::string canonical_path(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool closed = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") kept.push_back(segment);
    else if (!kept.empty()) kept.pop_back();
  }
  std::string out;
  for (const std::string_view segment : kept) (out += '/') += percent_encoded(segment);
  if (out.empty() || closed) out += '/';
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    pairs.emplace_back(percent_encoded(percent_decoded(pair.substr(0, equals))), percent_encoded(percent_decoded(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// Runs of blanks become one, those at the ends go.
void append_collapsed(std::string& out, std::string_view value) {
  bool blank = false;
  for (const char c : trim(value)) {
    const bool is_blank = c == ' ' || c == '\t';
    if (!is_blank) out += c;
    else if (!blank) out += ' ';
    blank = is_blank;
  }
}

struct SignedHeaders { std::string lines, names; };

SignedHeaders canonical_headers(const SigningRequest& request, std::string_view time, std::string_view token) {
  std::map<std::string, std::string> values;
  const auto add = [&values](std::string_view name, std::string_view value) {
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
    const auto [at, is_new] = values.try_emplace(std::move(lower));
    if (!is_new) at->second += ',';
    append_collapsed(at->second, value);
  };
  add("host", request.host);
  for (const auto& [name, value] : request.headers) add(name, value);
  add("x-amz-date", time);
  if (!token.empty()) add("x-amz-security-token", token);
  SignedHeaders out;
  for (const auto& [name, value] : values) {
    out.lines.append(name).append(":").append(value).append("\n");
    if (!out.names.empty()) out.names += ';';
    out.names += name;
  }
  return out;
}

Digest signing_key(std::string_view secret, std::string_view date, const SigningRequest& request) {
  std::string first = "AWS4";
  first += secret;
  Digest key = hmac(first, date);
  OPENSSL_cleanse(first.data(), first.size());
  for (const std::string_view step : {request.region, request.service, std::string_view("aws4_request")}) key = hmac(bytes_of(key), step);
  return key;
}

}  // namespace

std::string hex_sha256(std::string_view bytes) {
  Digest digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  return hex(digest);
}

std::vector<std::pair<std::string, std::string>> sign(const SigningRequest& request, const AwsCredentials& credentials) {
  const std::string time = basic_time(request.unix_seconds);
  const std::string_view date = std::string_view(time).substr(0, 8);
  const std::string_view token = credentials.session_token.reveal();
  const SignedHeaders headers = canonical_headers(request, time, token);

  std::string canonical(request.method);
  canonical.append("\n").append(canonical_path(request.path)).append("\n").append(canonical_query(request.query));
  canonical.append("\n").append(headers.lines).append("\n").append(headers.names).append("\n").append(request.body_sha256);

  std::string scope(date);
  scope.append("/").append(request.region).append("/").append(request.service).append("/aws4_request");
  std::string to_sign(algorithm);
  to_sign.append("\n").append(time).append("\n").append(scope).append("\n").append(hex_sha256(canonical));
  Digest key = signing_key(credentials.secret.reveal(), date, request);
  const std::string signature = hex(hmac(bytes_of(key), to_sign));
  OPENSSL_cleanse(key.data(), key.size());

  std::string authorization(algorithm);
  authorization.append(" Credential=").append(credentials.access_key).append("/").append(scope);
  authorization.append(", SignedHeaders=").append(headers.names).append(", Signature=").append(signature);
  std::vector<std::pair<std::string, std::string>> out;
  out.emplace_back("X-Amz-Date", time);
  if (!token.empty()) out.emplace_back("X-Amz-Security-Token", std::string(token));
  out.emplace_back("Authorization", std::move(authorization));
  return out;
}

}  // namespace sluice::providers
