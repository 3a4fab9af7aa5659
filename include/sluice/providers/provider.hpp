// A provider adapter: turns requests into what one provider's API takes and reads what it answers. Pure: no sockets,
// clocks, globals or logging. One immutable instance per provider entry of the configuration, shared by all workers.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/http/head.hpp"
#include "sluice/llm/chat.hpp"
#include "sluice/llm/dialect.hpp"
#include "sluice/llm/usage.hpp"

namespace sluice::providers {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A request body in the provider's own dialect, and what of the caller's request could not be said in it.
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

// Speaks the provider's dialect on behalf of a caller of another one. Chat only.
class Translator {
 public:
  virtual ~Translator() = default;
  // `model` is what the target asks for.
  virtual Result<Encoded> encode(const llm::ChatRequest&, std::string_view model) const = 0;
  virtual Result<llm::ChatResponse> decode(std::string_view body) const = 0;
  virtual std::unique_ptr<StreamDecoder> decoder() const = 0;
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual std::string_view type() const = 0;
  // True: a caller of this dialect is forwarded byte for byte.
  virtual bool speaks(llm::Dialect, llm::Operation) const = 0;
  // True: the operation can be done, verbatim or translated.
  virtual bool serves(llm::Operation) const = 0;
  // Path (and query) below the base URL, e.g. "/chat/completions".
  virtual std::string path(llm::Operation, std::string_view model, bool stream) const = 0;
  // Appends the headers that carry the credential (and those the API always wants). An empty secret appends none.
  virtual void authorize(std::string_view secret, Headers& out) const = 0;

  // Verbatim path.
  virtual std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const = 0;  // a whole 2xx answer
  virtual std::unique_ptr<StreamMeter> meter(llm::Operation) const = 0;

  // Translated path. nullptr: the provider takes callers of its own dialect only. Lives as long as the provider.
  virtual const Translator* translator() const = 0;

  // Any answer of status >= 400, or one of 2xx whose body is an error object (some providers do that).
  virtual Failure read_failure(int status, const http::Fields& headers, std::string_view body) const = 0;
  // A whole 2xx body that is an error in truth; nothing: a good answer.
  virtual std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body) const = 0;
};

}  // namespace sluice::providers
