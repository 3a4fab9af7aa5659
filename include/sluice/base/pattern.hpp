// Patterns of model names as the configuration has them: '*' stands for any run of characters, also none; every other
// character for itself (case counts).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Time: text size times pattern size at worst; linear for patterns with one star. Never recursive.
bool matches(std::string_view pattern, std::string_view text);
bool matches_any(const std::vector<std::string>& patterns, std::string_view text);   // an empty list matches nothing
inline bool is_pattern(std::string_view text) { return text.find('*') != std::string_view::npos; }

}  // namespace sluice
