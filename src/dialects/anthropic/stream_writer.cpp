#include <utility>

#include "dialects/anthropic/citation.hpp"
#include "dialects/anthropic/thought_proof.hpp"
#include "dialects/anthropic/write_chat.hpp"
#include "dialects/anthropic/write_error.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

namespace event = llm::event;

// One block is open at a time; each has a number of its own, and the message begins when there is something to say (its
// first event holds the usage of the input, which some providers tell only at the end). Hot: a delta is a few appends
// into the caller's string.
class Writer final : public StreamWriter {
 public:
  Writer(const llm::ChatRequest& request, const AnswerContext& context)
      : x_id(context.id), x_call_stem(context.id), x_model(request.model) {}

  void write(const llm::StreamEvent& e, std::string& out) override {
    std::visit([&](const auto& what) { put(what, out); }, e);
  }

 private:
  enum class Open : std::uint8_t { none, text, thinking, call };

  void put(const event::Started& e, std::string&) {
    if (!e.id.empty()) x_id = e.id;
    if (!e.model.empty()) x_model = e.model;
  }

  void put(const event::TextDelta& e, std::string& out) {
    if (e.choice != 0) return;
    if (!e.signature.empty() && e.maker != llm::Maker::unknown) {
      proof(e.maker, e.signature, out);
      open_text(out);
    } else if (e.text.empty()) {
      return;
    } else if (x_open != Open::text || e.begins) {
      open_text(out);
    }
    if (!e.text.empty()) delta(e.text, out);
  }
  void put(const event::RefusalDelta& e, std::string& out) {
    if (e.choice != 0 || e.text.empty()) return;
    if (x_open != Open::text) open_text(out);
    delta(e.text, out);
  }

  void put(const event::ThinkingDelta& e, std::string& out) {
    if (e.choice != 0) return;
    if (e.redacted) {
      begin_block(R"({"type":"redacted_thinking","data":)", out);
      json::append_quoted(out, thought_proof({{}, e.signature, true, e.maker, e.id}));
      out += "}}\n\n";
      x_open = Open::call;   // it has no deltas
      return close(out);
    }
    if (e.text.empty() && e.signature.empty()) return;
    if (x_open != Open::thinking) {
      begin_block(R"({"type":"thinking","thinking":"","signature":""})", out);
      out += "}\n\n";
      x_delta = delta_head("thinking_delta\",\"thinking\":");
      x_open = Open::thinking;
      x_thought = false;
    }
    if (!e.text.empty()) {
      x_thought = true;
      delta(e.text, out);
    }
    if (e.signature.empty()) return;
    // Whether its text is empty decides how a foreign proof is told; the text itself has gone out already.
    sign(thought_proof({x_thought ? "x" : "", e.signature, false, e.maker, e.id}), out);
  }

  void put(const event::ToolCallStarted& e, std::string& out) {
    if (e.choice != 0) return;
    if (!e.signature.empty() && e.maker != llm::Maker::unknown) proof(e.maker, e.signature, out);
    begin_block(R"({"type":"tool_use","id":)", out);
    json::append_quoted(out, e.id.empty() ? made_call_id(x_call_stem, x_calls) : e.id);
    out += ",\"name\":";
    json::append_quoted(out, e.name);
    out += ",\"input\":{}}}\n\n";
    x_delta = delta_head("input_json_delta\",\"partial_json\":");
    x_open = Open::call;
    ++x_calls;
    x_custom = e.custom;
    if (x_custom) delta("{\"input\":\"", out);
  }
  void put(const event::ToolCallDelta& e, std::string& out) {
    if (e.choice != 0 || x_open != Open::call || e.arguments.empty()) return;
    if (!x_custom) return delta(e.arguments, out);
    const std::string quoted = json::quoted(e.arguments);
    delta(std::string_view(quoted).substr(1, quoted.size() - 2), out);
  }

  void put(const event::PartSeen& e, std::string& out) {
    if (e.choice != 0) return;
    if (const auto* const part = std::get_if<llm::ServerPart>(&e.part)) {
      if (part->origin != llm::Dialect::anthropic || part->raw.empty()) return;
      begin_block(part->raw, out);
      out += "}\n\n";
      x_open = Open::call;
      return close(out);
    }
    const std::string text = shown_as_text(e.part);
    if (text.empty()) return;
    open_text(out);
    delta(text, out);
    close(out);
  }

  // Of the text that came last: what comes when its block is closed stands in one without text.
  void put(const event::CitationSeen& e, std::string& out) {
    if (e.choice != 0) return;
    std::string citation;
    if (!append_citation(citation, e.citation)) return;
    if (x_open != Open::text) open_text(out);
    begin_delta("citations_delta\",\"citation\":", out);
    out.append(citation).append("}}\n\n");
  }

  void put(const event::Finished& e, std::string&) {
    if (e.choice == 0) x_stop = {e.reason, {}, false}, x_stop_sequence = e.stop_sequence;
  }
  void put(const event::UsageSeen& e, std::string&) { x_usage = e.usage; }
  void put(const event::Failed& e, std::string& out) { out += write_error_event(e.error); }
  void put(const event::Ended&, std::string& out) {
    begin_message(out);
    close(out);
    out += "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{";
    x_stop.sequence = x_stop_sequence;
    x_stop.calls = x_calls > 0;
    append_stop(out, x_stop);
    out += "},\"usage\":";
    append_usage(out, x_usage, {});
    out += "}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  }

  void begin_message(std::string& out) {
    if (x_begun) return;
    x_begun = true;
    out += "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":";
    json::append_quoted(out, x_id);
    out += R"(,"type":"message","role":"assistant","model":)";
    json::append_quoted(out, x_model);
    out += R"(,"content":[],"stop_reason":null,"stop_sequence":null,"usage":)";
    append_usage(out, x_usage, {});
    out += "}}\n\n";
  }

  // The event up to and with the beginning of the block, which the caller ends.
  void begin_block(std::string_view block, std::string& out) {
    begin_message(out);
    close(out);
    out += "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":";
    json::append_integer(out, x_index);
    out.append(",\"content_block\":").append(block);
  }
  void close(std::string& out) {
    if (x_open == Open::none) return;
    if (std::exchange(x_custom, false)) delta("\"}", out);
    x_open = Open::none;
    out += "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":";
    json::append_integer(out, x_index++);
    out += "}\n\n";
  }

  void open_text(std::string& out) {
    begin_block(R"({"type":"text","text":""})", out);
    out += "}\n\n";
    x_delta = delta_head("text_delta\",\"text\":");
    x_open = Open::text;
  }

  std::string delta_head(std::string_view type) const {
    std::string head = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":";
    json::append_integer(head, x_index);
    return head.append(",\"delta\":{\"type\":\"").append(type);
  }
  void begin_delta(std::string_view type, std::string& out) const { out += delta_head(type); }
  void delta(std::string_view text, std::string& out) const {
    out += x_delta;
    json::append_quoted(out, text);
    out += "}}\n\n";
  }

  // A signature is its block's last delta.
  void sign(std::string_view proof, std::string& out) {
    begin_delta("signature_delta\",\"signature\":", out);
    json::append_quoted(out, proof);
    out += "}}\n\n";
    close(out);
  }
  void proof(llm::Maker maker, std::string_view signature, std::string& out) {
    begin_block(R"({"type":"thinking","thinking":"","signature":""})", out);
    out += "}\n\n";
    x_open = Open::thinking;
    sign(part_proof(maker, signature), out);
  }

  std::string x_id, x_call_stem, x_model;
  std::string x_delta;             // of every delta of the open block, up to its text
  std::int64_t x_index = 0;        // of the open block, or the next
  std::int64_t x_calls = 0;
  llm::Usage x_usage;
  Stop x_stop;
  std::string x_stop_sequence;
  Open x_open = Open::none;
  bool x_begun = false, x_custom = false;
  bool x_thought = false;          // the open block of thinking has text
};

}  // namespace

std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest& request, const AnswerContext& context) {
  return std::make_unique<Writer>(request, context);
}

}  // namespace sluice::dialects::anthropic
