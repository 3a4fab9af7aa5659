// A stream of the Responses API as neutral events. Used by one stream, on one thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/event_splitter.hpp"
#include "dialects/responses/event.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::responses {

// What comes after the end or an error event is not read. Calls that a service writes at the same time are told one
// after the other.
class ResponsesStreamDecoder final : public StreamDecoder, private EventSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  enum class Kind : std::uint8_t { message, reasoning, call, other };
  // One output item that has begun and not ended.
  struct Item {
    std::int64_t output_index = 0;
    std::string id;              // where there is no output index to know it by
    Kind kind = Kind::other;
    bool told = false;           // something of its content has been told
    bool raw = false;            // reasoning: it is the thought itself that is told, not its summary
    std::int64_t call = -1;      // call: its index; -1: it waits for the one before
    std::string call_id, name, pending;
    bool custom = false, ended = false;
  };

  void event(std::string_view name, std::string_view data) override;
  void oversized() override { fail("an event is too long"); }
  void stray(std::string_view) override { fail("it is no event stream"); }

  void delta(const Event& event);
  void start(std::string_view response);
  void item_added(const Event& event);
  void item_done(const Event& event);
  void reasoning_delta(const Event& event, bool raw);
  void part_added(const Event& event);
  void text(std::string_view raw, std::string_view logprobs, Item* item);
  void call_delta(Item& item, std::string_view raw);
  void call_done(Item& item, std::string_view raw);
  void next_call();
  void tell(const llm::Part& part);
  void over(const Event& event);
  void fail(std::string_view what);
  void fail_with(const Failure& failure);
  Item* find(const Event& event);

  EventSplitter x_splitter{16 << 20};   // the last event repeats the whole answer
  std::vector<llm::StreamEvent>* x_out = nullptr;   // while feed() runs
  std::optional<Error> x_error;
  std::vector<Item> x_items;
  std::int64_t x_calls = 0;
  std::size_t x_pending = 0;   // bytes kept of calls that wait
  bool x_started = false, x_over = false, x_refused = false, x_any = false;
  bool x_thought_open = false;   // the last thing told is a thought without a signature
};

}  // namespace sluice::dialects::responses
