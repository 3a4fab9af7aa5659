// Puts the pieces of a choice's tool calls together. Services differ in how they say which call a piece is of: by index,
// by id, by both, by neither, with one index for many calls or another id in every piece. Neutral calls do not
// interleave: one is told only when the one before is whole. Owned by one choice of one stream.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/openai/answer_fields.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

class CallAssembly {
 public:
  explicit CallAssembly(std::int64_t choice) : x_choice(choice) {}

  bool any() const { return !x_calls.empty(); }
  // False: there are too many, or a piece is broken. `answer`: the id of the whole, of which missing ids are made.
  bool add(const CallFields& piece, std::string_view answer, std::vector<llm::StreamEvent>& out);
  // A signature that goes with the call of that id, before or after the call itself. False: the call has been told.
  bool sign(std::string_view id, std::string_view signature, llm::Maker maker);
  void finish(std::vector<llm::StreamEvent>& out);   // tells what was held back

 private:
  struct Call {
    std::int64_t key = -1;         // the index the service gave it; -1: none
    std::string their_id, id, name, arguments, signature;
    llm::Maker maker = llm::Maker::unknown;
    bool custom = false, told = false;
    std::size_t sent = 0;          // bytes of the arguments that have been told
  };
  Call* find(std::string_view id, std::int64_t key, bool named);
  void tell(std::size_t index, std::vector<llm::StreamEvent>& out);
  void end(std::size_t index, std::vector<llm::StreamEvent>& out);

  std::int64_t x_choice;
  std::vector<Call> x_calls;
  std::size_t x_live = 0;          // the call whose pieces are told as they come
};

}  // namespace sluice::dialects::openai
