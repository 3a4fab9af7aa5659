#include "gateway/translation.hpp"

#include "sluice/base/text.hpp"
#include "sluice/dialects/free_text.hpp"
#include "sluice/json/splice.hpp"

namespace sluice::gateway {
namespace {

using llm::Operation;

Result<TranslatedAnswer> translate_chat(const Exchange& ex, const dialects::Wire& wire, std::string_view body) {
  auto response = wire.decode(body);
  if (!response) return std::move(response).error();
  dialects::FreeText(*ex.chat).restore(*response);
  const bool completes = ex.endpoint.operation == Operation::completions;
  auto written = completes ? ex.dialect->write_completion(*ex.chat, *response, answer_context(ex))
                           : ex.dialect->write_chat(*ex.chat, *response, answer_context(ex));
  return TranslatedAnswer{std::move(written), response->usage};
}

Result<TranslatedAnswer> translate_embedding(const Exchange& ex, const dialects::Wire& wire, std::string_view body) {
  auto response = wire.decode_embedding(body);
  if (!response) return std::move(response).error();
  return TranslatedAnswer{ex.dialect->write_embedding(*ex.embedding, *response, answer_context(ex)), response->usage};
}

Result<TranslatedAnswer> translate_rerank(const Exchange& ex, const dialects::Wire& wire, std::string_view body) {
  auto response = wire.decode_rerank(body);
  if (!response) return std::move(response).error();
  return TranslatedAnswer{ex.dialect->write_rerank(*ex.rerank, *response, answer_context(ex)), response->usage};
}

Result<TranslatedAnswer> translate_count(const Exchange& ex, const dialects::Wire& wire, std::string_view body) {
  auto tokens = wire.decode_token_count(body);
  if (!tokens) return std::move(tokens).error();
  return TranslatedAnswer{ex.dialect->write_token_count(*tokens), {}};
}

// What the path says goes before what the body says.
Result<> read_chat(Exchange& ex, std::string_view body) {
  const bool counts = ex.endpoint.operation == Operation::count_tokens;
  const bool completes = ex.endpoint.operation == Operation::completions;
  auto chat = counts ? ex.dialect->read_count_tokens(body)
              : completes ? ex.dialect->read_completion(body)
                          : ex.dialect->read_chat(body);
  if (!chat) return std::move(chat).error();
  ex.chat = *std::move(chat);
  ex.chat->caller = ex.endpoint.dialect;
  ex.chat->model = ex.facts.model;
  ex.chat->stream = ex.facts.stream;
  return {};
}

Result<> read_embedding(Exchange& ex, std::string_view body) {
  auto read = ex.dialect->read_embedding(body);
  if (!read) return std::move(read).error();
  ex.embedding = *std::move(read);
  ex.embedding->caller = ex.endpoint.dialect;
  ex.embedding->model = ex.facts.model;
  return {};
}

Result<> read_rerank(Exchange& ex, std::string_view body) {
  auto read = ex.dialect->read_rerank(body);
  if (!read) return std::move(read).error();
  ex.rerank = *std::move(read);
  return {};
}

}  // namespace

Asking how_to_ask(const Upstream& upstream, const Endpoint& endpoint, std::string_view model) {
  const bool usual = endpoint.operation == Operation::chat && endpoint.dialect == llm::Dialect::openai && !upstream.chat_path.empty();
  if (usual) return {&dialects::wire(llm::Dialect::openai), Operation::chat, true};
  const providers::Provider& provider = *upstream.adapter;
  for (const Operation operation : {endpoint.operation, Operation::chat}) {
    const dialects::Wire* wire = provider.wire(operation, endpoint.dialect, model);
    const bool own = operation == endpoint.operation;
    if (wire != nullptr && own && wire->passes(endpoint.dialect) && !provider.own_form(operation, model)) return {wire, operation, true};
    if (wire != nullptr && wire->translates(operation)) return {wire, operation, false};
    if (endpoint.operation != Operation::completions) break;
  }
  return {};
}

Result<> read_request(Exchange& ex) {
  if (ex.chat || ex.embedding || ex.rerank) return {};
  const auto plain = json::with_plain_keys(ex.request.body);   // the readers know names as they are usually written
  const std::string_view body = plain ? std::string_view(*plain) : std::string_view(ex.request.body);
  switch (ex.endpoint.operation) {
    case Operation::chat: case Operation::completions: case Operation::count_tokens: return read_chat(ex, body);
    case Operation::embeddings: return read_embedding(ex, body);
    case Operation::rerank: return read_rerank(ex, body);
    default: return Error(Code::not_implemented, "This operation cannot be translated.");
  }
}

Result<dialects::Encoded> encode_request(const Exchange& ex, const dialects::Wire& wire, const dialects::Recipient& to) {
  if (ex.chat) {
    auto can = ex.dialect->translatable(*ex.chat);
    if (!can) return std::move(can).error();
  }
  switch (ex.endpoint.operation) {
    case Operation::count_tokens: return wire.encode_count_tokens(*ex.chat, to);
    case Operation::embeddings: return wire.encode_embedding(*ex.embedding, to);
    case Operation::rerank: return wire.encode_rerank(*ex.rerank, to);
    default: return wire.encode(*ex.chat, to);
  }
}

Result<TranslatedAnswer> translate_answer(const Exchange& ex, const dialects::Wire& wire, std::string_view body) {
  switch (ex.endpoint.operation) {
    case Operation::count_tokens: return translate_count(ex, wire, body);
    case Operation::embeddings: return translate_embedding(ex, wire, body);
    case Operation::rerank: return translate_rerank(ex, wire, body);
    default: return translate_chat(ex, wire, body);
  }
}

std::unique_ptr<dialects::StreamWriter> answer_writer(const Exchange& ex) {
  const bool completes = ex.endpoint.operation == Operation::completions;
  return completes ? ex.dialect->completion_writer(*ex.chat, answer_context(ex)) : ex.dialect->stream_writer(*ex.chat, answer_context(ex));
}

dialects::AnswerContext answer_context(const Exchange& ex) {
  return {ex.record.id, ex.now_seconds(), std::string(ex.request.head.query())};
}

}  // namespace sluice::gateway
