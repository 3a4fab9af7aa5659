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
#include "sluice/llm/usage.hpp"

namespace sluice::llm {

enum class Role : std::uint8_t { system, developer, user, assistant, tool };

struct Text { std::string text; };
struct Refusal { std::string text; };
// Either base64 data with its media type, or a URL.
struct Image { std::string media_type, base64, url, detail; };
struct Audio { std::string format, base64; };
struct File { std::string media_type, base64, file_id, name, url; };
// What the model thought. The signature is the provider's proof and must come back unchanged in the next turn.
struct Thinking { std::string text, signature; bool redacted = false; };
struct ToolCall { std::string id, name, arguments; };   // arguments: JSON text of an object
struct ToolResult;
using Part = std::variant<Text, Refusal, Image, Audio, File, Thinking, ToolCall, ToolResult>;
struct ToolResult { std::string call_id; std::vector<Part> content; bool is_error = false; };

struct Message { Role role = Role::user; std::vector<Part> parts; std::string name; };

struct Tool { std::string name, description, parameters; std::optional<bool> strict; };   // parameters: JSON Schema text
struct ToolChoice {
  enum class Kind : std::uint8_t { automatic, none, required, named } kind = Kind::automatic;
  std::string name;
};
struct ResponseFormat {
  enum class Kind : std::uint8_t { text, json_object, json_schema } kind = Kind::text;
  std::string name, schema;   // schema: JSON text
  std::optional<bool> strict;
};

struct ChatRequest {
  std::string model;
  std::vector<Message> messages;
  std::vector<Tool> tools;
  std::optional<ToolChoice> tool_choice;
  std::optional<bool> parallel_tool_calls;
  std::optional<std::int64_t> max_tokens;
  std::optional<double> temperature, top_p, frequency_penalty, presence_penalty;
  std::optional<std::int64_t> top_k, seed, n;
  std::vector<std::string> stop;
  std::optional<ResponseFormat> response_format;
  std::string reasoning_effort;   // "minimal" … "high"; empty: not asked
  std::string user;
  bool stream = false;
  bool include_usage = false;     // stream_options.include_usage
  // Members of the request that have no place above, by name with their JSON text: an encoder that cannot express
  // one reports it as dropped.
  std::vector<std::pair<std::string, std::string>> others;
};

enum class Finish : std::uint8_t { stop, length, tool_calls, content_filter, unknown };

struct Choice { std::int64_t index = 0; std::vector<Part> parts; Finish finish = Finish::unknown; };
struct ChatResponse {
  std::string id, model;
  std::int64_t created = 0;       // Unix seconds; 0: the provider does not say
  std::vector<Choice> choices;
  Usage usage;
};

namespace event {
struct Started { std::string id, model; };
struct TextDelta { std::int64_t choice = 0; std::string text; };
struct RefusalDelta { std::int64_t choice = 0; std::string text; };
struct ThinkingDelta { std::int64_t choice = 0; std::string text, signature; };
struct ToolCallStarted { std::int64_t choice = 0, index = 0; std::string id, name; };   // index: 0, 1, … among the calls
struct ToolCallDelta { std::int64_t choice = 0, index = 0; std::string arguments; };    // a piece of JSON text
struct Finished { std::int64_t choice = 0; Finish reason = Finish::unknown; };
struct UsageSeen { Usage usage; };   // cumulative: later replaces earlier
// The provider reported an error inside its stream. The rest says what it would have meant as an answer of its own:
// the status, whether another target may be asked, whether the key is to blame.
struct Failed { Error error; int status = 0; bool try_next = true, key_at_fault = false; };
struct Ended {};                     // the provider's stream is complete; nothing follows
}  // namespace event
using StreamEvent = std::variant<event::Started, event::TextDelta, event::RefusalDelta, event::ThinkingDelta,
                                 event::ToolCallStarted, event::ToolCallDelta, event::Finished, event::UsageSeen,
                                 event::Failed, event::Ended>;

}  // namespace sluice::llm
