#include <algorithm>
#include <optional>
#include <utility>

#include "dialects/cohere/carried.hpp"
#include "dialects/cohere/citations.hpp"
#include "dialects/cohere/errors.hpp"
#include "dialects/cohere/logprobs.hpp"
#include "dialects/cohere/usage.hpp"
#include "dialects/cohere/write_chat.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::cohere {
namespace {

namespace event = llm::event;

// Hot: a delta is a few appends into the caller's string. Events, their order and members as recorded, and as
// cohere-python's v2/types/v2chat_stream_response.py has those that are not. Of several choices only the first is
// written: nobody can ask for more in this dialect.
class Writer final : public StreamWriter {
 public:
  Writer(const llm::ChatRequest& request, std::string id) : x_id(std::move(id)), x_names(document_names(request)) {}

  void write(const llm::StreamEvent& e, std::string& out) override {
    std::visit([&](const auto& what) { put(what, out); }, e);
  }

 private:
  enum class Open : std::uint8_t { nothing, text, thinking, call };

  void start(std::string& out) {
    if (std::exchange(x_started, true)) return;
    out += "event: message-start\ndata: {\"id\":";
    json::append_quoted(out, x_id);
    out += R"(,"type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}})" "\n\n";
  }

  // `event: X` and the beginning of its data up to the index.
  static void head(std::string_view type, std::int64_t index, std::string& out) {
    out.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type).append("\",\"index\":");
    json::append_integer(out, index);
  }

  void close(std::string& out) {
    if (x_open == Open::text || x_open == Open::thinking) {
      head("content-end", x_content, out);
      out += "}\n\n";
      ++x_content;
    } else if (x_open == Open::call) {
      head("tool-call-end", x_calls - 1, out);
      out += "}\n\n";
    }
    x_open = Open::nothing;
  }

  void open(Open kind, std::string& out) {
    start(out);
    if (x_open == kind) return;
    close(out);
    x_open = kind;
    head("content-start", x_content, out);
    out += kind == Open::text ? R"(,"delta":{"message":{"content":{"type":"text","text":""}}}})" "\n\n"
                              : R"(,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}})" "\n\n";
    x_cited.clear();
  }

  void text(std::string_view said, std::string_view logprobs, std::string& out) {
    if (said.empty() && logprobs.empty()) return;
    open(Open::text, out);
    head("content-delta", x_content, out);
    out += ",\"delta\":{\"message\":{\"content\":{\"text\":";
    json::append_quoted(out, said);
    out += "}}}";
    if (!logprobs.empty()) {
      if (const std::string piece = write_logprob(logprobs); !piece.empty()) out.append(",\"logprobs\":").append(piece);
    }
    out += "}\n\n";
    if (x_cited.size() < most_cited) x_cited += said;
  }

  void put(const event::Started& e, std::string& out) {
    if (!e.id.empty()) x_id = e.id;
    start(out);
  }
  void put(const event::TextDelta& e, std::string& out) {
    if (e.choice == 0) text(e.text, e.logprobs, out);
  }
  void put(const event::RefusalDelta& e, std::string& out) {
    if (e.choice != 0) return;
    x_refused = true;
    text(e.text, {}, out);
  }
  void put(const event::ThinkingDelta& e, std::string& out) {
    if (e.choice != 0) return;
    if (!e.text.empty() && !e.redacted) {
      open(Open::thinking, out);
      head("content-delta", x_content, out);
      out += ",\"delta\":{\"message\":{\"content\":{\"thinking\":";
      json::append_quoted(out, e.text);
      out += "}}}}\n\n";
    }
    remember(e, out);
  }

  // Proofs go with the next call, with the size of the text they prove.
  void remember(const event::ThinkingDelta& e, std::string& out) {
    if (!e.redacted) x_thought.text.append(e.text.size(), ' ');
    if (!e.id.empty()) x_thought.id = e.id;
    if (e.signature.empty()) return;
    llm::Thinking& thought = x_thoughts.emplace_back(e.redacted ? llm::Thinking{} : std::exchange(x_thought, {}));
    thought.signature = e.signature;
    thought.maker = e.maker;
    thought.redacted = e.redacted;
    if (!e.id.empty()) thought.id = e.id;
    if (x_open == Open::thinking) close(out);   // what follows is another thought
  }

  void put(const event::ToolCallStarted& e, std::string& out) {
    if (e.choice != 0) return;
    start(out);
    close(out);
    x_open = Open::call;
    head("tool-call-start", x_calls++, out);
    out += ",\"delta\":{\"message\":{\"tool_calls\":{\"id\":";
    json::append_quoted(out, pack_id(e.id, x_thoughts, e.signature, e.maker));
    out += ",\"type\":\"function\",\"function\":{\"name\":";
    json::append_quoted(out, e.name);
    out += ",\"arguments\":\"\"}}}}}\n\n";
    x_thoughts.clear();
  }
  void put(const event::ToolCallDelta& e, std::string& out) {
    if (e.choice != 0 || e.arguments.empty() || x_open != Open::call) return;
    head("tool-call-delta", x_calls - 1, out);
    out += ",\"delta\":{\"message\":{\"tool_calls\":{\"function\":{\"arguments\":";
    json::append_quoted(out, e.arguments);
    out += "}}}}}\n\n";
  }

  void put(const event::CitationSeen& e, std::string& out) {
    if (e.choice != 0) return;
    start(out);
    head("citation-start", x_citations, out);
    out += ",\"delta\":{\"message\":{\"citations\":";
    append_citation(out, e.citation, x_cited, x_open == Open::text ? x_content : std::max<std::int64_t>(x_content - 1, 0), x_names);
    out += "}}}\n\n";
    head("citation-end", x_citations++, out);
    out += "}\n\n";
  }
  void put(const event::Finished& e, std::string&) {
    if (e.choice == 0) x_finished = e;
  }
  void put(const event::UsageSeen& e, std::string&) { x_usage = e.usage; }
  void put(const event::PartSeen& e, std::string& out) {
    const auto* const audio = std::get_if<llm::Audio>(&e.part);
    if (audio != nullptr && e.choice == 0) text(audio->transcript, {}, out);
  }
  void put(const event::Failed& e, std::string& out) { out += write_error_event(e.error); }
  void put(const event::Ended&, std::string& out) {
    start(out);
    close(out);
    const event::Finished finished = x_finished.value_or(event::Finished{0, llm::Finish::stop});
    const Ending ending = ending_of(finished.reason, !finished.stop_sequence.empty(), x_refused);
    out.append("event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"");
    out.append(ending.reason).append("\",\"usage\":");
    append_usage(out, x_usage);
    if (!ending.error.empty()) {
      out += ",\"error\":";
      json::append_quoted(out, ending.error);
    }
    out += "}}\n\ndata: [DONE]\n\n";
  }

  static constexpr std::size_t most_cited = 64 << 10;

  std::string x_id;
  std::vector<std::string> x_names;        // of the documents
  std::string x_cited;                     // text of the open content item, which citations count in
  std::int64_t x_content = 0, x_calls = 0, x_citations = 0;
  Open x_open = Open::nothing;
  bool x_started = false, x_refused = false;
  llm::Thinking x_thought;                 // being written: its size and id only
  std::vector<llm::Thinking> x_thoughts;   // proven, since the last call
  std::optional<event::Finished> x_finished;
  llm::Usage x_usage;
};

}  // namespace

std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest& request, std::string id) {
  return std::make_unique<Writer>(request, std::move(id));
}

}  // namespace sluice::dialects::cohere
