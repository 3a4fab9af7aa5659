// Request and response heads: the fields' bytes live in one string, the fields are offsets into it, so that a head
// costs no allocation once its connection is warm. Views stay valid until clear() or add().
#pragma once
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstdint>
#include <optional>
#include <ostream>   // Beast's verb.hpp uses it without including it
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

using FieldName = boost::beast::http::field;
using Verb = boost::beast::http::verb;

// The number of a field's name, without case.
FieldName name_of(std::string_view name);

struct Field {
  FieldName id;             // FieldName::unknown for names Beast has no number for
  std::string_view name;    // as it came
  std::string_view value;   // without surrounding white space
  std::string_view line;    // "Name: value\r\n", to be passed on as it is
};

class Fields {
 public:
  void clear() { x_bytes.clear(); x_slots.clear(); }
  void add(FieldName id, std::string_view name, std::string_view value);
  // `line`: "Name: value\r\n", spelled so and checked to be.
  void add_line(FieldName id, std::string_view line, std::size_t name_size);
  std::size_t size() const { return x_slots.size(); }
  Field at(std::size_t i) const;
  // The first of that name; empty when absent. Names compare without case.
  std::string_view get(FieldName id) const;
  std::string_view get(std::string_view name) const;
  bool has(FieldName id) const;
  // True if the comma-separated list in any field of that name holds the token, without case.
  bool has_token(FieldName id, std::string_view token) const;

 private:
  struct Slot { FieldName id; std::uint32_t name, name_size, value, value_size; };
  std::string x_bytes;   // the lines, one after the other
  std::vector<Slot> x_slots;
};

struct RequestHead {
  Verb method = Verb::unknown;
  std::string target;       // as it came: path and query
  int version = 11;         // 10 or 11
  Fields fields;
  bool keep_alive = false;
  bool chunked = false;
  bool expect_continue = false;
  std::optional<std::uint64_t> content_length;

  std::string_view path() const;                            // before '?'
  std::string_view query() const;                           // after it
  void clear();
};

struct ResponseHead {
  int status = 0;
  int version = 11;
  Fields fields;
  bool keep_alive = false;
  bool chunked = false;
  bool until_close = false; // the body has no framing: it ends when the peer closes
  std::optional<std::uint64_t> content_length;

  void clear();
};

}  // namespace sluice::http
