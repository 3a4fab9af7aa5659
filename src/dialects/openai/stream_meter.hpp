// Watches a chat or completions stream of OpenAI's dialect that is passed through (see StreamMeter). Reads an ordinary
// delta without allocating and without a JSON tree.
#pragma once
#include <cstdint>
#include <string_view>

#include "dialects/event_splitter.hpp"
#include "dialects/openai/chunk_shape.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::openai {

class OpenAiStreamMeter final : public StreamMeter, private EventSink {
 public:
  void feed(std::string_view bytes) override { x_splitter.feed(bytes, *this); }
  void finish() override { x_splitter.feed("\n\n", *this); }

 private:
  void event(std::string_view name, std::string_view data) override;
  void oversized() override;
  void stray(std::string_view line) override;

  void first_event(std::string_view data);
  void chunk(std::string_view data);
  void rare_member(std::string_view key, std::string_view value, std::string_view data, ChunkHoles&);
  void choice(std::string_view raw, ChunkHoles&);
  void finished(std::int64_t choice, bool now);

  EventSplitter x_splitter;
  ChunkShape x_shape;
  std::uint64_t x_open = 0, x_closed = 0;  // choices (bit = index, the last for all above) seen without and with an end
};

}  // namespace sluice::dialects::openai
