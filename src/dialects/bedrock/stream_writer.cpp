#include <optional>
#include <utility>

#include "dialects/bedrock/errors.hpp"
#include "dialects/bedrock/event_stream.hpp"
#include "dialects/bedrock/formats.hpp"
#include "dialects/bedrock/signatures.hpp"
#include "dialects/bedrock/usage.hpp"
#include "dialects/bedrock/write_chat.hpp"
#include "sluice/dialects/proof.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::bedrock {
namespace {

namespace event = llm::event;

// Hot: a delta is one frame, appended to the caller's string. Blocks of text and reasoning begin unannounced, as
// Bedrock's own do.
class Writer final : public StreamWriter {
 public:
  std::string_view content_type() const override { return "application/vnd.amazon.eventstream"; }
  void write(const llm::StreamEvent& e, std::string& out) override {
    std::visit([&](const auto& what) { put(what, out); }, e);
  }

 private:
  enum class Block : unsigned char { none, text, thinking, call };

  void start(std::string& out) {
    if (std::exchange(x_started, true)) return;
    FrameWriter frame(out, "event", "messageStart");
    out += R"({"role":"assistant"})";
    frame.end();
  }
  void close(std::string& out) {
    if (x_block == Block::none) return;
    FrameWriter frame(out, "event", "contentBlockStop");
    out += "{\"contentBlockIndex\":";
    json::append_integer(out, x_index++);
    out += '}';
    frame.end();
    x_block = Block::none;
  }
  void enter(Block block, std::string& out) {
    start(out);
    if (x_block == block) return;
    close(out);
    x_block = block;
  }
  // {"contentBlockIndex":0,"delta":{<open>"text"<shut>}}
  void delta(std::string_view open, std::string_view text, std::string_view shut, std::string& out) {
    FrameWriter frame(out, "event", "contentBlockDelta");
    out += "{\"contentBlockIndex\":";
    json::append_integer(out, x_index);
    out.append(",\"delta\":{").append(open);
    json::append_quoted(out, text);
    out.append(shut).append("}}");
    frame.end();
  }
  void block_start(std::string_view open, std::string& out) {
    FrameWriter frame(out, "event", "contentBlockStart");
    out += "{\"contentBlockIndex\":";
    json::append_integer(out, x_index);
    out.append(",\"start\":{").append(open).append("}}");
    frame.end();
  }

  void put(const event::Started&, std::string& out) { start(out); }
  void put(const event::TextDelta& e, std::string& out) {
    if (e.choice > 0) return;
    // A signature stands before its text; one that comes when the text has begun is marked to belong behind it.
    if (!e.signature.empty()) own_signature(e.maker, e.signature, x_block == Block::text, out);
    if (e.text.empty()) return;
    enter(Block::text, out);
    delta("\"text\":", e.text, "", out);
  }
  void put(const event::RefusalDelta& e, std::string& out) { put(event::TextDelta{e.choice, e.text}, out); }
  void put(const event::ThinkingDelta& e, std::string& out) {
    if (e.choice > 0) return;
    const llm::Thinking thinking{e.text, e.signature, e.redacted, e.maker};
    if (e.redacted) {
      close(out);
      enter(Block::thinking, out);
      delta(R"("reasoningContent":{"redactedContent":)", redacted_base64(thinking), "}", out);
      return close(out);
    }
    if (!e.text.empty()) {
      enter(Block::thinking, out);
      delta(R"("reasoningContent":{"text":)", e.text, "}", out);
    }
    if (e.signature.empty()) return;
    if (x_block != Block::thinking && (e.maker == llm::Maker::google || e.maker == llm::Maker::openai)) {
      return put(event::ThinkingDelta{e.choice, {}, e.signature, e.maker, true}, out);   // without a text: see append_thinking
    }
    enter(Block::thinking, out);
    delta(R"("reasoningContent":{"signature":)", write_proof(e.maker, e.signature, llm::Maker::anthropic), "}", out);
    close(out);
  }
  void own_signature(llm::Maker maker, const std::string& signature, bool behind, std::string& out) {
    close(out);
    enter(Block::thinking, out);
    delta(R"("reasoningContent":{"text":)", "", "}", out);
    delta(R"("reasoningContent":{"signature":)", attached_signature(maker, signature, behind), "}", out);
    close(out);
  }
  void put(const event::ToolCallStarted& e, std::string& out) {
    if (e.choice > 0) return;
    if (!e.signature.empty()) own_signature(e.maker, e.signature, false, out);
    close(out);
    enter(Block::call, out);
    block_start("\"toolUse\":{\"toolUseId\":" + json::quoted(e.id) + ",\"name\":" + json::quoted(e.name) + "}", out);
  }
  void put(const event::ToolCallDelta& e, std::string& out) {
    if (e.choice == 0 && x_block == Block::call) delta(R"("toolUse":{"input":)", e.arguments, "}", out);
  }
  void put(const event::PartSeen& e, std::string& out) {
    if (const auto* const audio = std::get_if<llm::Audio>(&e.part)) return put(event::TextDelta{e.choice, audio->transcript}, out);
    const auto* const image = std::get_if<llm::Image>(&e.part);
    if (image == nullptr || image->base64.empty() || e.choice > 0) return;   // no other part can be streamed
    close(out);
    enter(Block::call, out);
    const std::string_view format = format_of(Media::image, image->media_type);
    block_start("\"image\":{\"format\":" + json::quoted(format.empty() ? "png" : format) + "}", out);
    delta(R"("image":{"source":{"bytes":)", image->base64, "}}", out);
    close(out);
  }
  void put(const event::CitationSeen& e, std::string& out) {
    if (e.choice > 0) return;
    enter(Block::text, out);
    FrameWriter frame(out, "event", "contentBlockDelta");
    out += "{\"contentBlockIndex\":";
    json::append_integer(out, x_index);
    out += R"(,"delta":{"citation":)";
    append_citation(out, e.citation);
    out += "}}";
    frame.end();
  }
  void put(const event::Finished& e, std::string& out) {
    if (e.choice > 0 || std::exchange(x_stopped, true)) return;
    start(out);
    close(out);
    FrameWriter frame(out, "event", "messageStop");
    out.append("{\"stopReason\":\"").append(stop_reason(e.reason, !e.stop_sequence.empty())).append("\"}");
    frame.end();
  }
  void put(const event::UsageSeen& e, std::string&) { x_usage = e.usage; }
  void put(const event::Failed& e, std::string& out) { out += write_error_event(e.error); }
  void put(const event::Ended&, std::string& out) {
    put(event::Finished{0, llm::Finish::stop}, out);
    FrameWriter frame(out, "event", "metadata");
    out += "{\"usage\":";
    append_usage(out, x_usage);
    out += R"(,"metrics":{"latencyMs":0}})";
    frame.end();
  }

  std::int64_t x_index = 0;    // of the block that is open, or comes next
  Block x_block = Block::none;
  bool x_started = false, x_stopped = false;
  llm::Usage x_usage;
};

}  // namespace

std::unique_ptr<StreamWriter> make_stream_writer() { return std::make_unique<Writer>(); }

}  // namespace sluice::dialects::bedrock
