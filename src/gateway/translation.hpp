// A request and its whole answer between two dialects, for each operation that can be translated. No I/O.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "gateway/exchange.hpp"
#include "sluice/dialects/wire.hpp"
#include "sluice/gateway/snapshot.hpp"

namespace sluice::gateway {

// How a provider is asked for what the caller wants: in the caller's own bytes, or translated. A completion of old is
// asked for as a chat where there is nothing else.
struct Asking {
  const dialects::Wire* wire = nullptr;   // nullptr: it cannot be asked
  llm::Operation operation = llm::Operation::chat;
  bool verbatim = false;
};
Asking how_to_ask(const Upstream& upstream, const Endpoint& endpoint, std::string_view model);

// The caller's request in the wire's dialect. It is read once for all attempts, and kept in the exchange.
Result<> read_request(Exchange& ex);
Result<dialects::Encoded> encode_request(const Exchange& ex, const dialects::Wire& wire, const dialects::Recipient& to);

struct TranslatedAnswer { std::string body; llm::Usage usage; };
Result<TranslatedAnswer> translate_answer(const Exchange& ex, const dialects::Wire& wire, std::string_view body);

// Writes the caller's stream of a translated answer.
std::unique_ptr<dialects::StreamWriter> answer_writer(const Exchange& ex);

dialects::AnswerContext answer_context(const Exchange& ex);

}  // namespace sluice::gateway
