// Reads typed values out of a validated JSON text and says, in OpenAI's words, which field is wrong. The first fault
// wins; after it everything read is meaningless. Lives while one request is read.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects {

// Where in the request: "messages[2].content". Made of views on the stack; put into words only for a fault.
struct Path {
  const Path* up = nullptr;
  std::string_view name;
  std::int64_t index = -1;

  Path operator/(std::string_view member) const { return {this, member, -1}; }
  Path operator[](std::int64_t element) const { return {this, {}, element}; }
  std::string text() const;
};

class Reading {
 public:
  bool failed() const { return x_fault.has_value(); }
  Error take_fault() { return std::move(*x_fault); }

  // Each returns false, and records the fault, unless the raw value is what is asked for.
  bool text(std::string_view raw, const Path&, std::string& into);
  bool boolean(std::string_view raw, const Path&, bool& into);
  bool integer(std::string_view raw, const Path&, std::int64_t least, std::int64_t most,
               std::optional<std::int64_t>& into);
  bool number(std::string_view raw, const Path&, double least, double most, std::optional<double>& into);
  bool object(std::string_view raw, const Path&);
  bool array(std::string_view raw, const Path&);

  // Always false.
  bool wrong_type(const Path&, std::string_view expected, std::string_view raw);
  bool missing(const Path&);
  bool unsupported(const Path&, std::string_view value, std::string_view supported);
  bool refuse(const Path&, std::string message, std::string_view name = "invalid_value");

  // Calls f(key, raw value) for every member that is not null; false once there is a fault.
  template <class F>
  bool members(std::string_view raw, const Path& path, F&& f) {
    if (!object(raw, path)) return false;
    json::each_member(raw, [&](std::string_view key, std::string_view value) {
      if (value != "null") f(plain_key(key), value);
      return !failed();
    });
    return !failed();
  }
  // Calls f(index, raw value) for every element.
  template <class F>
  bool elements(std::string_view raw, const Path& path, F&& f) {
    if (!array(raw, path)) return false;
    std::int64_t index = 0;
    json::each_element(raw, [&](std::string_view value) {
      f(index++, value);
      return !failed();
    });
    return !failed();
  }

  // A member that has no place in the neutral request. What says nothing ([] and "") is not worth reporting.
  void keep_other(const Path&, std::string_view raw);
  std::vector<std::pair<std::string, std::string>> others;

 private:
  std::string_view plain_key(std::string_view key);   // with its escapes read; valid until the next such key

  std::optional<Error> x_fault;
  std::string x_key;
};

}  // namespace sluice::dialects
