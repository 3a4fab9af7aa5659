// Watches a Cohere chat stream that is passed through (see StreamMeter).
#pragma once
#include <string_view>

#include "dialects/event_splitter.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::cohere {

class CohereStreamMeter final : public StreamMeter, private EventSink {
 public:
  void feed(std::string_view bytes) override { x_splitter.feed(bytes, *this); }
  void finish() override { x_splitter.feed("\n\n", *this); }

 private:
  void event(std::string_view name, std::string_view data) override;
  void oversized() override;
  void stray(std::string_view line) override;
  void message_end(std::string_view delta);

  EventSplitter x_splitter;
};

}  // namespace sluice::dialects::cohere
