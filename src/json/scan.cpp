#include "sluice/json/scan.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "bytes.hpp"

namespace sluice::json {
namespace detail {

const char* skip_space(const char* at, const char* end) {
  while (at != end && is_space(*at)) ++at;
  return at;
}

const char* skip_string(const char* at, const char* end) {
  for (;;) {
    at = seek<QuoteOrBackslash>(at, end);
    if (at == end) return nullptr;
    if (*at == '"') return at + 1;
    if (end - at < 2) return nullptr;
    at += 2;
  }
}

namespace {

// Counts brackets of both kinds as one: which closes which is the validator's business.
const char* skip_nested(const char* at, const char* end) {
  for (std::size_t depth = 0;;) {
    at = seek<BracketOrQuote>(at, end);
    if (at == end) return nullptr;
    const char c = *at++;
    if (c == '"') {
      at = skip_string(at, end);
      if (at == nullptr) return nullptr;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (--depth == 0) {
      return at;
    }
  }
}

bool ends_scalar(char c) { return scalar_ends[static_cast<unsigned char>(c)]; }

}  // namespace

const char* skip_value(const char* at, const char* end) {
  if (at == end) return nullptr;
  if (*at == '"') return skip_string(at + 1, end);
  if (*at == '{' || *at == '[') return skip_nested(at, end);
  const char* const begin = at;
  while (at != end && !ends_scalar(*at)) ++at;
  return at == begin || at == end ? nullptr : at;   // at the end of the text it may be cut off
}

}  // namespace detail

Kind kind_of(std::string_view raw) {
  const char* const end = raw.data() + raw.size();
  const char* const at = detail::skip_space(raw.data(), end);
  if (at == end) return Kind::none;
  switch (*at) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::string;
    case 't': case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default: return *at == '-' || is_digit(*at) ? Kind::number : Kind::none;
  }
}

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::object: return "an object";
    case Kind::array: return "an array";
    case Kind::string: return "a string";
    case Kind::number: return "a number";
    case Kind::boolean: return "a boolean";
    case Kind::null: return "null";
    case Kind::none: break;
  }
  return "nothing";
}

std::optional<std::string_view> find(std::string_view object, std::string_view key) {
  std::optional<std::string_view> found;
  const bool walked = each_member(object, [&](std::string_view name, std::string_view value) {
    if (name == key) found = value;
    return !found;
  });
  return walked ? found : std::nullopt;
}

std::optional<std::int64_t> to_integer(std::string_view raw) {
  std::int64_t value = 0;
  const auto read = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (read.ec != std::errc{} || read.ptr != raw.data() + raw.size()) return std::nullopt;
  return value;
}

std::optional<bool> to_boolean(std::string_view raw) {
  if (raw == "true") return true;
  if (raw == "false") return false;
  return std::nullopt;
}

std::optional<std::string_view> find_from_end(std::string_view object, std::string_view key) {
  using namespace detail;
  constexpr std::size_t reach = 4096;
  const char* const end = object.data() + object.size();
  const char* const begin = end - std::min(object.size(), reach);
  // How far back the window may move when its first byte is this one (Horspool's search, from the end).
  std::array<std::uint8_t, 256> step;
  const auto width = std::min<std::size_t>(key.size() + 2, 255);
  step.fill(static_cast<std::uint8_t>(width));
  step['"'] = static_cast<std::uint8_t>(width - 1);
  for (std::size_t i = std::min<std::size_t>(key.size(), 253); i-- > 0;) {
    step[static_cast<unsigned char>(key[i])] = static_cast<std::uint8_t>(i + 1);
  }
  const auto reaches = [&](const char* at) { return at - begin > step[static_cast<unsigned char>(*at)]; };
  for (const char* at = end - std::min(key.size() + 2, object.size()); at > begin;
       at = reaches(at) ? at - step[static_cast<unsigned char>(*at)] : begin) {
    // In valid JSON a quote that is followed by the key opens it, unless it is part of a string: then it is escaped.
    if (*at != '"' || at[1] != key[0] || at[-1] == '\\') continue;
    if (std::string_view(at + 1, key.size()) != key || at[1 + key.size()] != '"') continue;
    const char* value = skip_space(at + key.size() + 2, end);
    if (value == end || *value != ':') continue;
    value = skip_space(value + 1, end);
    const char* const behind = skip_value(value, end);
    if (behind == nullptr) return std::nullopt;
    // It is the outermost object's own member if what follows are members, and then exactly one closing brace.
    const char* rest = skip_space(behind, end);
    while (rest != end && *rest == ',') {
      rest = skip_space(rest + 1, end);
      if (rest == end || *rest != '"') return std::nullopt;
      rest = skip_string(rest + 1, end);
      if (rest == nullptr) return std::nullopt;
      rest = skip_space(rest, end);
      if (rest == end || *rest != ':') return std::nullopt;
      rest = skip_value(skip_space(rest + 1, end), end);
      if (rest == nullptr) return std::nullopt;
      rest = skip_space(rest, end);
    }
    if (rest == end || *rest != '}' || skip_space(rest + 1, end) != end) continue;
    return std::string_view(value, static_cast<std::size_t>(behind - value));
  }
  return std::nullopt;
}

}  // namespace sluice::json
