// Reads parts of a JSON text without building a tree: values are views of the raw text. The walkers check the
// structure only as far as they go over it (scalars and nested text are not judged; validate() does that), but never
// leave the text, whatever it holds. All views point into the text given.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace sluice::json {

enum class Kind : std::uint8_t { none, object, array, string, number, boolean, null };
Kind kind_of(std::string_view raw);                    // by the first character after white space
std::string_view describe(Kind);                       // "an object", "a string" …, for error messages

namespace detail {
const char* skip_space(const char* at, const char* end);
const char* skip_string(const char* at, const char* end);   // `at` after the opening quote; behind the closing one
const char* skip_value(const char* at, const char* end);    // of a member or element. nullptr: broken or cut off

// The callback may return nothing, or false to stop the walk.
template <class F, class... Args>
bool goes_on(F& f, Args... args) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&, Args...>>) {
    f(args...);
    return true;
  } else {
    return f(args...);
  }
}
}  // namespace detail

// Calls f(raw key without quotes, raw value) for each member. False: the text is no object, or is broken or cut off
// before its end (the members before that have been told). A walk that f stopped is true. What follows the object is
// not looked at.
template <class F>
bool each_member(std::string_view object, F&& f) {
  using namespace detail;
  const char* const end = object.data() + object.size();
  const char* at = skip_space(object.data(), end);
  if (at == end || *at != '{') return false;
  at = skip_space(at + 1, end);
  if (at != end && *at == '}') return true;
  for (;;) {
    if (at == end || *at != '"') return false;
    const char* const key = at + 1;
    at = skip_string(key, end);
    if (at == nullptr) return false;
    const std::string_view name(key, static_cast<std::size_t>(at - 1 - key));
    at = skip_space(at, end);
    if (at == end || *at != ':') return false;
    const char* const value = skip_space(at + 1, end);
    at = skip_value(value, end);
    if (at == nullptr) return false;
    if (!goes_on(f, name, std::string_view(value, static_cast<std::size_t>(at - value)))) return true;
    at = skip_space(at, end);
    if (at == end) return false;
    if (*at == '}') return true;
    if (*at != ',') return false;
    at = skip_space(at + 1, end);
  }
}

// The value of the object's last member of that name, looked for backwards in its last 4 KiB only: cheap where a short
// member follows long ones. Nothing: it does not stand there, or the text is not an object's. `key` needs no escapes.
std::optional<std::string_view> find_from_end(std::string_view object, std::string_view key);

// Calls f(raw value) for each element; results as for each_member.
template <class F>
bool each_element(std::string_view array, F&& f) {
  using namespace detail;
  const char* const end = array.data() + array.size();
  const char* at = skip_space(array.data(), end);
  if (at == end || *at != '[') return false;
  at = skip_space(at + 1, end);
  if (at != end && *at == ']') return true;
  for (;;) {
    const char* const value = at;
    at = skip_value(value, end);
    if (at == nullptr) return false;
    if (!goes_on(f, std::string_view(value, static_cast<std::size_t>(at - value)))) return true;
    at = skip_space(at, end);
    if (at == end) return false;
    if (*at == ']') return true;
    if (*at != ',') return false;
    at = skip_space(at + 1, end);
  }
}

// The raw value of the first member whose key is written exactly so (an escaped spelling is not found).
std::optional<std::string_view> find(std::string_view object, std::string_view key);

// A JSON string's text, appended. False (and `out` as it was): not a whole string in quotes, control characters,
// unknown escapes or invalid UTF-8 in it. Lone surrogates become U+FFFD.
bool unquote(std::string_view raw, std::string& out);
std::optional<std::string> unquoted(std::string_view raw);

// An integer written as one (no fraction or exponent) that fits.
std::optional<std::int64_t> to_integer(std::string_view raw);
std::optional<bool> to_boolean(std::string_view raw);

}  // namespace sluice::json
