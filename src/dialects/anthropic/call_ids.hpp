// Tool call ids as Anthropic wants them: of [a-zA-Z0-9_-], and each only once in a conversation, while callers bring
// ids of other models ("call:1", "functions.get:0") and repeat them from turn to turn. The same conversation always
// gives the same ids, so that the provider's prompt cache works. Lives for one request.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::dialects::anthropic {

class CallIds {
 public:
  // A call of the assistant's turn being read; the id it goes by.
  const std::string& call(std::string_view id);
  // The id of the first unanswered call of the last turn that the caller knows by that id; nullptr: there is none.
  const std::string* answer(std::string_view id);
  // The caller's ids of the last turn's calls that have no result yet, for an error message; empty: none.
  std::string unanswered() const;
  // A new turn of the assistant begins.
  void next_turn();

 private:
  struct Open { std::string theirs, ours; bool answered = false; };
  struct Waiting { std::vector<std::size_t> calls; std::size_t answered = 0; };   // indexes into x_open, in order
  std::vector<Open> x_open;
  std::unordered_map<std::string, Waiting> x_waiting;      // by the caller's id
  std::unordered_map<std::string, std::int64_t> x_used;    // our ids, each with the last number tried behind it
};

}  // namespace sluice::dialects::anthropic
