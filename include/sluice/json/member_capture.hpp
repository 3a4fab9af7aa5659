// Finds the raw text of one member of the outermost object in a JSON body that goes by in pieces (a proxied answer of
// any size), in bounded memory. Any split of the body gives the same result. It does not validate; of a broken body
// it may find something or nothing. Used by one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::json {

class MemberCapture {
 public:
  // `most`: a value longer than this many bytes is not kept.
  explicit MemberCapture(std::string_view key, std::size_t most = 16 << 10) : x_key(key), x_most(most) {}

  void feed(std::string_view piece);
  // The value of the last such member that ended (as parsers have it); nothing: none so far, or too long.
  std::optional<std::string_view> value() const {
    return x_found ? std::optional<std::string_view>(x_value) : std::nullopt;
  }
  bool complete() const { return x_where == Where::done; }   // the outermost object was closed

 private:
  // The last three are inside a value: a number or word, an array or object, a string.
  enum class Where : std::uint8_t { start, between, key, colon, before_value, done, lost, scalar, nested, text };

  bool in_value() const { return x_where >= Where::scalar; }
  bool step(char c);                                         // outside keys and values; false: `c` begins a value
  const char* read_key(const char* at, const char* end);
  const char* read_value(const char* at, const char* end);   // up to its end or the piece's
  const char* read_nested(const char* at, const char* end);
  const char* read_text(const char* at, const char* end);
  void begin_value(char c);
  void end_value();
  void keep(std::string_view bytes);

  std::string x_key;
  std::size_t x_most;
  std::string x_name;          // the key being read, at most one byte longer than x_key
  std::string x_taking;        // the value being read, when it is the wanted one
  std::string x_value;
  std::uint64_t x_depth = 0;   // inside the current value
  Where x_where = Where::start;
  bool x_escaped = false, x_wanted = false, x_found = false;
};

}  // namespace sluice::json
