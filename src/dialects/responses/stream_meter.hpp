// Watches a stream of the Responses API that is passed through (see StreamMeter). An ordinary delta is measured without
// reading all of it.
#pragma once
#include "dialects/event_splitter.hpp"
#include "dialects/responses/event.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::responses {

class ResponsesStreamMeter final : public StreamMeter, private EventSink {
 public:
  // `stored`: a response that was made, and paid for, before is only read again.
  explicit ResponsesStreamMeter(bool stored) : x_stored(stored) {
    if (stored) x_facts.usage = llm::Usage{};
  }
  void feed(std::string_view bytes) override { x_splitter.feed(bytes, *this); }
  void finish() override { x_splitter.feed("\n\n", *this); }

 private:
  void event(std::string_view name, std::string_view data) override;
  void oversized() override;
  void stray(std::string_view line) override;
  void read(std::string_view data);
  void response(const Event& event);

  // The last event repeats the whole answer, generated images and all.
  EventSplitter x_splitter{16 << 20};
  bool x_stored;
};

}  // namespace sluice::dialects::responses
