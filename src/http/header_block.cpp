#include "sluice/http/header_block.hpp"

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace sluice::http {
namespace {

// RFC 9110 5.6.2.
bool is_token_byte(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

}  // namespace

bool append_header(std::string& out, std::string_view name, std::string_view value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_byte)) return false;
  if (!std::all_of(value.begin(), value.end(), is_value_byte)) return false;
  out.append(name).append(": ").append(value).append("\r\n");
  return true;
}

std::string_view reason_phrase(int status) {
  namespace beast_http = boost::beast::http;
  if (status < 100 || status > 999) return "Unknown";
  const beast_http::status known = beast_http::int_to_status(static_cast<unsigned>(status));
  if (known == beast_http::status::unknown) return "Unknown";
  const boost::beast::string_view text = beast_http::obsolete_reason(known);
  return {text.data(), text.size()};
}

}  // namespace sluice::http
