// A signature in a dialect that has a place for its own maker's only: marked with whose it is, so that it comes back to
// its maker and is never shown to another ("sluice:google:<signature>").
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/dialect.hpp"

namespace sluice::dialects {

struct Proof { llm::Maker maker = llm::Maker::unknown; std::string signature; };

// `native`: whose signatures the place is made for; they, and those of unknown makers, stand in it as they are.
std::string write_proof(llm::Maker maker, std::string_view signature, llm::Maker native);
Proof read_proof(std::string_view text, llm::Maker native);

// Whether such a mark stands anywhere in a request (Gemini's places hold base64), or a thought that nobody has signed.
// Its own API would refuse the request: it must be read and written anew for any provider.
bool holds_foreign_proof(std::string_view request_body);

}  // namespace sluice::dialects
