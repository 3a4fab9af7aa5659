#include "dialects/responses/write_chat.hpp"

#include "dialects/responses/stream_writer.hpp"

namespace sluice::dialects::responses {
namespace {

namespace event = llm::event;

// One part as the events that a stream would have told it with.
class PartTeller {
 public:
  explicit PartTeller(ResponsesStreamWriter& writer) : x_writer(writer) {}

  void tell(const llm::Part& part, const std::string& logprobs) {
    if (const auto* text = std::get_if<llm::Text>(&part)) {
      const bool signed_text = !text->signature.empty();
      // The signature comes with the text, so that it stands before it; the citations then have no place but the next.
      if (!signed_text || text->citations.empty()) write(event::TextDelta{0, text->text, text->signature, text->maker, logprobs});
      else write(event::TextDelta{0, text->text, {}, llm::Maker::unknown, logprobs});
      for (const llm::Citation& citation : text->citations) write(event::CitationSeen{0, citation});
      if (signed_text && !text->citations.empty()) write(event::TextDelta{0, {}, text->signature, text->maker});
    } else if (const auto* refusal = std::get_if<llm::Refusal>(&part)) {
      write(event::RefusalDelta{0, refusal->text});
    } else if (const auto* thought = std::get_if<llm::Thinking>(&part)) {
      write(event::ThinkingDelta{0, thought->text, thought->signature, thought->maker, thought->redacted, thought->id});
    } else if (const auto* call = std::get_if<llm::ToolCall>(&part)) {
      write(event::ToolCallStarted{0, x_calls, call->id, call->name, call->signature, call->maker, call->custom});
      write(event::ToolCallDelta{0, x_calls++, call->arguments});
    } else {
      write(event::PartSeen{0, part});
    }
  }

 private:
  void write(const llm::StreamEvent& e) {
    x_events.clear();
    x_writer.write(e, x_events);
  }

  ResponsesStreamWriter& x_writer;
  std::string x_events;   // of no use here
  std::int64_t x_calls = 0;
};

}  // namespace

std::string write_chat(const llm::ChatRequest& request, const llm::ChatResponse& response, const AnswerContext& context) {
  ResponsesStreamWriter writer(request, context);
  if (response.created != 0) writer.object().set_created(response.created);
  if (!response.service_tier.empty()) writer.object().set_service_tier(response.service_tier);
  std::string events;
  writer.write(event::Started{response.id, response.model}, events);
  llm::Finish finish = llm::Finish::stop;
  if (!response.choices.empty()) {
    const llm::Choice& choice = response.choices.front();   // this API gives one
    finish = choice.finish;
    PartTeller teller(writer);
    std::string logprobs = choice.logprobs;   // of all its text: with the first
    for (const llm::Part& part : choice.parts) {
      teller.tell(part, logprobs);
      if (std::holds_alternative<llm::Text>(part)) logprobs.clear();
    }
  }
  writer.write(event::Finished{0, finish}, events);
  writer.write(event::UsageSeen{response.usage}, events);
  writer.write(event::Ended{}, events);
  return writer.response();
}

}  // namespace sluice::dialects::responses
