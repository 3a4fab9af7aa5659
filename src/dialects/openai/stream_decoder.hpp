// A stream of chat completion chunks as neutral events. Used by one stream, on one thread.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/event_splitter.hpp"
#include "dialects/openai/answer_fields.hpp"
#include "dialects/openai/call_assembly.hpp"
#include "dialects/openai/think_tags.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::openai {

// How a choice ended is told at the end of the stream: some services say it twice, or go on after it. Without [DONE] the
// stream is complete if every choice has ended.
class OpenAiStreamDecoder final : public StreamDecoder, private EventSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;
  // Instead of both: a whole answer in valid JSON, as if it had come in one piece.
  Result<> answer(std::string_view body, std::vector<llm::StreamEvent>& out);

 private:
  struct Choice {
    explicit Choice(std::int64_t i) : index(i), calls(i) {}
    std::int64_t index;
    ThinkTags tags;
    CallAssembly calls;
    std::optional<llm::Finish> finish;
    std::string stop_sequence, told_thought;      // told_thought: id of the last readable one
    std::string unproven;                         // what came as reasoning, whose proof may come with all of it again
    std::vector<Detail> unclaimed;                // signatures whose call has not come yet
  };
  struct Chunk {
    std::string_view choices, usage, error, id, model, groq, search_results, citations;
    bool is_error = false;
  };

  void event(std::string_view name, std::string_view data) override;
  void oversized() override { fail("an event is too long"); }
  void stray(std::string_view) override { if (!x_started) fail("it is no event stream"); }

  void chunk(std::string_view data);
  void start(const Chunk& chunk);
  void choice(std::string_view raw);
  void delta(Choice& choice, std::string_view raw, std::string_view logprobs);
  void completion_text(Choice& choice, std::string_view raw, std::string_view logprobs);
  void content(Choice& choice, const MessageFields& fields, std::string_view logprobs);
  void content_list(Choice& choice, std::string_view list);
  void thoughts(Choice& choice, const MessageFields& fields);
  bool detail(Choice& choice, Detail&& detail);
  void calls(Choice& choice, const MessageFields& fields);
  void tagged(Choice& choice, ThinkTags::Pieces&& pieces);
  void text(Choice& choice, std::string&& text) { x_out->push_back(llm::event::TextDelta{choice.index, std::move(text)}); }
  void see_usage(std::string_view raw);
  void remember_sources(const Chunk& chunk);
  void failed(std::string_view data);
  bool complete() const;
  void close();
  void fail(std::string_view what);
  Choice& choice_at(std::int64_t index);

  EventSplitter x_splitter{32 << 20};   // generated images come whole
  std::vector<llm::StreamEvent>* x_out = nullptr;   // while feed() runs
  std::optional<Error> x_error;
  std::deque<Choice> x_choices;         // few; in the order they came
  std::string x_id;
  std::string x_results, x_citations;   // Perplexity's sources: all of them in every chunk
  std::optional<llm::Usage> x_usage;
  bool x_started = false, x_over = false, x_whole = false;
};

}  // namespace sluice::dialects::openai
