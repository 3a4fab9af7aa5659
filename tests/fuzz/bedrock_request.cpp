// Whatever a caller's dialect takes becomes a Converse request that breaks none of the service's rules, or is refused with
// a 400 that names the field. The first byte chooses the model and the dialect.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/checkable.hpp"
#include "unit/dialects/bedrock_rules.hpp"
#include "unit/dialects/bedrock_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::dialects;
  using namespace sluice::dialects::bedrock_tests;
  constexpr std::array<std::string_view, 8> models = {"us.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
                                                      "anthropic.claude-3-haiku-20240307-v1:0",      "us.anthropic.claude-sonnet-5",
                                                      "us.amazon.nova-2-lite-v1:0",                  "openai.gpt-oss-120b-1:0",
                                                      "mistral.mistral-large-3-675b-instruct",       "other"};
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool own = (data[0] & 8) != 0;   // what a Converse caller says may break rules that only the service knows
  auto request = caller_dialect(own ? sluice::llm::Dialect::bedrock : sluice::llm::Dialect::openai).read_chat(body);
  if (!request) return 0;
  const auto encoded = bedrock_wire().encode(*request, {models[data[0] % models.size()], no_quirks()});
  if (!encoded) {
    if (encoded.error().code() != sluice::Code::bad_request || encoded.error().param().empty()) std::abort();
    return 0;
  }
  if (!sluice::fuzz::checkable(body)) return 0;
  std::vector<std::string> broken;
  if (!own) broken = Rules::broken_by(encoded->body);
  else if (!Json::accept(encoded->body)) broken = {"no JSON"};
  if (broken.empty()) return 0;
  for (const std::string& rule : broken) std::fprintf(stderr, "%s\n", rule.c_str());
  std::fprintf(stderr, "%s\n", encoded->body.c_str());
  std::abort();
}
