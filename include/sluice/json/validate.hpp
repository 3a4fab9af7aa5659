// Proves that a text is one JSON value (RFC 8259, strictly: no comments, no trailing commas, no byte order mark) in
// valid UTF-8, in one pass and without allocating. Numbers may have any size and duplicate members are allowed, as
// the grammar has it; so are lone surrogates in \u escapes (unquote() makes U+FFFD of them).
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::json {

inline constexpr std::size_t max_depth = 128;   // arrays and objects inside each other

struct Fault {
  std::size_t at = 0;        // bytes from the start of the text
  const char* reason = "";   // "expected ':' after an object key"; lower case, no full stop
};

// Learns each member of the outermost object, in the order of the text, as the pass goes over it: what it is told is
// valid JSON, but what follows may not be.
class MemberSink {
 public:
  // `key` is the raw text between the quotes, escapes as written; `value` the raw value without surrounding white
  // space.
  virtual void member(std::string_view key, std::string_view value) = 0;

 protected:
  ~MemberSink() = default;
};

// Nothing: the text is valid.
std::optional<Fault> validate(std::string_view text);
// The same, and the value must be an object.
std::optional<Fault> validate_object(std::string_view text, MemberSink& sink);

bool valid_utf8(std::string_view text);

}  // namespace sluice::json
