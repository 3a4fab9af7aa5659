#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/caller.hpp"
#include "dialects/gemini/citations.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/write_parts.hpp"

namespace sluice::dialects::gemini {
namespace {

namespace event = llm::event;

// Writes chunks, each a GenerateContentResponse. Calls are gathered until they are whole, as Gemini has them; the reasons
// to finish wait for the usage, with which they make the last chunk.
class Writer final : public StreamWriter {
 public:
  Writer(const llm::ChatRequest& request, const AnswerContext& context)
      : x_id(context.id), x_model(request.model), x_events(wants_events(context.query)) {
    build_tail();
  }

  std::string_view content_type() const override {
    return x_events ? std::string_view("text/event-stream") : std::string_view("application/json; charset=UTF-8");
  }

  void write(const llm::StreamEvent& e, std::string& out) override {
    std::visit([&](const auto& what) { put(what, out); }, e);
  }

 private:
  struct State {
    std::int64_t index = 0;
    std::string text;
    std::vector<llm::Citation> citations;
    std::string logprobs;                       // elements of OpenAI's list
    std::optional<llm::Finish> finish;
  };
  struct Call { std::int64_t choice = 0, index = 0; llm::ToolCall call; };

  void build_tail() {
    x_tail = ",\"modelVersion\":" + json::quoted(x_model) + ",\"responseId\":" + json::quoted(x_id) + "}";
  }

  State& state(std::int64_t index) {
    for (State& one : x_states) {
      if (one.index == index) return one;
    }
    if (x_states.size() == 128) return x_states.back();   // decoders know fewer
    x_states.emplace_back().index = index;
    return x_states.back();
  }

  void begin(std::string& out) {
    if (x_events) out += "data: ";
    else out += x_begun ? ",\r\n" : "[";
    x_begun = true;
  }
  void end(std::string& out) { out.append(x_tail).append(x_events ? "\r\n\r\n" : "\n"); }

  void open(std::int64_t choice, std::string& out) {
    begin(out);
    out += "{\"candidates\":[{\"content\":{\"parts\":[";
    x_choice = choice;
  }
  void close(std::string& out) {
    out += "],\"role\":\"model\"},\"index\":";
    json::append_integer(out, x_choice);
    out += "}]";
    end(out);
  }

  // In an array every error has an element before it, so that "," may stand before the error. It names no candidate:
  // which ones there are is not known yet.
  void introduce(std::string& out) {
    if (x_events || x_begun) return;
    begin(out);
    out += "{\"candidates\":[]";
    end(out);
  }

  // JSON that others wrote may be in several lines, which would end the event's data.
  void whole_part(std::int64_t choice, std::string part, std::string& out) {
    std::replace_if(part.begin(), part.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    open(choice, out);
    out += part;
    close(out);
  }

  void end_call(std::string& out) {
    if (!x_call) return;
    const Call whole = *std::exchange(x_call, std::nullopt);
    std::string part;
    append_call_part(part, whole.call);
    whole_part(whole.choice, std::move(part), out);
  }

  void put(const event::Started& e, std::string& out) {
    if (!e.id.empty()) x_id = e.id;
    if (!e.model.empty()) x_model = e.model;
    build_tail();
    introduce(out);
  }
  void put(const event::TextDelta& e, std::string& out) {
    end_call(out);
    State& one = state(e.choice);
    one.text += e.text;
    keep_logprobs(one, e.logprobs);
    if (e.text.empty() && e.signature.empty()) return introduce(out);
    open(e.choice, out);
    append_text_part(out, e.text, e.maker, e.signature);
    close(out);
  }
  void put(const event::RefusalDelta& e, std::string& out) { put(event::TextDelta{e.choice, e.text}, out); }
  void put(const event::ThinkingDelta& e, std::string& out) {
    end_call(out);
    if (e.text.empty() && e.signature.empty()) return introduce(out);
    open(e.choice, out);
    append_thought_part(out, {e.text, e.signature, e.redacted, e.maker, e.id});
    close(out);
  }
  void put(const event::ToolCallStarted& e, std::string& out) {
    end_call(out);
    introduce(out);
    x_call = Call{e.choice, e.index, {e.id, e.name, {}, e.signature, e.maker, e.custom}};
  }
  void put(const event::ToolCallDelta& e, std::string&) {
    if (x_call && x_call->choice == e.choice && x_call->index == e.index) x_call->call.arguments += e.arguments;
  }
  void put(const event::PartSeen& e, std::string& out) {
    end_call(out);
    std::string part;
    if (!append_other_part(part, e.part)) return introduce(out);
    whole_part(e.choice, std::move(part), out);
  }
  void put(const event::CitationSeen& e, std::string& out) {
    introduce(out);
    auto& list = state(e.choice).citations;
    if (list.size() < 1000) list.push_back(e.citation);
  }
  void put(const event::Finished& e, std::string& out) {
    end_call(out);
    introduce(out);
    state(e.choice).finish = e.reason;
  }
  void put(const event::UsageSeen& e, std::string& out) {
    introduce(out);
    x_usage = e.usage;
  }
  void put(const event::Failed& e, std::string& out) {
    introduce(out);
    out += write_error_event(e.error, {x_id, 0, x_events ? "alt=sse" : ""});
  }
  void put(const event::Ended&, std::string& out) {
    end_call(out);
    begin(out);
    out += "{\"candidates\":[";
    bool first = true;
    for (const State& one : x_states) {
      if (!std::exchange(first, false)) out += ',';
      last_of(one, out);
    }
    out += ']';
    if (x_usage) out += ",\"usageMetadata\":" + write_usage(*x_usage);
    end(out);
    if (!x_events) out += ']';
  }

  static void last_of(const State& one, std::string& out) {
    Members members;
    members.raw("content", R"({"parts":[{"text":""}],"role":"model"})");
    members.text("finishReason", finish_name(one.finish.value_or(llm::Finish::unknown)));
    members.number("index", one.index);
    const std::string grounding = write_grounding(one.citations, one.text);
    if (!grounding.empty()) members.raw("groundingMetadata", grounding);
    const std::string logprobs = write_logprobs("{\"content\":[" + one.logprobs + "]}");
    if (!logprobs.empty()) members.raw("logprobsResult", logprobs);
    out += members.object();
  }

  static void keep_logprobs(State& one, std::string_view logprobs) {
    if (logprobs.empty()) return;
    json::each_element(json::find(logprobs, "content").value_or(""), [&one](std::string_view token) {
      if (!one.logprobs.empty()) one.logprobs += ',';
      one.logprobs += token;
    });
  }

  std::string x_id, x_model;
  bool x_events;
  bool x_begun = false;
  std::string x_tail;                   // of every chunk, behind its candidates and usage
  std::int64_t x_choice = 0;            // of the chunk being written
  std::vector<State> x_states;
  std::optional<Call> x_call;           // begun and not whole
  std::optional<llm::Usage> x_usage;
};

}  // namespace

bool wants_events(std::string_view query) {
  static constexpr std::array<std::string_view, 3> names = {"alt=sse", "$alt=sse", "%24alt=sse"};
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    for (const std::string_view name : names) {
      if (part.starts_with(name) && (part.size() == name.size() || part[name.size()] == ';')) return true;
    }
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest& request, const AnswerContext& context) {
  return std::make_unique<Writer>(request, context);
}

}  // namespace sluice::dialects::gemini
