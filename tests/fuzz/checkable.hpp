#pragma once
#include <nlohmann/json.hpp>
#include <string_view>

namespace sluice::fuzz {

// Whether what is made of that body can be held against a dialect's rules. Their JSON reader refuses an escaped half of a
// surrogate pair ("\ud800"), which RFC 8259 (8.2) allows; ours passes it on where the caller's JSON goes out as it came.
inline bool checkable(std::string_view body) { return nlohmann::json::accept(body); }

}  // namespace sluice::fuzz
