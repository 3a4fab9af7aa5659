// A stream that is ended before its provider ends it, because the money for it is used up: its caller gets a whole answer
// that has reached its limit of length. No I/O.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/exchange.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::gateway {

// Asks the budgets as an answer grows.
class MoneyWatch {
 public:
  explicit MoneyWatch(Exchange& ex) : x_exchange(ex) {}
  // So many bytes of text have been written. True: no more can be paid for.
  bool exhausted(std::int64_t text_bytes);

 private:
  Exchange& x_exchange;
  std::int64_t x_granted = 0;   // tokens
};

// The events that end a stream; `choices` are those begun and not finished.
std::vector<llm::StreamEvent> early_end(const std::vector<std::int64_t>& choices, const llm::Usage& usage);

// Which choices of a stream are open.
class OpenChoices {
 public:
  void see(const llm::StreamEvent& event);
  const std::vector<std::int64_t>& list() const { return x_open; }

 private:
  std::vector<std::int64_t> x_open;
};

// Follows a stream of server-sent events that passes untouched, closely enough to end it as its own dialect does.
class Mirror {
 public:
  Mirror(Exchange& ex, const dialects::Wire& wire);
  // What of it may be shown: up to the end of its last whole event. The rest is kept for the next piece.
  std::string_view feed(std::string_view piece);
  std::string_view rest() const { return x_rest; }   // once the stream is over
  // What ends it; nothing: it could not be followed.
  std::optional<std::string> end(const llm::Usage& usage);

 private:
  std::unique_ptr<dialects::StreamDecoder> x_decoder;
  std::unique_ptr<dialects::StreamWriter> x_writer;
  std::vector<llm::StreamEvent> x_events;
  OpenChoices x_choices;
  std::string x_shown, x_rest, x_ignored;
};

}  // namespace sluice::gateway
