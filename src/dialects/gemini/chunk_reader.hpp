// The members of a chunk, and of its candidates and parts, that we act upon, as raw JSON. Pure views.
#pragma once
#include <cstdint>
#include <string_view>

#include "sluice/json/scan.hpp"

namespace sluice::dialects::gemini {

struct Chunk {
  std::string_view candidates, feedback, usage, model, id, error, created;
  bool whole = false;   // a JSON object to its end
  bool known = false;   // with at least one member of the API
};
Chunk read_chunk(std::string_view raw);

struct Candidate {
  std::int64_t index = 0;   // where none is stated, it is its place in the list
  std::string_view parts, finish_reason, citations, grounding, logprobs, message;
};
Candidate read_candidate(std::string_view raw, std::int64_t place);

struct PartView {
  std::string_view text, signature, call, inline_data, file_data;
  bool thought = false;
  bool other = false;       // something else: executableCode, codeExecutionResult, toolCall …
};
PartView read_part(std::string_view raw);

struct CallView { std::string_view id, name, args; };
CallView read_call(std::string_view raw);

struct MediaView { std::string_view mime_type, data, uri; };
MediaView read_media(std::string_view raw);

// The prompt was refused: there will be no candidates.
bool is_blocked(std::string_view feedback);

// `parts` is a list; protobuf's JSON also takes the one element alone.
template <class F>
void each_part(std::string_view parts, F&& f) {
  if (json::kind_of(parts) == json::Kind::object) f(parts);
  else json::each_element(parts, f);
}

}  // namespace sluice::dialects::gemini
