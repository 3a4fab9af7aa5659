#include "bytes.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::json {
namespace {

void append_utf8(std::string& out, unsigned point) {
  const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

constexpr bool high_surrogate(int unit) { return unit >= 0xd800 && unit <= 0xdbff; }
constexpr bool low_surrogate(int unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

// `at` behind "\u". A pair of surrogates is one character; one alone is none, and U+FFFD stands for it.
const char* unescape_unicode(const char* at, const char* end, std::string& out) {
  const int unit = hex4(at, end);
  if (unit < 0) return nullptr;
  at += 4;
  if (high_surrogate(unit) && end - at >= 2 && at[0] == '\\' && at[1] == 'u') {
    const int second = hex4(at + 2, end);
    if (low_surrogate(second)) {
      append_utf8(out, static_cast<unsigned>(0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00)));
      return at + 6;
    }
  }
  append_utf8(out, high_surrogate(unit) || low_surrogate(unit) ? 0xfffd : static_cast<unsigned>(unit));
  return at;
}

// `at` behind the backslash.
const char* unescape(const char* at, const char* end, std::string& out) {
  if (at == end) return nullptr;
  switch (*at) {
    case '"': case '\\': case '/': out.push_back(*at); break;
    case 'b': out.push_back('\b'); break;
    case 'f': out.push_back('\f'); break;
    case 'n': out.push_back('\n'); break;
    case 'r': out.push_back('\r'); break;
    case 't': out.push_back('\t'); break;
    case 'u': return unescape_unicode(at + 1, end, out);
    default: return nullptr;
  }
  return at + 1;
}

bool append_text(const char* at, const char* end, std::string& out) {
  while (at != end) {
    const char* const run = at;
    at = seek<NotPlain>(at, end);
    out.append(run, at);
    if (at == end) return true;
    if (*at == '\\') {
      at = unescape(at + 1, end, out);
    } else if (static_cast<unsigned char>(*at) >= 0x80) {
      const char* const begin = at;
      at = skip_utf8(at, end);
      if (at != nullptr) out.append(begin, at);
    } else {
      at = nullptr;   // a control character or a quote
    }
    if (at == nullptr) return false;
  }
  return true;
}

}  // namespace

bool unquote(std::string_view raw, std::string& out) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return false;
  const std::size_t before = out.size();
  if (append_text(raw.data() + 1, raw.data() + raw.size() - 1, out)) return true;
  out.resize(before);
  return false;
}

std::optional<std::string> unquoted(std::string_view raw) {
  std::string text;
  return unquote(raw, text) ? std::optional<std::string>(std::move(text)) : std::nullopt;
}

}  // namespace sluice::json
