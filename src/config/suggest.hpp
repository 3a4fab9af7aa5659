// "did you mean …".
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

// Edits (insert, remove, replace, swap of neighbours) from one word to the other.
std::size_t edit_distance(std::string_view, std::string_view);

// The most edits at which one word is taken for a misspelling of the other.
std::size_t misspelling_limit(std::string_view word);

// ", did you mean 'x'?" or nothing if none of the words is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace sluice::config
