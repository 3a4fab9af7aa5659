#include "sluice/dialects/dialect.hpp"

#include "read_chat.hpp"
#include "write_chat.hpp"
#include "write_error.hpp"

namespace sluice::dialects {
namespace {

class OpenAi final : public CallerDialect {
 public:
  llm::Dialect id() const override { return llm::Dialect::openai; }
  Result<llm::ChatRequest> read_chat(std::string_view body) const override { return openai_dialect::read_chat(body); }
  std::string write_chat(const llm::ChatResponse& response, std::string_view id, std::int64_t created) const override {
    return openai_dialect::write_chat(response, id, created);
  }
  std::unique_ptr<StreamWriter> stream_writer(const llm::ChatRequest& request, std::string id,
                                              std::int64_t created) const override {
    return openai_dialect::make_stream_writer(request, std::move(id), created);
  }
  std::string write_error(const Error& error) const override { return openai_dialect::write_error(error); }
  std::string write_error_event(const Error& error) const override { return openai_dialect::write_error_event(error); }
};

}  // namespace

const CallerDialect& openai() {
  static const OpenAi dialect;
  return dialect;
}

}  // namespace sluice::dialects
