// Comparing the ASCII words of HTTP, which ignore case, without a locale.
#pragma once
#include <cstddef>
#include <string_view>

namespace sluice::http {

inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

inline bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  return true;
}

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Without the spaces and tabs around it (RFC 9110 5.6.3).
inline std::string_view trimmed(std::string_view s) {
  while (!s.empty() && is_blank(s.front())) s.remove_prefix(1);
  while (!s.empty() && is_blank(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace sluice::http
