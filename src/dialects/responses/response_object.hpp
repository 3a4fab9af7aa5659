// Writes the response object: whole answers, and the events that carry it as far as it has come.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::responses {

struct ResponseState {
  std::string_view status;              // "in_progress", "completed", "incomplete"
  std::string_view incomplete_reason;   // "max_output_tokens", "content_filter"; empty: none
  std::string_view output;              // the items that are finished, as a list without its brackets
  const llm::Usage* usage = nullptr;
};

// Belongs to one answer. Settings that the caller asked for are repeated in it, as the real API does.
class ResponseObject {
 public:
  ResponseObject(const llm::ChatRequest&, std::string_view id, std::int64_t created);

  // From what the provider says; before anything is written.
  void set_id(std::string_view id);
  void set_model(std::string_view model) { x_model = model; }
  void set_created(std::int64_t seconds) { x_created = seconds; }
  void set_service_tier(std::string_view tier) { x_service_tier = tier; }

  const std::string& id() const { return x_id; }   // "resp_…"
  // For the ids of its items: what stands behind "resp_".
  std::string_view stem() const { return std::string_view(x_id).substr(5); }
  void append(std::string& out, const ResponseState&) const;

 private:
  std::string x_id, x_model, x_service_tier;
  std::int64_t x_created;
  std::string x_before_model, x_behind_output, x_end;   // settings as JSON members
};

}  // namespace sluice::dialects::responses
