// Small text functions that the standard library lacks. Pure; ASCII only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

void append_integer(std::string& out, std::int64_t value);   // decimal
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool iequals(std::string_view a, std::string_view b);        // without regard to case of A-Z
std::string_view trim(std::string_view text);                // without spaces and tabs at either end
std::string percent_decoded(std::string_view text);           // %XX; anything else as it is
std::string percent_encoded(std::string_view text);           // all but letters, digits and -._~

}  // namespace sluice
