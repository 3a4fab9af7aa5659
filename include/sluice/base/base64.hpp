// Base64 (RFC 4648), both alphabets. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

std::string to_base64(std::string_view bytes);                       // "+/", padded
std::string to_base64url(std::string_view bytes);                    // "-_", without padding (JWT)
std::optional<std::string> from_base64(std::string_view text);       // either alphabet, padding or none; nothing: no base64
bool is_base64(std::string_view text);                               // likewise, not empty, without decoding

}  // namespace sluice
