#include "gateway/early_end.hpp"

#include <algorithm>

#include "gateway/added_usage.hpp"
#include "gateway/translation.hpp"

namespace sluice::gateway {
namespace {

constexpr std::int64_t bytes_a_token = 4;
constexpr std::int64_t ahead = 64;   // tokens that are reserved at a time

template <class Event>
void open_of(const Event& event, std::vector<std::int64_t>& open) {
  if constexpr (requires { event.choice; }) {
    const auto known = std::find(open.begin(), open.end(), event.choice);
    if constexpr (std::is_same_v<Event, llm::event::Finished>) {
      if (known != open.end()) open.erase(known);
    } else if (known == open.end()) {
      open.push_back(event.choice);
    }
  }
}

}  // namespace

bool MoneyWatch::exhausted(std::int64_t text_bytes) {
  if (!x_exchange.hold.grows()) return false;
  const std::int64_t tokens = text_bytes / bytes_a_token;
  if (tokens < x_granted) return false;
  x_granted = tokens + ahead;
  return !x_exchange.hold.grow(x_granted);
}

void OpenChoices::see(const llm::StreamEvent& event) {
  std::visit([this](const auto& one) { open_of(one, x_open); }, event);
}

std::vector<llm::StreamEvent> early_end(const std::vector<std::int64_t>& choices, const llm::Usage& usage) {
  std::vector<llm::StreamEvent> events;
  for (const std::int64_t choice : choices) events.push_back(llm::event::Finished{choice, llm::Finish::length, {}});
  events.push_back(llm::event::UsageSeen{usage});
  events.push_back(llm::event::Ended{});
  return events;
}

Mirror::Mirror(Exchange& ex, const dialects::Wire& wire) {
  if (!read_request(ex) || !ex.chat) return;
  x_decoder = wire.decoder();
  x_writer = answer_writer(ex);
}

std::string_view Mirror::feed(std::string_view piece) {
  x_rest.append(piece);
  const std::size_t end = end_of_events(x_rest);
  x_shown.assign(x_rest, 0, end);
  x_rest.erase(0, end);
  if (!x_decoder) return x_shown;
  x_events.clear();
  if (!x_decoder->feed(x_shown, x_events)) {
    x_decoder.reset();
    return x_shown;
  }
  for (const llm::StreamEvent& event : x_events) {
    x_choices.see(event);
    x_ignored.clear();
    x_writer->write(event, x_ignored);   // the provider's own bytes are shown instead
  }
  return x_shown;
}

std::optional<std::string> Mirror::end(const llm::Usage& usage) {
  if (!x_decoder) return std::nullopt;
  std::string out;
  for (const llm::StreamEvent& event : early_end(x_choices.list(), usage)) x_writer->write(event, out);
  return out;
}

}  // namespace sluice::gateway
