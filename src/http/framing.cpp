#include "sluice/http/framing.hpp"

#include <algorithm>
#include <charconv>

#include "http/ascii.hpp"
#include "sluice/http/lines.hpp"

namespace sluice::http::detail {
namespace {

bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const char* Framing::note(FieldName id, std::string_view value) {
  if (id == FieldName::content_length) {
    if (chunked) return "Content-Length beside Transfer-Encoding";
    std::uint64_t number = 0;
    const bool fits = all_digits(value) && std::from_chars(value.data(), value.data() + value.size(), number).ec == std::errc();
    if (length || !fits) return "Content-Length must be one number, once";
    length = number;
  } else if (id == FieldName::transfer_encoding) {
    if (chunked || length) return "Transfer-Encoding more than once or beside Content-Length";
    chunked = same_word(value, "chunked");
  } else if (id == FieldName::connection || id == FieldName::proxy_connection) {
    return note_connection(value);
  }
  return nullptr;
}

const char* Framing::note_connection(std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    const std::string_view word = trimmed(list.substr(0, comma));
    if (token_size(word) != word.size()) return "Connection is not a list of words";
    if (same_word(word, "close")) close = true;
    else if (same_word(word, "keep-alive")) keep_alive = true;
    if (comma == std::string_view::npos) return nullptr;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace sluice::http::detail
