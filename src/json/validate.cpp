#include "sluice/json/validate.hpp"

#include <array>

#include "bytes.hpp"

namespace sluice::json {
namespace {

// Every step takes the place it begins at and gives the place behind what it read, or nullptr after noting the fault.
// The place is an argument, not a member, so that it stays in a register.
class Pass {
 public:
  explicit Pass(std::string_view text) : x_begin(text.data()), x_end(text.data() + text.size()) {}

  bool any_value() {
    const char* const at = value(space(x_begin));
    return at != nullptr && nothing_after(at);
  }
  bool object(MemberSink& sink);
  const Fault& fault() const { return x_fault; }

 private:
  [[gnu::cold]] const char* fail(const char* at, const char* reason) {
    x_fault = Fault{static_cast<std::size_t>(at - x_begin), at == x_end ? "the text ends too early" : reason};
    return nullptr;
  }
  const char* space(const char* at) const {
    return at == x_end || static_cast<unsigned char>(*at) > ' ' ? at : spaces(at);
  }
  [[gnu::noinline]] const char* spaces(const char* at) const {
    while (at != x_end && is_space(*at)) ++at;
    return at;
  }
  bool nothing_after(const char* at) {
    at = space(at);
    return at == x_end || fail(at, "unexpected text after the value") != nullptr;
  }
  const char* value(const char* at);
  const char* scalar(const char* at);
  const char* open(const char* at, bool& opened);
  const char* close_or_next(const char* at, std::size_t base);
  const char* member(const char* at, MemberSink& sink);
  const char* key(const char* at);
  [[gnu::always_inline]] inline const char* colon(const char* at);
  [[gnu::noinline]] const char* spaced_colon(const char* at);
  const char* string(const char* at);
  [[gnu::noinline]] const char* unusual_string(const char* at);
  const char* unusual(const char* at);
  const char* number(const char* at);
  const char* digits(const char* at);
  const char* word(const char* at, std::string_view expected);

  const char* x_begin;
  const char* x_end;
  Fault x_fault;
  std::size_t x_depth = 0;
  std::array<char, max_depth> x_closers;   // of the arrays and objects around the place, outermost first
};

const char* Pass::key(const char* at) {
  if (at == x_end || *at != '"') return fail(at, "expected a string as object key");
  at = string(at + 1);
  return at == nullptr ? nullptr : colon(at);
}

// Gives the place of the value after it. First the usual forms ':' and ': ', without a call.
const char* Pass::colon(const char* at) {
  if (x_end - at > 2 && *at == ':') {
    at += at[1] == ' ' ? 2 : 1;
    return space(at);
  }
  return spaced_colon(at);
}

const char* Pass::spaced_colon(const char* at) {
  at = space(at);
  if (at == x_end || *at != ':') return fail(at, "expected ':' after an object key");
  return space(at + 1);
}

bool Pass::object(MemberSink& sink) {
  const char* at = space(x_begin);
  if (at == x_end || *at != '{') return fail(at, "expected an object") != nullptr;
  bool opened = false;
  at = open(at, opened);
  while (opened) {
    at = member(at, sink);
    if (at == nullptr) return false;
    if (*at == '}') return nothing_after(at + 1);
    at = space(at + 1);
  }
  return nothing_after(at);
}

// One member of the outermost object; gives the place of the ',' or '}' after it.
const char* Pass::member(const char* at, MemberSink& sink) {
  if (at == x_end || *at != '"') return fail(at, "expected a string as object key");
  const char* const name = at + 1;
  const char* const quote = string(name);
  if (quote == nullptr) return nullptr;
  at = colon(quote);
  if (at == nullptr) return nullptr;
  const char* const start = at;
  at = value(at);
  if (at == nullptr) return nullptr;
  sink.member({name, static_cast<std::size_t>(quote - 1 - name)}, {start, static_cast<std::size_t>(at - start)});
  at = space(at);
  if (at == x_end || (*at != ',' && *at != '}')) return fail(at, "expected ',' or '}' in an object");
  return at;
}

// A value with all that is in it, without recursion.
const char* Pass::value(const char* at) {
  const std::size_t base = x_depth;
  for (;;) {
    if (at == x_end) return fail(at, "");
    bool opened = false;
    if (*at == '"') at = string(at + 1);
    else if (*at == '{' || *at == '[') at = open(at, opened);
    else at = scalar(at);
    if (at != nullptr && !opened) at = close_or_next(at, base);
    if (at == nullptr || x_depth == base) return at;
    if (x_closers[x_depth - 1] == '}') at = key(at);
    if (at == nullptr) return nullptr;
  }
}

// After '{' or '[' and the space behind it; an empty one is read to its end and is not open.
const char* Pass::open(const char* at, bool& opened) {
  if (x_depth == max_depth) return fail(at, "nested too deeply (more than 128 levels)");
  const char closer = *at == '{' ? '}' : ']';
  at = space(at + 1);
  if (at != x_end && *at == closer) return at + 1;
  opened = true;
  x_closers[x_depth++] = closer;
  return at;
}

// After a value: closes what ends here, down to depth `base`; else gives the place of the next member or element.
const char* Pass::close_or_next(const char* at, std::size_t base) {
  while (x_depth != base) {
    at = space(at);
    const char closer = x_closers[x_depth - 1];
    if (at == x_end) return fail(at, "");
    if (*at == ',') return space(at + 1);
    if (*at != closer) {
      return fail(at, closer == '}' ? "expected ',' or '}' in an object" : "expected ',' or ']' in an array");
    }
    --x_depth;
    ++at;
  }
  return at;
}

// `at` behind the opening quote. What is usual is a function without calls: this is where nearly all the time goes.
const char* Pass::string(const char* at) {
  at = skip_text(at, x_end);
  return at != x_end && *at == '"' ? at + 1 : unusual_string(at);
}

const char* Pass::unusual_string(const char* at) {
  for (;;) {
    if (at == x_end) return fail(at, "");
    if (*at == '"') return at + 1;
    at = unusual(at);
    if (at == nullptr) return nullptr;
    at = skip_text(at, x_end);
  }
}

// An escape of the long form, or all the characters outside ASCII from here on.
const char* Pass::unusual(const char* at) {
  if (*at == '\\') {
    if (x_end - at < 2) return fail(x_end, "");
    if (at[1] != 'u') return fail(at, "unknown escape in a string");
    return hex4(at + 2, x_end) < 0 ? fail(at, "expected four hexadecimal digits after '\\u'") : at + 6;
  }
  if (static_cast<unsigned char>(*at) < 0x20) return fail(at, "control character in a string");
  at = skip_three_byte_run(at, x_end);
  while (at != x_end && static_cast<unsigned char>(*at) >= 0x80) {
    const char* const next = skip_utf8(at, x_end);
    if (next == nullptr) return fail(at, "invalid UTF-8");
    at = next;
  }
  return at;
}

const char* Pass::scalar(const char* at) {
  switch (*at) {
    case 't': return word(at, "true");
    case 'f': return word(at, "false");
    case 'n': return word(at, "null");
    default: return number(at);
  }
}

const char* Pass::word(const char* at, std::string_view expected) {
  const std::string_view rest(at, static_cast<std::size_t>(x_end - at));
  return rest.substr(0, expected.size()) == expected ? at + expected.size() : fail(at, "expected a value");
}

const char* Pass::digits(const char* at) {
  if (at == x_end || !is_digit(*at)) return fail(at, "expected a digit");
  while (at != x_end && is_digit(*at)) ++at;
  return at;
}

const char* Pass::number(const char* at) {
  if (*at != '-' && !is_digit(*at)) return fail(at, "expected a value");
  if (*at == '-') ++at;
  at = at != x_end && *at == '0' ? at + 1 : digits(at);
  if (at != nullptr && at != x_end && *at == '.') at = digits(at + 1);
  if (at != nullptr && at != x_end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != x_end && (*at == '+' || *at == '-')) ++at;
    at = digits(at);
  }
  return at;
}

}  // namespace

std::optional<Fault> validate(std::string_view text) {
  Pass pass(text);
  return pass.any_value() ? std::nullopt : std::optional<Fault>(pass.fault());
}

std::optional<Fault> validate_object(std::string_view text, MemberSink& sink) {
  Pass pass(text);
  return pass.object(sink) ? std::nullopt : std::optional<Fault>(pass.fault());
}

bool valid_utf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    at = static_cast<unsigned char>(*at) < 0x80 ? at + 1 : skip_utf8(at, end);
    if (at == nullptr) return false;
  }
  return true;
}

}  // namespace sluice::json
