// Whatever chat request OpenAI's dialect takes from a caller becomes valid JSON for services of any quirks, or is refused
// with a 400 that names the field; and a request that breaks none of the API's rules breaks none afterwards. The first
// two bytes choose the quirks.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "dialects/all.hpp"
#include "sluice/json/validate.hpp"
#include "unit/dialects/openai_rules.hpp"

namespace {

using sluice::dialects::Quirks;
using sluice::dialects::openai_tests::Rules;

Quirks quirks_of(unsigned bits) {
  Quirks q;
  q.developer_role = bits & 1, q.many_systems = bits & 2, q.images = bits & 4, q.audio = bits & 8, q.files = bits & 16;
  q.images_in_tool_results = bits & 32, q.json_schema = bits & 64, q.strict_tools = bits & 128, q.cache_marks = bits & 256;
  q.call_id_length = bits & 512 ? 9 : 0;
  const char* history[] = {"", "reasoning_content", "reasoning_details", "content"};
  q.reasoning_history = history[bits >> 10 & 3];
  if (bits & 4096) q.refuses = {"temperature", "tools.custom", "tool_choice.allowed_tools", "user"};
  if (bits & 8192) q.renames = {{"max_tokens", "max_completion_tokens"}};
  q.assistant_must_have_content = bits & 16384;
  return q;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto request = sluice::dialects::openai::caller().read_chat(body);
  if (!request) return 0;
  const Quirks quirks = quirks_of(data[0] | static_cast<unsigned>(data[1]) << 8);
  const auto encoded = sluice::dialects::openai::wire().encode(*request, {"m", quirks});
  if (!encoded) {
    if (encoded.error().code() != sluice::Code::bad_request || encoded.error().param().empty()) std::abort();
    return 0;
  }
  if (sluice::json::validate(encoded->body)) std::abort();
  Quirks all;
  all.cache_marks = all.images_in_tool_results = true;
  all.reasoning_history = "content";
  if (!Rules::broken_by(std::string(body), all).empty()) return 0;
  for (const std::string& rule : Rules::broken_by(encoded->body, quirks)) {
    std::fprintf(stderr, "%s\n%s\n", rule.c_str(), encoded->body.c_str());
    std::abort();
  }
  return 0;
}
