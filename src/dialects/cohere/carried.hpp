// Signatures in a dialect that has no place for any: they travel in the ids of tool calls, the one text that comes back
// in the next turn whatever a caller keeps of an answer, that Cohere's own API takes in any form, and where a lost
// signature would break the loop. "call_1|sluice|c::sluice%3Agoogle%3AAbc": the call's own id, the mark, and then one
// field each for
//   t<n>:<id>:<proof>   thoughts of n bytes that came before this call (their text stands in the message's content)
//   r:<id>:<proof>      redacted thoughts, which are nothing but their proof
//   c::<proof>          the call itself
// with everything percent-encoded but the letters and colons. <id> is of a Responses reasoning item.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::cohere {

// The id of a call with what came before it (of which only what is signed is carried) and with its own signature.
std::string pack_id(std::string_view id, const std::vector<llm::Thinking>& before, std::string_view signature, llm::Maker maker);

struct Unpacked {
  struct Thought { std::size_t size = 0; llm::Thinking thinking; };   // thinking.text is not filled; size: its bytes
  std::string id;
  std::vector<Thought> before;
  std::string signature;
  llm::Maker maker = llm::Maker::unknown;
};
Unpacked unpack_id(std::string_view packed);

// Puts the thoughts of one message back before the calls that carry their proofs. `text`: all its thoughts, in order;
// what no proof belongs to comes first. A proof whose text did not come back whole is left out.
void restore_thoughts(std::string_view text, std::vector<Unpacked>& calls, std::vector<llm::ToolCall>&& bare, std::vector<llm::Part>& into);

}  // namespace sluice::dialects::cohere
