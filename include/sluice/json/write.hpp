// Writes JSON by appending to a string. The result is always valid JSON in valid UTF-8, whatever the text is.
#pragma once
#include <string>
#include <string_view>

#include "sluice/base/text.hpp"

namespace sluice::json {

// In quotes; '"', '\' and control characters escaped, bytes that are no UTF-8 replaced by U+FFFD.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);
using sluice::append_integer;

}  // namespace sluice::json
