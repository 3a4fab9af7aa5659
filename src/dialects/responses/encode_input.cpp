#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "dialects/openai/answer_format.hpp"
#include "dialects/responses/encode.hpp"
#include "dialects/responses/write_settings.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

constexpr std::size_t longest_call_id = 64;   // the API refuses longer ones

Error refusal(std::string where, std::string message) {
  return Error(Code::bad_request, std::move(message)).about(std::move(where));
}

// Ids of calls as this API takes them, and which call a result belongs to.
class Calls {
 public:
  const std::string& begin(const llm::ToolCall& call) {
    std::string ours = call.id;
    if (ours.empty() || ours.size() > longest_call_id) {
      ours = "call_";
      json::append_integer(ours, static_cast<std::int64_t>(x_all.size()));
    }
    return x_all.emplace_back(One{call.id, std::move(ours), call.custom, false}).ours;
  }
  struct One { std::string theirs, ours; bool custom = false, answered = false; };
  // The first that waits for a result; else the last of that id. nullptr: there is none.
  const One* answer(std::string_view id) {
    const auto waits = std::find_if(x_all.begin(), x_all.end(), [&](const One& c) { return !c.answered && c.theirs == id; });
    if (waits != x_all.end()) {
      waits->answered = true;
      return &*waits;
    }
    const auto last = std::find_if(x_all.rbegin(), x_all.rend(), [&](const One& c) { return c.theirs == id; });
    return last == x_all.rend() ? nullptr : &*last;
  }

 private:
  std::vector<One> x_all;
};

class Writer {
 public:
  Writer(const llm::ChatRequest& asked, const Recipient& to, Dropped& dropped)
      : x_asked(asked), x_quirks(to.quirks), x_reasons(reasons(to.quirks)), x_dropped(dropped) {}

  Result<EncodedInput> run() {
    std::size_t first = 0;
    if (instructions()) first = 1;
    form_in_words(std::span(x_asked.messages).subspan(first));
    for (x_index = first; x_index < x_asked.messages.size(); ++x_index) {
      auto written = message(x_asked.messages[x_index]);
      if (!written) return std::move(written).error();
    }
    return std::move(x_out);
  }

 private:
  // A system prompt alone at the top; where callers can say it both ways, as they did.
  bool instructions() {
    if (x_asked.messages.size() < 2) return false;
    const llm::Message& first = x_asked.messages.front();
    if (first.role != llm::Role::system || first.parts.size() != 1) return false;
    if (x_asked.caller == llm::Dialect::responses && !x_asked.instructions_apart) return false;
    const auto* const text = std::get_if<llm::Text>(&first.parts.front());
    if (text == nullptr) return false;
    x_out.instructions = json::quoted(text->text);
    return true;
  }

  // A schema that cannot be given is told; a JSON object is there only for who says "json" in the input, where other APIs
  // do not ask that.
  void form_in_words(std::span<const llm::Message> input) {
    using Kind = llm::ResponseFormat::Kind;
    if (!x_asked.response_format || x_asked.response_format->kind == Kind::text) return;
    const bool schema = x_asked.response_format->kind == Kind::json_schema;
    if (schema ? x_quirks.json_schema : x_asked.caller == llm::Dialect::responses || openai::says_json(input)) return;
    x_content = R"({"type":"input_text","text":)" + json::quoted(openai::in_words(*x_asked.response_format)) + "}";
    end_message(llm::Role::system);
  }

  Result<> message(const llm::Message& message) {
    if (!message.name.empty() && message.role != llm::Role::tool) x_dropped.add("messages.name");
    for (const llm::Part& part : message.parts) {
      Result<> written;
      if (const auto* const result = std::get_if<llm::ToolResult>(&part)) written = tool_result(*result);
      else if (const auto* const server = std::get_if<llm::ServerPart>(&part)) server_part(*server, message.role);
      else if (message.role == llm::Role::assistant) written = assistant_part(part);
      else written = content_part(part, x_content, message.role);
      if (!written) return written;
    }
    end_message(message.role);
    return {};
  }

  void end_message(llm::Role role) {
    if (x_content.empty()) return;
    begin_element(x_out.items);
    std::string_view name = "user";
    if (role == llm::Role::assistant) name = "assistant";
    else if (role == llm::Role::system || (role == llm::Role::developer && !x_quirks.developer_role)) name = "system";
    else if (role == llm::Role::developer) name = "developer";
    x_out.items.append(R"({"type":"message","role":")").append(name).append(R"(","content":[)").append(x_content).append("]}");
    x_content.clear();
  }

  Result<> content_part(const llm::Part& part, std::string& list, llm::Role role) {
    if (std::holds_alternative<llm::CacheMark>(part)) {
      cache_mark(list);
      return {};
    }
    std::string block;
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      block = R"({"type":"input_text","text":)";
      json::append_quoted(block, text->text);
      block += '}';
    } else if (role == llm::Role::system || role == llm::Role::developer) {
      return refusal(where(), "A system message can hold text only.");
    } else if (const auto* const image = std::get_if<llm::Image>(&part)) {
      auto written = append_image(block, *image, context());
      if (!written) return written;
    } else if (const auto* const file = std::get_if<llm::File>(&part)) {
      auto written = append_file(block, *file, context());
      if (!written) return written;
    } else if (const auto* const audio = std::get_if<llm::Audio>(&part)) {
      auto written = append_audio(block, *audio, context());
      if (!written) return written;
    } else {
      return refusal(where(), "This content cannot stand here.");
    }
    begin_element(list);
    list += block;
    return {};
  }

  // Prompts are cached without being asked here. Where they can be marked, the mark is on the last part to be kept.
  void cache_mark(std::string& list) {
    const bool taken = x_quirks.cache_marks || x_asked.caller == llm::Dialect::responses;   // its own callers know what they ask
    if (!taken || !list.ends_with('}')) return x_dropped.add(said(x_asked.caller, "cache_control", "prompt_cache_breakpoint"));
    list.pop_back();
    list += R"(,"prompt_cache_breakpoint":{"mode":"explicit"}})";
  }

  Result<> assistant_part(const llm::Part& part) {
    if (const auto* const text = std::get_if<llm::Text>(&part)) {
      said_text("output_text", "text", text->text);
    } else if (const auto* const refused = std::get_if<llm::Refusal>(&part)) {
      said_text("refusal", "refusal", refused->text);
    } else if (const auto* const thought = std::get_if<llm::Thinking>(&part)) {
      thinking(*thought);
    } else if (const auto* const call = std::get_if<llm::ToolCall>(&part)) {
      tool_call(*call);
    } else if (const auto* const audio = std::get_if<llm::Audio>(&part)) {
      if (!audio->transcript.empty()) said_text("output_text", "text", audio->transcript);
      else x_dropped.add(content_name());
    } else if (std::holds_alternative<llm::CacheMark>(part)) {
      cache_mark(x_content);
    } else {
      return refusal(where(), "A message of role 'assistant' can hold text and tool calls only.");
    }
    return {};
  }

  void said_text(std::string_view type, std::string_view name, std::string_view text) {
    begin_element(x_content);
    x_content.append("{\"type\":\"").append(type) += '"';
    append_text_member(x_content, name, text);
    x_content += '}';
  }

  // Only OpenAI's own, with its proof; a service that wants to see the thoughts of earlier turns says so.
  void thinking(const llm::Thinking& thought) {
    const bool own = !thought.signature.empty() && (thought.maker == llm::Maker::openai || thought.maker == llm::Maker::unknown);
    const bool shown = !x_quirks.reasoning_history.empty() && !thought.redacted && !thought.text.empty();
    if (!x_reasons || (!own && !shown)) return x_dropped.add(said(x_asked.caller, "messages.reasoning_content", "input.reasoning"));
    end_message(llm::Role::assistant);
    begin_element(x_out.items);
    x_out.items += R"({"type":"reasoning")";
    // An id that is not the proof's own makes the API refuse it; none is taken.
    if (own && thought.maker == llm::Maker::openai && thought.id.starts_with("rs_")) append_text_member(x_out.items, "id", thought.id);
    x_out.items += ",\"summary\":[";
    if (own && !thought.text.empty()) {
      x_out.items += R"({"type":"summary_text")";
      append_text_member(x_out.items, "text", thought.text);
      x_out.items += '}';
    }
    x_out.items += ']';
    if (own) {
      append_text_member(x_out.items, "encrypted_content", thought.signature);
    } else {
      x_out.items += R"(,"content":[{"type":"reasoning_text")";
      append_text_member(x_out.items, "text", thought.text);
      x_out.items += "}]";
    }
    x_out.items += '}';
  }

  void tool_call(const llm::ToolCall& call) {
    end_message(llm::Role::assistant);
    begin_element(x_out.items);
    x_out.items += call.custom ? R"({"type":"custom_tool_call")" : R"({"type":"function_call")";
    append_text_member(x_out.items, "call_id", x_calls.begin(call));
    append_text_member(x_out.items, "name", call.name);
    append_text_member(x_out.items, call.custom ? "input" : "arguments", call.arguments);
    x_out.items += '}';
  }

  Result<> tool_result(const llm::ToolResult& result) {
    const Calls::One* const call = x_calls.answer(result.call_id);
    end_message(llm::Role::user);
    std::string list, output;
    for (const llm::Part& part : result.content) {
      auto written = content_part(part, list, llm::Role::tool);
      if (!written) return written;
    }
    const auto* const only = result.content.size() == 1 ? std::get_if<llm::Text>(&result.content.front()) : nullptr;
    if (only != nullptr) output = json::quoted(only->text);
    else output = list.empty() ? "\"\"" : "[" + list + "]";
    begin_element(x_out.items);
    x_out.items += call != nullptr && call->custom ? R"({"type":"custom_tool_call_output")" : R"({"type":"function_call_output")";
    append_text_member(x_out.items, "call_id", call != nullptr ? std::string_view(call->ours) : std::string_view(result.call_id));
    x_out.items.append(",\"output\":").append(output) += '}';
    if (result.is_error) x_dropped.add("messages.content.is_error");
    return {};
  }

  void server_part(const llm::ServerPart& part, llm::Role role) {
    if (part.origin != llm::Dialect::responses) return x_dropped.add(content_name());
    end_message(role);
    begin_element(x_out.items);
    x_out.items += part.raw;
  }

  ContentContext context() { return {x_asked, x_quirks, x_dropped, where()}; }
  std::string where() const {
    std::string text(said(x_asked.caller, "messages", "input"));
    text += '[';
    json::append_integer(text, static_cast<std::int64_t>(x_index));
    return text + "].content";
  }
  std::string_view content_name() const { return said(x_asked.caller, "messages.content", "input.content"); }

  const llm::ChatRequest& x_asked;
  const Quirks& x_quirks;
  const bool x_reasons;
  Dropped& x_dropped;
  EncodedInput x_out;
  Calls x_calls;
  std::string x_content;   // of the message that is being written
  std::size_t x_index = 0;
};

}  // namespace

Result<EncodedInput> encode_input(const llm::ChatRequest& asked, const Recipient& to, Dropped& dropped) {
  return Writer(asked, to, dropped).run();
}

}  // namespace sluice::dialects::responses
