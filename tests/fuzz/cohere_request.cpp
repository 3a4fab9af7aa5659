// Whatever Cohere's dialect takes from a caller becomes a request that Ollama and Cohere itself take, or is refused with a
// 400 that names the field.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "dialects/all.hpp"
#include "sluice/json/validate.hpp"

namespace {

using namespace sluice::dialects;

void require(bool holds, const char* what, const std::string& body) {
  if (holds) return;
  std::fprintf(stderr, "%s\n%s\n", what, body.c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const CallerDialect& caller = cohere::caller();
  if (const auto request = caller.read_chat(body)) {
    for (const Wire* wire : {&cohere::wire(), &ollama::wire()}) {
      const auto written = wire->encode(*request, {"command-a-03-2025", no_quirks()});
      if (written) require(!sluice::json::validate(written->body), "no JSON", written->body);
      else require(written.error().code() == sluice::Code::bad_request && !written.error().param().empty(), "a refusal without a name", written.error().message());
    }
  }
  if (const auto request = caller.read_embedding(body)) {
    const auto written = cohere::wire().encode_embedding(*request, {"m", no_quirks()});
    if (written) require(!sluice::json::validate(written->body), "no JSON", written->body);
  }
  if (const auto request = caller.read_rerank(body)) {
    const auto written = cohere::wire().encode_rerank(*request, {"m", no_quirks()});
    if (written) require(!sluice::json::validate(written->body), "no JSON", written->body);
  }
  return 0;
}
