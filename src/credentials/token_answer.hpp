// What token services answer: Google's and Entra's (RFC 6749 section 5), and the metadata servers that copy them. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "credentials/ask.hpp"
#include "sluice/base/result.hpp"
#include "sluice/credentials/grant.hpp"

namespace sluice::credentials {

// A bearer token. An answer that is none becomes an error with the service's own code and description.
Result<Grant> read_token(const Reply&, std::int64_t now);

// The service's words on why not, as the end of a sentence: "400 invalid_grant: Token has been expired or revoked."
std::string refusal_words(const Reply&);

// One line of at most 300 bytes of visible ASCII: what others say goes into our log and our answers.
std::string tame(std::string_view text);

}  // namespace sluice::credentials
