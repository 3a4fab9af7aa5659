// A stream of the messages API as neutral events. Used by one stream, on one thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dialects/anthropic/event_reader.hpp"
#include "dialects/anthropic/usage.hpp"
#include "dialects/event_splitter.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::anthropic {

// Thinking goes into events of its own; redacted thinking, citations and the blocks of Anthropic's own tools are left
// out. What comes after an error event or after the end is not read.
class AnthropicStreamDecoder final : public StreamDecoder, private EventSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  struct OpenTool { std::int64_t block = 0, call = 0; bool has_arguments = false; };

  void event(std::string_view name, std::string_view data) override;
  void oversized() override { fail("an event is too long"); }
  void stray(std::string_view) override { fail("it is no event stream"); }

  void message_start(std::string_view message);
  void block_start(const Event& event);
  void block_delta(const Event& event);
  void block_stop(const Event& event);
  void message_delta(const Event& event);
  void arguments(std::string_view index, std::string_view raw);
  void end_tool(const OpenTool& tool);
  void emit_text(std::string_view raw);
  void emit_thinking(std::string_view raw_text, std::string_view raw_signature);
  void see_usage(std::string_view raw);
  void fail(std::string_view what);

  EventSplitter x_splitter{8 << 20};   // a web search's results are one event of hundreds of kilobytes
  std::vector<llm::StreamEvent>* x_out = nullptr;   // while feed() runs
  std::optional<Error> x_error;
  std::vector<OpenTool> x_tools;       // begun and not ended
  std::int64_t x_calls = 0;
  UsageCount x_usage;
  bool x_started = false, x_over = false;
};

}  // namespace sluice::dialects::anthropic
