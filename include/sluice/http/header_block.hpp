// Header lines being built for the wire: "Name: value\r\n" appended to a string. A value or name that could split the
// message (CR, LF, NUL) is never written.
#pragma once
#include <string>
#include <string_view>

namespace sluice::http {

// Appends the line; leaves `out` alone and returns false when name or value hold bytes no header may hold.
bool append_header(std::string& out, std::string_view name, std::string_view value);

// The standard text of a status ("Not Found"); "Unknown" for others.
std::string_view reason_phrase(int status);

}  // namespace sluice::http
