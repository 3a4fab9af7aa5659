// What the parts of the simulated provider share: the request as they need it and the script they write.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/providers/simulated.hpp"

namespace sluice::providers::simulated {

struct Play {
  const SimulationSettings& settings;
  std::string_view body;
  std::uint64_t count;
  std::int64_t now;   // Unix seconds
};

Script play_chat(const Play&);
Script play_completion(const Play&);
Script play_embeddings(const Play&);

// A whole JSON answer; an error in OpenAI's form.
Script whole(std::string body, int status = 200);
Script refusal(const Error&);

// An event stream being written down. Events without a wait of their own join the piece before them.
class StreamScript {
 public:
  explicit StreamScript(std::chrono::milliseconds token_latency) : x_token_latency(token_latency) {}
  void token(std::string_view event) { add(x_token_latency, event); }
  void at_once(std::string_view event) { add(std::chrono::milliseconds(0), event); }
  Script finish() &&;

 private:
  void add(std::chrono::milliseconds wait, std::string_view event);
  std::chrono::milliseconds x_token_latency;
  Script x_script;
};

// "chatcmpl-sim000…2a": unique by count.
std::string make_id(std::string_view prefix, std::uint64_t count);

// Text as a model would stream it: words with the space before them, cut after 12 bytes; UTF-8 stays whole. Joined they
// are the text. One piece counts as one token.
std::vector<std::string_view> pieces_of(std::string_view text);
std::int64_t token_count(std::string_view text);

// The text up to the first stop sequence in it and up to `most` tokens.
struct Limited { std::string text; bool cut = false; };   // cut: by the token limit
Limited limit(std::string_view text, const std::vector<std::string>& stop, std::optional<std::int64_t> most);

}  // namespace sluice::providers::simulated
