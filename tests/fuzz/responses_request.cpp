// Reading a request of the Responses API: anything is refused with 400 or taken; what is taken becomes valid requests of
// this API again, which can be read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dialects/all.hpp"
#include "sluice/json/validate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto& caller = dialects::responses::caller();
  const auto request = caller.read_chat(body);
  if (!request) {
    if (request.error().code() != Code::bad_request) std::abort();
    return 0;
  }
  const auto can = caller.translatable(*request);
  if (!can && can.error().code() != Code::bad_request) std::abort();
  dialects::Quirks plain;
  plain.reasoning_request.clear();
  for (const dialects::Quirks& quirks : {dialects::Quirks(), plain}) {
    const auto encoded = dialects::responses::wire().encode(*request, {"m", quirks});
    if (!encoded) {
      if (encoded.error().code() != Code::bad_request || encoded.error().param().empty()) std::abort();
      continue;
    }
    if (json::validate(encoded->body)) std::abort();
    if (can && !caller.read_chat(encoded->body)) std::abort();
  }
  if (json::validate(caller.write_chat(*request, {}, {"req", 1, ""}))) std::abort();
  return 0;
}
