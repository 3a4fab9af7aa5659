#include "sluice/json/write.hpp"

#include "bytes.hpp"

namespace sluice::json {
namespace {

void append_escaped(std::string& out, char c) {
  constexpr char hex[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      out += "\\u00";
      out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(hex[static_cast<unsigned char>(c) & 15]);
  }
}

// All the characters outside ASCII from here on.
const char* append_beyond_ascii(std::string& out, const char* at, const char* end) {
  while (at != end && static_cast<unsigned char>(*at) >= 0x80) {
    const char* const next = skip_utf8(at, end);
    if (next != nullptr) out.append(at, next);
    else out += "\xef\xbf\xbd";
    at = next != nullptr ? next : at + 1;
  }
  return at;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  out.push_back('"');
  while (at != end) {
    const char* const run = at;
    at = seek<NotPlain>(at, end);
    out.append(run, at);
    if (at == end) break;
    if (static_cast<unsigned char>(*at) < 0x80) {
      append_escaped(out, *at++);
    } else {
      at = append_beyond_ascii(out, at, end);
    }
  }
  out.push_back('"');
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

}  // namespace sluice::json
