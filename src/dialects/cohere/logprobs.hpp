// Log probabilities: Cohere gives them for pieces of text, [{"text","token_ids","logprobs"}]; the neutral form is
// OpenAI's, {"content":[{"token","logprob","bytes","top_logprobs"}]}.
#pragma once
#include <string>
#include <string_view>

namespace sluice::dialects::cohere {

// `raw`: such a list, or one piece. Empty: nothing in it. The probabilities of a piece's tokens are those of the piece.
std::string read_logprobs(std::string_view raw);
// A list; empty text: none. Token ids are not known.
std::string write_logprobs(std::string_view neutral);
std::string write_logprob(std::string_view neutral);   // the first piece only, as streams have it

}  // namespace sluice::dialects::cohere
