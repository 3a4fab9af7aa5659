// Watches the streams beside chat that pass untouched: generated images, spoken text, transcripts. Their events have a
// type; the last one carries the usage.
#pragma once
#include <string_view>

#include "dialects/event_splitter.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::openai {

class MediaStreamMeter final : public StreamMeter, private EventSink {
 public:
  void feed(std::string_view bytes) override { x_splitter.feed(bytes, *this); }
  void finish() override { x_splitter.feed("\n\n", *this); }

 private:
  void event(std::string_view name, std::string_view data) override;
  void oversized() override;
  void stray(std::string_view line) override;

  EventSplitter x_splitter{32 << 20};   // the event that has the usage has the whole picture
};

}  // namespace sluice::dialects::openai
