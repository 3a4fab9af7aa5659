// A request and its whole answer between two dialects, for each operation that can be translated. No I/O.
#pragma once
#include <string>
#include <string_view>

#include "gateway/exchange.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::gateway {

// Whether a provider of this wire can be asked for what the caller wants: in the caller's own bytes, or translated.
bool can_ask(const dialects::Wire* wire, llm::Dialect caller, llm::Operation operation);

// The caller's request in the wire's dialect. It is read once for all attempts, and kept in the exchange.
Result<> read_request(Exchange& ex);
Result<dialects::Encoded> encode_request(const Exchange& ex, const dialects::Wire& wire, const dialects::Recipient& to);

struct TranslatedAnswer { std::string body; llm::Usage usage; };
Result<TranslatedAnswer> translate_answer(const Exchange& ex, const dialects::Wire& wire, std::string_view body);

dialects::AnswerContext answer_context(const Exchange& ex);

}  // namespace sluice::gateway
