#include "gateway/url.hpp"

#include <algorithm>
#include <charconv>

namespace sluice::gateway {

Url parse_url(std::string_view text) {
  Url url;
  std::size_t scheme = text.find("://");
  url.tls = text.substr(0, scheme) == "https";
  text.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
  std::size_t slash = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, slash);
  url.path = text.substr(slash);
  std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), url.port);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  url.host = authority;
  if (url.port == 0) url.port = url.tls ? 443 : 80;
  return url;
}

}  // namespace sluice::gateway
