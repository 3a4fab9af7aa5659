// Writes an answer as the events of the Responses API, in the order in which the real one sends them, and keeps what
// has been written: the last event repeats all of it. Belongs to one answer, on one thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "dialects/responses/reasoning_proof.hpp"
#include "dialects/responses/response_object.hpp"
#include "sluice/dialects/dialect.hpp"

namespace sluice::dialects::responses {

class ResponsesStreamWriter final : public StreamWriter {
 public:
  ResponsesStreamWriter(const llm::ChatRequest&, const AnswerContext&);
  void write(const llm::StreamEvent&, std::string& out) override;

  // The whole response as it stands once Ended has been written.
  const std::string& response() const { return x_final; }
  ResponseObject& object() { return x_object; }

 private:
  enum class Item : std::uint8_t { none, message, reasoning, call };
  enum class Content : std::uint8_t { none, text, refusal };

  void put(const llm::event::Started&, std::string& out);
  void put(const llm::event::TextDelta&, std::string& out);
  void put(const llm::event::RefusalDelta&, std::string& out);
  void put(const llm::event::ThinkingDelta&, std::string& out);
  void put(const llm::event::ToolCallStarted&, std::string& out);
  void put(const llm::event::ToolCallDelta&, std::string& out);
  void put(const llm::event::PartSeen&, std::string& out);
  void put(const llm::event::CitationSeen&, std::string& out);
  void put(const llm::event::Finished&, std::string& out);
  void put(const llm::event::UsageSeen&, std::string& out);
  void put(const llm::event::Failed&, std::string& out);
  void put(const llm::event::Ended&, std::string& out);

  void introduce(std::string& out);
  void begin(std::string& out, std::string_view type);
  void end(std::string& out);
  void place(std::string& out, bool content);   // which item, and which part of it
  void new_item(Item kind, std::string_view prefix, std::string_view id = {});
  void item_added(std::string& out, std::string_view members);
  void item_done(std::string& out, std::string_view item);
  void open_message(std::string& out, Content content);
  void close_content(std::string& out);
  void close_message(std::string& out);
  void open_reasoning(std::string& out, std::string_view id);
  void open_summary(std::string& out);
  void close_reasoning(std::string& out, std::string_view encrypted);
  void close_call(std::string& out);
  void close_item(std::string& out);
  void proof_item(std::string& out, ProofOf of, llm::Maker maker, const std::string& signature);
  void make_delta_head(std::string_view type, std::string_view index_name);

  ResponseObject x_object;
  std::string x_items;                  // finished, a list without brackets
  std::string x_final;
  std::int64_t x_sequence = 0, x_index = -1, x_count = 0;
  bool x_introduced = false;

  Item x_item = Item::none;
  std::string x_item_id;
  std::string_view x_status = "completed";   // of the item that is closed next
  std::string x_delta_head;             // of the delta events of what is open
  std::string x_text;                   // what came in them
  Content x_content = Content::none;
  std::string x_parts, x_annotations, x_logprobs;
  std::int64_t x_part_index = 0, x_annotation_count = 0;
  std::string x_call_id, x_call_name;
  bool x_custom = false, x_refused = false;

  llm::Finish x_finish = llm::Finish::stop;
  llm::Usage x_usage;
};

}  // namespace sluice::dialects::responses
