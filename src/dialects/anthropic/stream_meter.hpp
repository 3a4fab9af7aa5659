// Watches a stream of the messages API that is passed through (see StreamMeter).
#pragma once
#include <string_view>

#include "dialects/anthropic/usage.hpp"
#include "dialects/event_splitter.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::anthropic {

class AnthropicStreamMeter final : public StreamMeter, private EventSink {
 public:
  void feed(std::string_view bytes) override { x_splitter.feed(bytes, *this); }
  void finish() override { x_splitter.feed("\n\n", *this); }

 private:
  void event(std::string_view name, std::string_view data) override;
  void oversized() override;
  void stray(std::string_view line) override;
  void see_usage(std::string_view raw);

  EventSplitter x_splitter;
  UsageCount x_usage;
};

}  // namespace sluice::dialects::anthropic
