// Finds the lines of a message that comes in pieces. Part of the parsers; used on their thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http::detail {

class Lines {
 public:
  enum class Found : std::uint8_t { line, more, bare_cr, control };   // more: its end has not come yet
  // Looks for the first line of `bytes`; it is given without its CRLF. After `more` the same bytes come again with more
  // behind them, and are not looked at twice. No line holds a control character but tabs (RFC 9110 5.5).
  Found next(std::string_view bytes, std::string_view& line);

 private:
  std::size_t x_seen = 0;   // bytes of the unfinished line that hold none
};

// How many characters of a token (RFC 9110 5.6.2) `text` begins with.
std::size_t token_size(std::string_view text);

}  // namespace sluice::http::detail
