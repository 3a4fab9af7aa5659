// Whatever OpenAI's dialect takes from a caller becomes a request that breaks none of Anthropic's rules, or is refused
// with a 400 that names the field. The first byte chooses the model.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "dialects/all.hpp"
#include "fuzz/checkable.hpp"
#include "sluice/dialects/dialect.hpp"
#include "unit/dialects/anthropic_rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<std::string_view, 5> models = {"claude-3-haiku-20240307", "claude-sonnet-4-20250514",
                                                      "claude-opus-4-5", "claude-sonnet-5-5", "other"};
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto request = sluice::dialects::openai::caller().read_chat(body);
  if (!request) return 0;
  const auto encoded = sluice::dialects::anthropic::wire().encode(*request, {models[data[0] % models.size()], sluice::dialects::no_quirks()});
  if (!encoded) {
    if (encoded.error().code() != sluice::Code::bad_request || encoded.error().param().empty()) std::abort();
    return 0;
  }
  if (!sluice::fuzz::checkable(body)) return 0;
  for (const std::string& rule : sluice::dialects::anthropic_tests::Rules::broken_by(encoded->body)) {
    std::fprintf(stderr, "%s\n%s\n", rule.c_str(), encoded->body.c_str());
    std::abort();
  }
  return 0;
}
