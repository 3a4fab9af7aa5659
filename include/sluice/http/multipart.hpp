// The fields of a form (multipart/form-data, RFC 7578), found in a body without copying it. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"

namespace sluice::http {

struct FormField {
  std::string_view name;          // as written between the quotes
  bool file = false;              // it has a file name
  std::size_t begin = 0, end = 0; // byte range of its value in the body
};

struct Form {
  std::string boundary;
  std::vector<FormField> fields;
};

bool is_form(std::string_view content_type);

// Views into `body`. Refuses (bad_request): no boundary or a broken one (RFC 2046 5.1.1), a body that does not begin with
// it, a part without a name, no closing boundary, more than 256 fields.
Result<Form> read_form(std::string_view content_type, std::string_view body);

// A field as it stands at the beginning of a form's body.
std::string write_field(std::string_view boundary, std::string_view name, std::string_view value);

}  // namespace sluice::http
