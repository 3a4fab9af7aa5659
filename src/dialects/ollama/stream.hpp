// Ollama's streams: a JSON object on each line.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dialects/ollama/answer.hpp"
#include "dialects/ollama/lines.hpp"

namespace sluice::dialects::ollama {

class OllamaStreamMeter final : public StreamMeter, private LineSink {
 public:
  void feed(std::string_view bytes) override { x_splitter.feed(bytes, *this); }
  void finish() override { x_splitter.finish(*this); }

 private:
  void line(std::string_view text) override;
  void oversized() override;

  LineSplitter x_splitter{1 << 20};
};

// Calls come whole, so that a line may be long: up to eight megabytes.
class OllamaStreamDecoder final : public StreamDecoder, private LineSink {
 public:
  Result<> feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) override;
  Result<> finish(std::vector<llm::StreamEvent>& out) override;

 private:
  void line(std::string_view text) override;
  void oversized() override { fail("a line is too long"); }

  void fail(std::string_view what);
  void message(const Object&);
  void calls(std::string_view raw, std::string_view created_at);
  void done(const Object&);

  LineSplitter x_splitter{8 << 20};
  std::vector<llm::StreamEvent>* x_out = nullptr;
  std::optional<Error> x_error;
  std::int64_t x_calls = 0;
  bool x_started = false, x_over = false;
};

}  // namespace sluice::dialects::ollama
