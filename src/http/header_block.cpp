#include "sluice/http/header_block.hpp"

#include <array>
#include <boost/beast/http/status.hpp>

namespace sluice::http {
namespace {

// What a byte may be part of: 1 a name (RFC 9110, 5.6.2), 2 a value (5.5; bytes above 0x7f are somebody's old text).
constexpr std::array<unsigned char, 256> kinds = [] {
  std::array<unsigned char, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool mark = c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    if (alphanumeric || mark) table[c] |= 1;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') table[c] |= 2;
  }
  return table;
}();

bool all_are(std::string_view text, unsigned char kind) {
  unsigned char common = kind;
  for (const char c : text) common &= kinds[static_cast<unsigned char>(c)];
  return common == kind;
}

}  // namespace

bool append_header(std::string& out, std::string_view name, std::string_view value) {
  if (name.empty() || !all_are(name, 1) || !all_are(value, 2)) return false;
  out.append(name).append(": ", 2).append(value).append("\r\n", 2);
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
