#include "sluice/auth/credentials.hpp"

#include "sluice/base/text.hpp"

namespace sluice::auth {
namespace {

std::string_view bearer(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer";
  authorization = trim(authorization);
  if (authorization.size() <= scheme.size() || !iequals(authorization.substr(0, scheme.size()), scheme)) return {};
  const std::string_view rest = authorization.substr(scheme.size());
  return rest.front() == ' ' || rest.front() == '\t' ? trim(rest) : std::string_view{};
}

// AWS's SDKs sign with an access key id, which is where their users put a virtual key; the signature is not looked at:
// "AWS4-HMAC-SHA256 Credential=<id>/<date>/<region>/<service>/aws4_request, …".
std::string_view access_key_id(std::string_view authorization) {
  constexpr std::string_view scheme = "AWS4-HMAC-SHA256", field = "Credential=";
  authorization = trim(authorization);
  if (!authorization.starts_with(scheme)) return {};
  const std::size_t at = authorization.find(field);
  if (at == authorization.npos) return {};
  const std::string_view id = authorization.substr(at + field.size());
  return id.substr(0, id.find('/'));
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// '+' stays as it is: keys of base64 hold it, and no client sends a space in a key. A broken escape stays too.
void percent_decode(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
}

std::string_view key_of_query(std::string_view query, std::string& decoded) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    if (pair.substr(0, 4) == "key=") {
      const std::string_view value = pair.substr(4);
      if (value.find('%') == std::string_view::npos) return value;
      percent_decode(value, decoded);
      return decoded;
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

std::string_view presented_key(const Credentials& given, std::string& decoded) {
  if (const auto key = bearer(given.authorization); !key.empty()) return key;
  if (const auto key = access_key_id(given.authorization); !key.empty()) return key;
  for (const std::string_view header : {given.x_api_key, given.x_goog_api_key, given.api_key}) {
    if (const auto key = trim(header); !key.empty()) return key;
  }
  return key_of_query(given.query, decoded);
}

}  // namespace sluice::auth
