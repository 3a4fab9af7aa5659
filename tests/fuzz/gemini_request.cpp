// Whatever a Gemini caller sends is read or refused with a 400; what is read can be written as a request of the same API
// that breaks none of its rules, or is refused with the field at fault.
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
  constexpr std::array<std::string_view, 4> models = {"gemini-2.0-flash", "gemini-2.5-flash", "gemini-3-pro-preview", "other"};
  if (size == 0) return 0;
  const std::string_view model = models[data[0] % models.size()];
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto embedding = gemini::caller().read_embedding(body);
  if (embedding) (void)gemini::wire().encode_embedding(*embedding, {model, no_quirks()});
  const auto counted = gemini::caller().read_count_tokens(body);
  if (counted) (void)gemini::wire().encode_count_tokens(*counted, {model, no_quirks()});
  const auto request = gemini::caller().read_chat(body);
  if (!request) {
    if (request.error().code() != sluice::Code::bad_request) std::abort();
    return 0;
  }
  const auto encoded = gemini::wire().encode(*request, {model, no_quirks()});
  if (!encoded && (encoded.error().code() != sluice::Code::bad_request || encoded.error().param().empty())) std::abort();
  // A caller's own words go out as they came, so that only the form is sure.
  if (encoded && sluice::fuzz::checkable(body) && !nlohmann::json::accept(encoded->body)) {
    std::fprintf(stderr, "%s\n", encoded->body.c_str());
    std::abort();
  }
  return 0;
}
