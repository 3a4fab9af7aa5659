// A ConverseStream answer as neutral events. Used by one stream, on one thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dialects/bedrock/event_stream.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::bedrock {

// Blocks come one after the other, only those of tools announced. What comes after an exception is not read.
class BedrockStreamDecoder final : public StreamDecoder, private FrameSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  enum class Block : std::uint8_t { other, call, answer };   // answer: a call of answer_tool, whose arguments are the text

  void frame(const Frame& frame) override;
  void oversized() override { fail("an event is too long"); }

  void start();
  void block_start(std::string_view payload);
  void block_delta(std::string_view payload);
  void block_stop();
  void message_stop(std::string_view payload);
  void metadata(std::string_view payload);
  void emit_text(std::string_view raw);
  void emit_reasoning(std::string_view raw);
  void emit_arguments(std::string_view raw);
  void fail(std::string_view what);

  FrameReader x_reader{8 << 20};   // an image comes in one event
  std::vector<llm::StreamEvent>* x_out = nullptr;   // while feed() runs
  std::optional<Error> x_error;
  std::string_view x_image_format;                  // of the image block that is open
  std::int64_t x_calls = 0;
  Block x_block = Block::other;
  bool x_started = false, x_has_arguments = false, x_stopped = false, x_metered = false, x_over = false;
};

}  // namespace sluice::dialects::bedrock
