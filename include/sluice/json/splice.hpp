// Changes a JSON text in one place and leaves every other byte as it is.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::json {

// text[begin, end) replaced; the range must lie inside the text.
std::string splice(std::string_view text, std::size_t begin, std::size_t end, std::string_view with);

// The object with the member set to the raw value: in place of its value where the key is there (the first of that
// spelling), else as a new last member. Nothing: the text is no whole object.
std::optional<std::string> set_member(std::string_view object, std::string_view key, std::string_view raw_value);

// The object without the members of that key (every one of that spelling) and the comma of each. Nothing: there is none,
// or the text is no whole object.
std::optional<std::string> remove_member(std::string_view object, std::string_view key);

// Valid JSON with every key, at any depth, written without needless escapes. Nothing: no key has an escaped ASCII character.
std::optional<std::string> with_plain_keys(std::string_view text);

}  // namespace sluice::json
