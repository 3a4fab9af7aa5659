// OpenAI's chat completions, and the operations beside it.
#include "dialects/all.hpp"
#include "dialects/openai/errors.hpp"
#include "dialects/openai/read_chat.hpp"
#include "dialects/openai/stream_meter.hpp"
#include "dialects/openai/usage.hpp"
#include "dialects/openai/write_chat.hpp"
#include "dialects/openai/write_error.hpp"

namespace sluice::dialects::openai {
namespace {

class OpenAiCaller final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::openai; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return openai::read_chat(body); }
  std::string write_chat(const llm::ChatRequest&, const llm::ChatResponse& response, const AnswerContext& context) const override {
    return openai::write_chat(response, context.id, context.created);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, const AnswerContext& context) const override {
    return make_stream_writer(request, context.id, context.created);
  }
  std::string write_error(const Error& error) const override { return openai::write_error(error); }
  std::string write_error_event(const Error& error, const AnswerContext&) const override { return openai::write_error_event(error); }
};

class OpenAiWire final : public Wire {
 public:
  llm::Dialect dialect() const override { return llm::Dialect::openai; }
  std::optional<llm::Usage> usage_of(llm::Operation, std::string_view body) const override { return usage_in_answer(body); }
  std::unique_ptr<StreamMeter> meter(llm::Operation) const override { return std::make_unique<OpenAiStreamMeter>(); }
  Failure read_failure(int status, const http::Fields& headers, std::string_view body) const override {
    return openai::read_failure(status, headers, body);
  }
  std::optional<Failure> failure_in_success(llm::Operation, const http::Fields& headers, std::string_view body) const override {
    return openai::failure_in_success(headers, body);
  }
  bool translates(llm::Operation) const override { return false; }
};

}  // namespace

const CallerDialect& caller() {
  static const OpenAiCaller it;
  return it;
}

const Wire& wire() {
  static const OpenAiWire it;
  return it;
}

}  // namespace sluice::dialects::openai
