#include "dialects/openai/decode.hpp"

#include <utility>

#include "dialects/openai/stream_decoder.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::openai {
namespace {

namespace event = llm::event;

// Adds up the events of one answer.
class Collector {
 public:
  explicit Collector(llm::ChatResponse& answer) : x_answer(answer) {}
  std::optional<Error> fault;

  void operator()(event::Started& e) {
    x_answer.id = std::move(e.id);
    x_answer.model = std::move(e.model);
  }
  void operator()(event::TextDelta& e) {
    if (!e.logprobs.empty()) choice(e.choice).logprobs = std::move(e.logprobs);
    if (e.text.empty() && e.signature.empty()) return;
    auto& text = last<llm::Text>(e.choice);
    text.text += e.text;
    if (e.signature.empty()) return;
    text.signature = std::move(e.signature);
    text.maker = e.maker;
  }
  void operator()(event::RefusalDelta& e) { last<llm::Refusal>(e.choice).text += e.text; }
  void operator()(event::ThinkingDelta& e) {
    auto& parts = choice(e.choice).parts;
    auto* open = parts.empty() ? nullptr : std::get_if<llm::Thinking>(&parts.back());
    const bool goes_on = open != nullptr && !e.redacted && open->signature.empty() && open->id == e.id;
    if (!goes_on) open = &std::get<llm::Thinking>(parts.emplace_back(llm::Thinking{{}, {}, e.redacted, e.maker, e.id}));
    open->text += e.text;
    open->signature = std::move(e.signature);
    if (e.maker != llm::Maker::unknown) open->maker = e.maker;
  }
  void operator()(event::ToolCallStarted& e) {
    choice(e.choice).parts.emplace_back(
        llm::ToolCall{std::move(e.id), std::move(e.name), {}, std::move(e.signature), e.maker, e.custom});
  }
  void operator()(event::ToolCallDelta& e) {
    auto& parts = choice(e.choice).parts;
    if (auto* call = parts.empty() ? nullptr : std::get_if<llm::ToolCall>(&parts.back())) call->arguments += e.arguments;
  }
  void operator()(event::PartSeen& e) { choice(e.choice).parts.push_back(std::move(e.part)); }
  void operator()(event::CitationSeen& e) {
    auto& parts = choice(e.choice).parts;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      auto* text = std::get_if<llm::Text>(&*part);
      if (text == nullptr) continue;
      text->citations.push_back(std::move(e.citation));
      return;
    }
  }
  void operator()(event::Finished& e) {
    choice(e.choice).finish = e.reason;
    choice(e.choice).stop_sequence = std::move(e.stop_sequence);
  }
  void operator()(event::UsageSeen& e) { x_answer.usage = e.usage; }
  void operator()(event::Failed& e) { fault = std::move(e.error); }
  void operator()(event::Ended&) {}

 private:
  llm::Choice& choice(std::int64_t index) {
    for (llm::Choice& one : x_answer.choices) {
      if (one.index == index) return one;
    }
    llm::Choice& one = x_answer.choices.emplace_back();
    one.index = index;
    return one;
  }
  template <class Kind>
  Kind& last(std::int64_t index) {
    auto& parts = choice(index).parts;
    if (parts.empty() || !std::holds_alternative<Kind>(parts.back())) parts.emplace_back(Kind{});
    return std::get<Kind>(parts.back());
  }

  llm::ChatResponse& x_answer;
};

}  // namespace

Result<llm::ChatResponse> decode(std::string_view body) {
  if (json::validate(body)) return Error(Code::upstream_failed, "The provider's answer is no valid JSON.");
  std::vector<llm::StreamEvent> events;
  if (auto read = OpenAiStreamDecoder().answer(body, events); !read) return std::move(read).error();
  llm::ChatResponse answer;
  Collector collector(answer);
  for (llm::StreamEvent& e : events) std::visit(collector, e);
  if (collector.fault) return *std::move(collector.fault);
  answer.created = json::to_integer(json::find(body, "created").value_or("")).value_or(0);
  answer.service_tier = json::unquoted(json::find(body, "service_tier").value_or("")).value_or("");
  return answer;
}

}  // namespace sluice::dialects::openai
