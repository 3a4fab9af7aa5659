// Whatever OpenAI's dialect takes from a caller becomes a request that breaks none of Gemini's rules, or is refused with
// a 400 that names the field. The first byte chooses the model.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "dialects/all.hpp"
#include "fuzz/checkable.hpp"
#include "unit/dialects/gemini_rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::dialects;
  constexpr std::array<std::string_view, 5> models = {"gemini-2.0-flash", "gemini-2.5-flash", "gemini-2.5-pro", "gemini-3-pro-preview", "other"};
  if (size == 0) return 0;
  const std::string_view model = models[data[0] % models.size()];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto request = openai::caller().read_chat(body);
  if (!request) return 0;
  const auto encoded = gemini::wire().encode(*request, {model, no_quirks()});
  if (!encoded) {
    if (encoded.error().code() != sluice::Code::bad_request || encoded.error().param().empty()) std::abort();
    return 0;
  }
  if (!sluice::fuzz::checkable(body)) return 0;
  for (const std::string& rule : gemini_tests::Rules::broken_by(encoded->body, model)) {
    std::fprintf(stderr, "%s\n%s\n", rule.c_str(), encoded->body.c_str());
    std::abort();
  }
  return 0;
}
