// An API as providers speak it: writes requests in it, reads its answers, streams, usage and errors. Pure: no sockets,
// clocks, globals or logging. One immutable instance each for the whole program, shared by all workers.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/http/head.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/dialect.hpp"
#include "sluice/llm/embedding.hpp"
#include "sluice/llm/rerank.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::dialects {

// A request body in this dialect, and what of the caller's request could not be said in it.
struct Encoded {
  std::string body;
  std::vector<std::string> dropped;   // names of the caller's fields, e.g. "logit_bias"
};

// An answer that is no success. `error` carries the provider's meaning (its message, name, param, retry_after) under
// our Code; `try_next` says that another target or key may do better (overload, limits, its own fault).
struct Failure {
  Error error;
  int status = 0;            // the provider's HTTP status
  bool try_next = false;
  bool key_at_fault = false; // 401, 403, 429: another credential of the same provider may do better
};

// Watches a stream that is passed through untouched: finds its usage, its end and errors in it. Any split of the
// bytes gives the same facts. Bounded memory: an event longer than the limit is passed on but not read.
class StreamMeter {
 public:
  struct Facts {
    std::optional<llm::Usage> usage;  // the last seen
    std::string model;                // as the provider names it; empty: not seen
    bool begun = false;               // one whole, well-formed event has come: the answer may be committed
    bool garbled = false;             // what came is no event of this dialect; meaningful until begun
    bool finished = false;            // a finish reason or end marker came: the answer is complete if the body ends now
    bool done = false;                // the end marker came: nothing follows, a caller may stop reading here
    std::optional<Failure> failure;   // an error event
    std::int64_t events = 0;
    std::int64_t text_bytes = 0;      // bytes of generated text seen, for an estimate when no usage comes
  };
  virtual ~StreamMeter() = default;
  virtual void feed(std::string_view bytes) = 0;
  // The body has ended cleanly: reads a last event that lacks its end.
  virtual void finish() {}
  const Facts& facts() const { return x_facts; }

 protected:
  Facts x_facts;
};

// Turns a provider's stream into neutral events. Any split of the bytes gives the same events. After an error result
// the decoder is not used again.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  virtual Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) = 0;
  // The body has ended cleanly: refuses if the stream was not complete (a truncated answer is never shown as whole).
  virtual Result<> finish(std::vector<llm::StreamEvent>& out) = 0;
};

class Wire {
 public:
  virtual ~Wire() = default;
  virtual llm::Dialect dialect() const = 0;
  // A caller of that dialect is passed on in its own bytes; else it is translated.
  virtual bool passes(llm::Dialect caller) const { return caller == dialect(); }

  // ---- bytes that pass untouched
  // A 2xx answer of this content type (lower case, without parameters) is a stream of events. `asked`: the request asked
  // for one.
  virtual bool streams(std::string_view content_type, [[maybe_unused]] bool asked) const { return content_type == "text/event-stream"; }
  virtual std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const = 0;   // a whole 2xx answer
  // The member of a whole answer in which usage_of finds it: of an answer too large to be held only that is kept.
  virtual std::string_view usage_member(llm::Operation) const { return "usage"; }
  virtual std::unique_ptr<StreamMeter> meter(llm::Operation) const = 0;
  // Any answer of status >= 400, or one of 2xx whose body is an error object (some providers do that).
  virtual Failure read_failure(int status, const http::Fields& headers, std::string_view body) const = 0;
  // A whole 2xx body that is an error in truth; nothing: a good answer.
  virtual std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body) const = 0;

  // ---- on behalf of a caller of another dialect
  // True: the functions of that operation below are there; the others are never called.
  virtual bool translates(llm::Operation) const = 0;
  virtual Result<Encoded> encode(const llm::ChatRequest&, const Recipient&) const;
  virtual Result<llm::ChatResponse> decode(std::string_view body) const;
  virtual std::unique_ptr<StreamDecoder> decoder() const;
  virtual Result<Encoded> encode_embedding(const llm::EmbeddingRequest&, const Recipient&) const;
  virtual Result<llm::EmbeddingResponse> decode_embedding(std::string_view body) const;
  virtual Result<Encoded> encode_rerank(const llm::RerankRequest&, const Recipient&) const;
  virtual Result<llm::RerankResponse> decode_rerank(std::string_view body) const;
  virtual Result<Encoded> encode_count_tokens(const llm::ChatRequest&, const Recipient&) const;
  virtual Result<std::int64_t> decode_token_count(std::string_view body) const;
};

const Wire& wire(llm::Dialect);
// Embeddings as Vertex AI has them: a form of Gemini's API that no caller speaks.
const Wire& predict_wire();

}  // namespace sluice::dialects
