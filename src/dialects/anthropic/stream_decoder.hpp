// A stream of the messages API as neutral events. Used by one stream, on one thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/anthropic/event_reader.hpp"
#include "dialects/anthropic/usage.hpp"
#include "dialects/event_splitter.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::anthropic {

// Thinking goes into events of its own; a block of Anthropic's own tools is told when it is whole, with its input put
// together, and a text's citations when the text is. What comes after an error event or after the end is not read.
class AnthropicStreamDecoder final : public StreamDecoder, private EventSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  struct OpenTool { std::int64_t block = 0, call = 0; bool has_arguments = false; };
  struct OpenServerBlock { std::int64_t index = 0; std::string raw, input; };

  void event(std::string_view name, std::string_view data) override;
  void oversized() override { fail("an event is too long"); }
  void stray(std::string_view) override { fail("it is no event stream"); }

  void message_start(std::string_view message);
  void block_start(const Event& event);
  void block_delta(const Event& event);
  void block_stop(const Event& event);
  void message_delta(const Event& event);
  void arguments(std::string_view index, std::string_view raw);
  void begin_server_block(const Event& event);
  void end_server_block(OpenServerBlock& block);
  void end_open();
  void citation(std::string_view raw);
  void tell_citations();
  void end_tool(const OpenTool& tool);
  void emit_text(std::string_view raw);
  void emit_thinking(std::string_view raw_text, std::string_view raw_signature);
  void see_usage(std::string_view raw);
  void fail(std::string_view what);

  EventSplitter x_splitter{8 << 20};   // a web search's results are one event of hundreds of kilobytes
  std::vector<llm::StreamEvent>* x_out = nullptr;   // while feed() runs
  std::optional<Error> x_error;
  std::vector<OpenTool> x_tools;       // begun and not ended
  std::vector<OpenServerBlock> x_server_blocks;
  std::vector<llm::Citation> x_citations;   // of the text block being read: they come before its text or behind it
  std::size_t x_kept = 0;              // bytes in the two above
  std::int64_t x_calls = 0;
  UsageCount x_usage;
  bool x_started = false, x_over = false;
  bool x_text_begins = false;          // the next text is the first of its block
};

}  // namespace sluice::dialects::anthropic
