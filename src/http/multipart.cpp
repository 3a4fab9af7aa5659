#include "sluice/http/multipart.hpp"

#include <algorithm>

#include "sluice/base/text.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t most_fields = 256, longest_boundary = 70, longest_part_head = 8 << 10;

Error broken(std::string_view what) {
  return Error(Code::bad_request, "The form in the request body cannot be read: " + std::string(what) + ".").named("invalid_form");
}

// The value of `name` among "; name=value; name=\"value\"" parameters, without quotes. Escapes (\") stay as written.
std::string_view parameter(std::string_view parameters, std::string_view name) {
  while (!parameters.empty()) {
    parameters = trim(parameters.substr(parameters.front() == ';' ? 1 : 0));
    const std::size_t equals = parameters.find('=');
    if (equals == parameters.npos) return {};
    const std::string_view key = trim(parameters.substr(0, equals));
    std::string_view rest = trim(parameters.substr(equals + 1));
    std::size_t end = 0;
    std::string_view value;
    if (rest.starts_with('"')) {
      for (end = 1; end < rest.size() && rest[end] != '"'; ++end) end += rest[end] == '\\' ? 1 : 0;
      if (end >= rest.size()) return {};
      value = rest.substr(1, end - 1);
      ++end;
    } else {
      end = std::min(rest.find(';'), rest.size());
      value = trim(rest.substr(0, end));
    }
    if (iequals(key, name)) return value;
    const std::size_t next = rest.find(';', end);
    parameters = next == rest.npos ? std::string_view() : rest.substr(next);
  }
  return {};
}

bool boundary_fits(std::string_view boundary) {
  constexpr std::string_view marks = "'()+_,-./:=? ";
  return !boundary.empty() && boundary.size() <= longest_boundary && boundary.back() != ' ' &&
         std::all_of(boundary.begin(), boundary.end(), [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != marks.npos;
         });
}

// One part's head: lines up to an empty one.
Result<FormField> read_part_head(std::string_view head) {
  FormField field;
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return broken("a part has a header without a colon");
    if (!iequals(trim(line.substr(0, colon)), "content-disposition")) continue;
    const std::string_view value = line.substr(colon + 1);
    const std::size_t semicolon = value.find(';');
    if (semicolon == value.npos) continue;
    field.name = parameter(value.substr(semicolon), "name");
    field.file = !parameter(value.substr(semicolon), "filename").empty();
  }
  if (field.name.empty()) return broken("a part has no name");
  return field;
}

}  // namespace

bool is_form(std::string_view content_type) {
  return iequals(trim(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

Result<Form> read_form(std::string_view content_type, std::string_view body) {
  const std::size_t semicolon = content_type.find(';');
  Form form;
  if (semicolon != content_type.npos) form.boundary = parameter(content_type.substr(semicolon), "boundary");
  if (!boundary_fits(form.boundary)) return broken("its Content-Type names no usable boundary");
  const std::string opening = "--" + form.boundary, between = "\r\n" + opening;
  if (!body.starts_with(opening)) return broken("it does not begin with its boundary");
  std::size_t at = opening.size();
  for (;;) {
    if (body.substr(at, 2) == "--") return form;
    at = body.find_first_not_of(" \t", at);   // padding is allowed behind a boundary
    if (at == body.npos || body.substr(at, 2) != "\r\n") return broken("a boundary is not followed by a line end");
    if (form.fields.size() == most_fields) return broken("it has too many fields");
    at += 2;
    const std::size_t blank = body.substr(at, 2) == "\r\n" ? at : body.substr(0, at + longest_part_head).find("\r\n\r\n", at);
    if (blank == body.npos) return broken("a part has no end of its head");
    auto field = read_part_head(body.substr(at, blank - at));
    if (!field) return std::move(field).error();
    field->begin = blank + (blank == at ? 2 : 4);
    field->end = body.find(between, field->begin - 2);   // an empty value's line end is the head's
    if (field->end == body.npos) return broken("it has no closing boundary");
    at = field->end + between.size();
    field->end = std::max(field->end, field->begin);
    form.fields.push_back(*field);
  }
}

std::string write_field(std::string_view boundary, std::string_view name, std::string_view value) {
  std::string out = "--";
  out.append(boundary).append("\r\nContent-Disposition: form-data; name=\"").append(name).append("\"\r\n\r\n");
  return out.append(value).append("\r\n");
}

}  // namespace sluice::http
