// What a provider (and a model of it) takes and gives of its dialect where it differs from the dialect's own API. Plain
// data: filled from config/presets.json and from `quirks:` in the configuration.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::dialects {

struct Quirks {
  // Members of the request (dotted paths from its top, "response_format.json_schema") that are answered with 400: left
  // out of what is sent and reported as dropped. "tools" and "tool_choice" are among what can be named.
  std::vector<std::string> refuses;
  // Members known by another name: {"max_tokens", "max_completion_tokens"}.
  std::vector<std::pair<std::string, std::string>> renames;
  bool developer_role = true;        // else said as system
  bool many_systems = true;          // else all system messages are one, at the top
  bool content_lists = true;         // else a message's content is one string
  bool images = true, audio = false, files = false;
  bool images_in_tool_results = false;
  bool json_schema = true;           // else json_object with the schema in the instructions
  bool strict_tools = true;
  bool stream_usage = true;          // takes stream_options.include_usage
  bool assistant_must_have_content = false;   // "" beside tool calls
  bool last_may_be_assistant = true; // takes the beginning of its own answer
  // How thoughts of earlier turns are told: "reasoning_content", "reasoning", "reasoning_details" (OpenRouter),
  // "content" (Mistral's list), "extra_content" (Gemini's compatible API, signatures only); empty: left out.
  std::string reasoning_history;
  // How an effort is asked for: "reasoning_effort", "reasoning" ({"effort"}), "thinking" ({"type"}), "enable_thinking",
  // "chat_template_kwargs"; empty: cannot be, and is reported.
  std::string reasoning_request = "reasoning_effort";
  bool shows_thoughts = true;        // else its answers never have any
  std::vector<std::string> efforts;  // those it knows, from least to most; empty: OpenAI's. Others become the nearest
  // Beside which efforts it takes temperature, top_p, logprobs and top_logprobs; "unasked": where none is asked for;
  // empty: beside all.
  std::vector<std::string> sampling_efforts;
  std::int64_t call_id_length = 0;   // > 0: tool call ids have exactly so many letters and digits (Mistral: 9)
  bool cache_marks = false;          // takes cache_control on content parts
  std::string dimensions = "dimensions";   // the member of an embedding request; empty: has none
  std::string purpose;                     // likewise: "input_type", "task"; empty: has none
  std::string top_n = "top_n";             // of rerank (Voyage: top_k)
  // How the service's own search is asked for: "web_search_options", "plugins" (OpenRouter); empty: it has none.
  std::string web_search;
  // Chat of callers of other dialects is asked for by the Responses API, where the service has it: the model is nowhere
  // else, or cannot do by chat completions all it can do.
  bool by_responses = false;
};

// Whom a request is written for.
struct Recipient {
  std::string_view model;            // as the provider calls it
  const Quirks& quirks;
};

const Quirks& no_quirks();

// Whether temperature and its like are taken beside this effort; empty: none is asked for.
bool takes_sampling(const Quirks&, std::string_view effort);

}  // namespace sluice::dialects
