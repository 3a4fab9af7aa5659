// A chat request, its answer and its stream in no provider's dialect: what translation goes through. Values only.
// JSON that is passed through unread (tool arguments, schemas) is kept as its source text, so that numbers, key order
// and escapes survive. Built once per translated request, on the worker's thread; never on the verbatim path.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/llm/dialect.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::llm {

enum class Role : std::uint8_t { system, developer, user, assistant, tool };

// Where a text comes from. A dialect reads what it understands and keeps the whole in `raw`, which goes back only to a
// party of the same dialect.
struct Citation {
  std::string url{}, title{}, quote{};
  std::int64_t start = -1, end = -1;   // the cited range of the answer's text, in characters; -1: not said
  std::int64_t document = -1;          // which of the request's documents, from 0; -1: none of them
  std::string raw{};                   // JSON text of the citation as it came
  Dialect origin = Dialect::openai;    // of `raw`
};

// `signature`: see Thinking. Gemini signs texts and calls as well as thoughts.
struct Text { std::string text; std::vector<Citation> citations{}; std::string signature{}; Maker maker = Maker::unknown; };
struct Refusal { std::string text; };
// Either base64 data with its media type, or a URL (https:, gs:, s3: or a provider's file URI), or a file kept by the
// provider.
struct Image { std::string media_type, base64, url, detail; std::string file_id{}; };
// In: format and data. Out: also an id by which it can be referred to, and what is said in it.
struct Audio { std::string format, base64; std::string id{}, transcript{}; };
// Documents and videos alike; told apart by media type. `text`: a document given as plain text.
struct File {
  std::string media_type, base64, file_id, name, url;
  std::string text{}, context{};   // context: what the model is told about it, not cited
  bool cite = false;               // citations are asked for
  std::string source{};            // of a search result given as `text`: where it was found, in any form
  std::string id{};                // the caller's own name for it, by which citations call it (Cohere's documents)
};
// What the model thought. The signature is its maker's proof and must come back unchanged in the next turn; of redacted
// thinking it is all there is. `id`: of a Responses reasoning item.
struct Thinking { std::string text, signature; bool redacted = false; Maker maker = Maker::unknown; std::string id{}; };
// arguments: JSON text of an object; of a custom tool (OpenAI's, called with free text) the text itself.
struct ToolCall { std::string id, name, arguments; std::string signature{}; Maker maker = Maker::unknown; bool custom = false; };
// What comes before it is to be kept in the provider's prompt cache; for an hour, or the shortest time there is.
struct CacheMark { bool hour = false; };
// A call or result of a tool that the provider runs by itself. Goes back only to a party of the same dialect.
struct ServerPart { std::string raw; Dialect origin = Dialect::openai; };
struct ToolResult;
using Part = std::variant<Text, Refusal, Image, Audio, File, Thinking, ToolCall, ToolResult, CacheMark, ServerPart>;
struct ToolResult { std::string call_id; std::vector<Part> content; bool is_error = false; };

struct Message { Role role = Role::user; std::vector<Part> parts; std::string name; };

// parameters: JSON Schema text. custom: takes free text, `parameters` is then the JSON text of its `format` (or empty).
struct Tool {
  std::string name, description, parameters;
  std::optional<bool> strict;
  std::optional<CacheMark> cache{};
  bool custom = false;
};
// A tool that the provider runs. `raw`: the tool's JSON as it came, in the dialect `origin`.
struct ServerTool {
  enum class Kind : std::uint8_t { web_search, web_fetch, code_execution, file_search, image_generation, mcp, other } kind = Kind::other;
  std::string name, raw;
  Dialect origin = Dialect::openai;
};
struct ToolChoice {
  enum class Kind : std::uint8_t { automatic, none, required, named } kind = Kind::automatic;
  std::string name;
  std::vector<std::string> allowed{};   // only these may be called (OpenAI's allowed_tools, Gemini's allowedFunctionNames)
};
struct ResponseFormat {
  enum class Kind : std::uint8_t { text, json_object, json_schema } kind = Kind::text;
  std::string name, schema;   // schema: JSON text
  std::optional<bool> strict;
  std::string description{};
};

struct ChatRequest {
  Dialect caller = Dialect::openai;   // whose words `others`, `raw` and file ids are
  std::string model;
  std::vector<Message> messages;
  std::vector<Tool> tools;
  std::vector<ServerTool> server_tools;
  std::optional<ToolChoice> tool_choice;
  std::optional<bool> parallel_tool_calls;
  std::optional<std::int64_t> max_tokens;
  std::optional<double> temperature, top_p, frequency_penalty, presence_penalty;
  std::optional<std::int64_t> top_k, seed, n;
  std::vector<std::string> stop;
  std::optional<ResponseFormat> response_format;
  std::string reasoning_effort;                    // "none", "minimal", "low" … "max"; empty: not asked
  std::optional<std::int64_t> thinking_budget;     // tokens it may think; 0: not at all, -1: as it sees fit
  std::optional<bool> show_thinking;               // thoughts (or their summary) are to be in the answer
  std::string thinking_detail;                     // how: "auto", "concise", "detailed"; empty: not asked
  std::optional<bool> logprobs;
  std::optional<std::int64_t> top_logprobs;
  std::vector<std::string> modalities;             // "text", "audio", "image"; empty: text
  std::string audio_output;                        // JSON text in OpenAI's form: {"voice","format"}
  std::string verbosity;                           // "low", "medium", "high"; empty: not asked
  std::string service_tier;                        // as the caller says it; empty: not asked
  std::string user;                                // metadata.user_id, safety_identifier and the like
  std::string metadata;                            // JSON text of an object of strings; empty: none
  bool stream = false;
  bool include_usage = false;     // stream_options.include_usage
  // Members of the request that have no place above, by name with their JSON text, in the words of `caller`: an encoder
  // that cannot express one reports it as dropped.
  std::vector<std::pair<std::string, std::string>> others;
  bool instructions_apart = false;   // the first message stood beside the conversation (Responses' `instructions`)
  bool old_functions = false;     // OpenAI's `functions`, from before there were tools: calls are answered in that form
};

// refusal: the model itself declined. pause: it stopped in the middle of a turn and would go on if asked.
enum class Finish : std::uint8_t { stop, length, tool_calls, content_filter, unknown, refusal, pause };

struct Choice {
  std::int64_t index = 0;
  std::vector<Part> parts;
  Finish finish = Finish::unknown;
  std::string stop_sequence{};   // the one that was met, where the provider says
  std::string logprobs{};        // JSON text in OpenAI's form: {"content":[…]}; empty: none
};
struct ChatResponse {
  std::string id, model;
  std::int64_t created = 0;       // Unix seconds; 0: the provider does not say
  std::vector<Choice> choices;
  Usage usage;
  std::string service_tier{};
};

namespace event {
struct Started { std::string id, model; };
// Text may be empty where only a signature or log probabilities come. logprobs: as of Choice. begins: another text begins
// with it, apart from the one before (what is cited is a text of its own at Anthropic).
struct TextDelta {
  std::int64_t choice = 0;
  std::string text;
  std::string signature{};
  Maker maker = Maker::unknown;
  std::string logprobs{};
  bool begins = false;
};
struct RefusalDelta { std::int64_t choice = 0; std::string text; };
// A signature ends its block of thinking: what follows is another. Redacted thinking comes whole.
struct ThinkingDelta {
  std::int64_t choice = 0;
  std::string text, signature;
  Maker maker = Maker::unknown;
  bool redacted = false;
  std::string id{};
};
// index: 0, 1, … among the calls of the choice. Calls do not interleave; one begins when the one before is whole.
struct ToolCallStarted {
  std::int64_t choice = 0, index = 0;
  std::string id, name;
  std::string signature{};
  Maker maker = Maker::unknown;
  bool custom = false;
};
struct ToolCallDelta { std::int64_t choice = 0, index = 0; std::string arguments; };    // a piece of JSON text
struct PartSeen { std::int64_t choice = 0; Part part; };            // a whole image, audio piece or server part
struct CitationSeen { std::int64_t choice = 0; Citation citation; };   // of the text that came last
struct Finished { std::int64_t choice = 0; Finish reason = Finish::unknown; std::string stop_sequence{}; };
struct UsageSeen { Usage usage; };   // cumulative: later replaces earlier
// The provider reported an error inside its stream. The rest says what it would have meant as an answer of its own:
// the status, whether another target may be asked, whether the key is to blame.
struct Failed { Error error; int status = 0; bool try_next = true, key_at_fault = false; };
struct Ended {};                     // the provider's stream is complete; nothing follows
}  // namespace event
using StreamEvent = std::variant<event::Started, event::TextDelta, event::RefusalDelta, event::ThinkingDelta,
                                 event::ToolCallStarted, event::ToolCallDelta, event::PartSeen, event::CitationSeen,
                                 event::Finished, event::UsageSeen, event::Failed, event::Ended>;

}  // namespace sluice::llm
