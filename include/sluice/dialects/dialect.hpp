// A caller's dialect: reads its requests into neutral values and writes neutral answers, events and errors back. Pure.
// The other direction (the same API as a provider speaks it) is dialects/wire.hpp.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/dialect.hpp"
#include "sluice/llm/embedding.hpp"
#include "sluice/llm/rerank.hpp"

namespace sluice::dialects {

// What an answer is written with besides the provider's words.
struct AnswerContext {
  std::string id;                // ours; stands where the provider gives none
  std::int64_t created = 0;      // Unix seconds, used where the provider states none
  std::string query;             // the request's query string ("alt=sse")
};

// Writes one streamed answer. Appends whole events to `out`.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  virtual std::string_view content_type() const { return "text/event-stream; charset=utf-8"; }
  virtual void write(const llm::StreamEvent&, std::string& out) = 0;
};

class CallerDialect {
 public:
  virtual ~CallerDialect() = default;
  virtual llm::Dialect id() const = 0;
  // Each refuses what the dialect's own API would refuse (400 with the field in `param`). Where the dialect has the model
  // and the wish for a stream in its path (Gemini, Bedrock) the gateway sets them afterwards.
  virtual Result<llm::ChatRequest> read_chat(std::string_view body) const = 0;
  // Asked before a request that was read is encoded in another dialect: refuses what only a provider of this one can do
  // (go on from an answer it has kept), and what no encoder may leave out.
  virtual Result<> translatable(const llm::ChatRequest&) const { return {}; }
  // A conversation whose tokens are to be counted. As read_chat where the dialect counts the same object.
  virtual Result<llm::ChatRequest> read_count_tokens(std::string_view body) const { return read_chat(body); }
  // A completion of old (OpenAI's /completions) as a chat of one message; refused where the dialect has none.
  virtual Result<llm::ChatRequest> read_completion(std::string_view body) const;
  virtual Result<llm::EmbeddingRequest> read_embedding(std::string_view body) const;   // refuses: not an operation of it
  virtual Result<llm::RerankRequest> read_rerank(std::string_view body) const;

  virtual std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse&, const AnswerContext&) const = 0;
  virtual std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest&, const AnswerContext&) const = 0;
  virtual std::string write_completion(const llm::ChatRequest&, const llm::ChatResponse&, const AnswerContext&) const;
  virtual std::unique_ptr<StreamWriter> completion_writer(const llm::ChatRequest& request, const AnswerContext& context) const {
    return stream_writer(request, context);
  }
  virtual std::string write_embedding(const llm::EmbeddingRequest&, const llm::EmbeddingResponse&, const AnswerContext&) const;
  virtual std::string write_rerank(const llm::RerankRequest&, const llm::RerankResponse&, const AnswerContext&) const;
  virtual std::string write_token_count(std::int64_t tokens) const;

  // An error as a whole answer's body (and header lines it needs besides: "Name: value\r\n"), and as an event inside a
  // stream that has begun.
  virtual std::string write_error(const Error&) const = 0;
  virtual std::string error_header_lines(const Error&) const { return {}; }
  virtual std::string write_error_event(const Error&, const AnswerContext&) const = 0;
};

// The one of a dialect; callers do not speak Ollama's, and are answered in OpenAI's.
const CallerDialect& caller_dialect(llm::Dialect);

// HTTP status of a code, and what a provider's status of 400 and above means: one table for all dialects.
int http_status(Code code);
Code code_of(int http_status);

}  // namespace sluice::dialects
