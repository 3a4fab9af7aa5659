// A caller's dialect: reads its requests into neutral values and writes neutral answers, events and errors back. Pure.
// The other direction (speaking a dialect to a provider) is providers/.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::dialects {

// Writes one streamed answer. Appends whole events to `out`.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  virtual void write(const llm::StreamEvent&, std::string& out) = 0;
};

class CallerDialect {
 public:
  virtual ~CallerDialect() = default;
  virtual llm::Dialect id() const = 0;
  // Refuses what the dialect's own API would refuse (400 with the field in `param`).
  virtual Result<llm::ChatRequest> read_chat(std::string_view body) const = 0;
  // `created`: Unix seconds, used where the provider states none; `id` where it gives none.
  virtual std::string write_chat(const llm::ChatResponse&, std::string_view id, std::int64_t created) const = 0;
  virtual std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest&, std::string id, std::int64_t created) const = 0;
  // An error as a whole answer's body, and as an event inside a stream that has begun.
  virtual std::string write_error(const Error&) const = 0;
  virtual std::string write_error_event(const Error&) const = 0;
};

const CallerDialect& openai();

// HTTP status of a code: one table for all dialects.
int http_status(Code code);

}  // namespace sluice::dialects
