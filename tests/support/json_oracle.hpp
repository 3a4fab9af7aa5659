// What nlohmann::json::accept says of a text, brought to the contract of json::validate, which differs from it on
// purpose: numbers may have any size and lone surrogates are allowed (nlohmann refuses both), a byte order mark and
// NUL bytes are not (nlohmann skips the one and stops at the other).
#pragma once
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::test {

// Every surrogate escape becomes another character's: as many bytes, the same grammar.
inline void defuse_surrogates(std::string& text) {
  for (std::size_t i = 0; i + 5 < text.size(); ++i) {
    const bool surrogate = text[i] == '\\' && text[i + 1] == 'u' && (text[i + 2] | 0x20) == 'd' &&
                           std::string_view("89abcdefABCDEF").find(text[i + 3]) != std::string_view::npos;
    if (surrogate) text[i + 2] = '0';
  }
}

// Every exponent becomes zero. What looks like one inside a string changes to other characters of the same kind.
inline void defuse_exponents(std::string& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != 'e') continue;
    std::size_t digit = i + 1;
    if (digit < text.size() && (text[digit] == '+' || text[digit] == '-')) ++digit;
    for (; digit < text.size() && std::isdigit(static_cast<unsigned char>(text[digit])) != 0; ++digit)
      text[digit] = '0';
  }
}

inline std::size_t longest_run_of_digits(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char c : text) {
    run = std::isdigit(static_cast<unsigned char>(c)) != 0 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// Nothing: the oracle cannot say (a number too long for it). Depth is not looked at.
inline std::optional<bool> strict_parser_accepts(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  if (text.substr(0, 3) == "\xef\xbb\xbf") return false;
  std::string defused(text);
  defuse_surrogates(defused);
  defuse_exponents(defused);
  if (longest_run_of_digits(defused) > 300) return std::nullopt;
  return nlohmann::json::accept(defused);
}

// The deepest nesting of brackets outside strings, for texts that are valid otherwise.
inline std::size_t depth_of(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      else if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

}  // namespace sluice::test
