// Watches a ConverseStream answer that is passed through (see StreamMeter).
#pragma once
#include <string_view>

#include "dialects/bedrock/event_stream.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::bedrock {

class BedrockStreamMeter final : public StreamMeter, private FrameSink {
 public:
  void feed(std::string_view bytes) override;

 private:
  void frame(const Frame& frame) override;
  void oversized() override;

  FrameReader x_reader;
  bool x_metered = false;   // the metadata event has come
};

}  // namespace sluice::dialects::bedrock
