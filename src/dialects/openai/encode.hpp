// A neutral chat request as a chat completions request, as far as the service's quirks let it be said.
#pragma once
#include <string>

#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/dialects/quirks.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::openai {

// Refused (400, param in the caller's words): what the service cannot do and would change what is asked for if left out.
// What is left out or said differently is named in `dropped`.
Result<Encoded> encode(const llm::ChatRequest&, const Recipient&);

// Writes the members of a request behind its first, under the service's names, leaving out what it refuses.
class Members {
 public:
  // effort: the one that the model will be asked for, on which it may hang what it takes; empty: none.
  Members(std::string& body, const Quirks& quirks, llm::Dialect caller, Dropped& dropped, std::string_view effort = {})
      : x_body(body), x_quirks(quirks), x_caller(caller), x_samples(takes_sampling(quirks, effort)), x_dropped(dropped) {}

  bool refuses(std::string_view path) const;
  void drop(std::string_view name);                        // by OpenAI's name
  bool put(std::string_view name, std::string_view raw);   // false: it is refused, and has been reported
  void put_text(std::string_view name, std::string_view text);
  void put_number(std::string_view name, double value, double usual);   // refused, the usual value is no loss
  void put_integer(std::string_view name, std::int64_t value);
  const Quirks& quirks() const { return x_quirks; }
  llm::Dialect caller() const { return x_caller; }

 private:
  std::string& x_body;
  const Quirks& x_quirks;
  llm::Dialect x_caller;
  bool x_samples;
  Dropped& x_dropped;
};

// By file.
std::string effort_sent(const llm::ChatRequest&, const Quirks&);   // as put_reasoning asks for it; empty: it does not
void put_reasoning(const llm::ChatRequest&, Members&);
Result<> put_tools(const llm::ChatRequest&, Members&);
// Returns what the model must be told instead, where the service cannot be told; empty: nothing.
std::string put_response_format(const llm::ChatRequest&, Members&);

}  // namespace sluice::dialects::openai
