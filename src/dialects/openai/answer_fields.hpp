// The members of a chat answer's message, or of a streamed delta, that mean something: one place that knows under which
// names OpenAI-compatible services give them. Views of raw JSON; empty: absent, null or of no use.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

struct MessageFields {
  std::string_view content;                       // a string or a list of parts (Mistral)
  std::string_view reasoning;                     // reasoning_content, reasoning
  std::string_view details;                       // reasoning_details: a list (OpenRouter, Snowflake)
  std::string_view calls, function_call;          // the latter: a single call as before 2023-11
  std::string_view refusal, annotations, audio, images;
  std::string_view extra;                         // extra_content (Gemini's compatible API)
};
MessageFields message_fields(std::string_view message);

struct CallFields {
  std::string_view id, index, name, arguments, extra;
  bool custom = false;
  bool whole = false;            // not a piece: a call of its own, whatever its id
  std::string proof{};           // Google's signature, if it came before the call
};
CallFields call_fields(std::string_view call);

// Of a string its text, of an object its JSON (some services do not write arguments as a string); empty: neither.
std::string arguments_text(std::string_view raw);

// extra_content.google.thought_signature; empty: none.
std::string google_signature(std::string_view extra);
// extra_content.google.thought: this content is a thought.
bool is_google_thought(std::string_view extra);

// How a choice ended.
struct End {
  std::optional<llm::Finish> finish;   // nothing: it has not
  bool failed = false;                 // it was broken off by an error of the provider
  std::string stop_sequence;
};
// `raw` is a choice of an answer or of a chunk.
End end_of(std::string_view finish_reason, std::string_view finish_details, std::string_view stop_reason);

// A call that came without an id gets one that is always the same for the same answer.
std::string made_call_id(std::string_view answer, std::int64_t choice, std::int64_t call);

// A list of content parts in Mistral's form: text, thinking (its text nested), images.
void read_parts(std::string_view list, std::vector<llm::Part>& into);
// One of reasoning_details.
struct Detail {
  std::string text, proof, id;                    // proof: the signature, or the data of an encrypted one
  llm::Maker maker = llm::Maker::unknown;
  bool encrypted = false;
};
std::vector<Detail> read_details(std::string_view list);
// annotations of type url_citation.
std::vector<llm::Citation> read_annotations(std::string_view list);
// Perplexity's: search_results [{title, url}], else citations [url].
std::vector<llm::Citation> read_sources(std::string_view search_results, std::string_view citations);
std::vector<llm::Image> read_images(std::string_view list);   // OpenRouter's images [{image_url: {url}}]
std::optional<llm::Audio> read_audio_answer(std::string_view audio);

// "data:image/png;base64,AAAA": the media type (lower case, without parameters) and the data.
struct DataUrl { std::string media_type, base64; };
std::optional<DataUrl> split_data_url(std::string_view url);

// "anthropic-claude-v1" and the like.
llm::Maker maker_of_format(std::string_view format);

}  // namespace sluice::dialects::openai
