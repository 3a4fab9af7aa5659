// Turns a Cohere chat stream into neutral events (see StreamDecoder). An event longer than a megabyte breaks it.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dialects/cohere/event_reader.hpp"
#include "dialects/event_splitter.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::cohere {

class CohereStreamDecoder final : public StreamDecoder, private EventSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  void event(std::string_view name, std::string_view data) override;
  void oversized() override { fail("an event is too long"); }
  void stray(std::string_view) override {}

  void fail(std::string_view what);
  void failed(std::string_view raw);
  void text(std::string_view raw, std::string_view logprobs);
  void thought(std::string_view raw);
  void call_started(const Addition&);
  void arguments(std::string_view raw);
  void call_ended();
  void message_end(std::string_view delta);

  EventSplitter x_splitter{1 << 20};
  std::vector<llm::StreamEvent>* x_out = nullptr;
  std::optional<Error> x_error;
  std::int64_t x_calls = 0;                                // begun so far
  bool x_open = false, x_has_arguments = false;            // of the last call
  bool x_started = false, x_over = false;
};

}  // namespace sluice::dialects::cohere
