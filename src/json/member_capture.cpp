#include "sluice/json/member_capture.hpp"

#include <algorithm>

#include "bytes.hpp"

namespace sluice::json {

void MemberCapture::feed(std::string_view piece) {
  const char* at = piece.data();
  const char* const end = at + piece.size();
  while (at != end && x_where != Where::done && x_where != Where::lost) {
    if (in_value()) {
      const char* const from = at;
      at = read_value(at, end);
      keep({from, static_cast<std::size_t>(at - from)});
      if (!in_value()) end_value();
    } else if (x_where == Where::key) {
      at = read_key(at, end);
    } else if (step(*at)) {
      ++at;
    } else {
      begin_value(*at);
    }
  }
}

bool MemberCapture::step(char c) {
  if (is_space(c)) return true;
  switch (x_where) {
    case Where::start:
      x_where = c == '{' ? Where::between : Where::lost;
      break;
    case Where::between:
      x_name.clear();
      if (c == '"') x_where = Where::key;
      else if (c == '}') x_where = Where::done;
      else if (c != ',') x_where = Where::lost;
      break;
    case Where::colon:
      x_where = c == ':' ? Where::before_value : Where::lost;
      break;
    default:
      return false;
  }
  return true;
}

// A key longer than the wanted one is cut: it can no longer be equal.
const char* MemberCapture::read_key(const char* at, const char* end) {
  const char* const from = at;
  at = read_text(at, end);
  const bool closed = x_where != Where::key;
  const auto size = static_cast<std::size_t>(at - from) - (closed ? 1 : 0);
  x_name.append(from, std::min(size, x_key.size() + 1 - x_name.size()));
  return at;
}

// Shared by keys and values: to behind the closing quote, then on to what follows such a string.
const char* MemberCapture::read_text(const char* at, const char* end) {
  while (at != end) {
    if (x_escaped) {
      x_escaped = false;
      ++at;
      continue;
    }
    at = seek<QuoteOrBackslash>(at, end);
    if (at == end) break;
    if (*at++ == '\\') {
      x_escaped = true;
      continue;
    }
    if (x_where == Where::key) x_where = Where::colon;
    else x_where = x_depth == 0 ? Where::between : Where::nested;
    break;
  }
  return at;
}

void MemberCapture::begin_value(char c) {
  x_wanted = x_name == x_key;
  x_taking.clear();
  x_depth = 0;
  if (c == '"') x_where = Where::text;
  else x_where = c == '{' || c == '[' ? Where::nested : Where::scalar;
  if (x_where == Where::text) x_escaped = true;   // the opening quote ends nothing
}

const char* MemberCapture::read_value(const char* at, const char* end) {
  if (x_where == Where::scalar) {
    while (at != end && *at != ',' && *at != '}' && !is_space(*at)) ++at;
    if (at != end) x_where = Where::between;
    return at;
  }
  while (at != end && in_value()) at = x_where == Where::text ? read_text(at, end) : read_nested(at, end);
  return at;
}

const char* MemberCapture::read_nested(const char* at, const char* end) {
  while ((at = seek<BracketOrQuote>(at, end)) != end) {
    const char c = *at++;
    if (c == '"') {
      x_where = Where::text;
      break;
    }
    if (c == '{' || c == '[') {
      ++x_depth;
    } else if (--x_depth == 0) {
      x_where = Where::between;
      break;
    }
  }
  return at;
}

void MemberCapture::keep(std::string_view bytes) {
  if (!x_wanted) return;
  if (bytes.size() > x_most - x_taking.size()) {
    x_wanted = false;
    x_found = false;
    return;
  }
  x_taking.append(bytes);
}

void MemberCapture::end_value() {
  if (!x_wanted) return;
  x_value.swap(x_taking);
  x_found = true;
}

}  // namespace sluice::json
