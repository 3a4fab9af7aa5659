// A request of Anthropic's API, whatever it holds, is read or refused with a 400 that names the field; what was read is
// written again as one that breaks none of the API's rules, or refused the same way. The first byte chooses the model.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "dialects/all.hpp"
#include "fuzz/checkable.hpp"
#include "unit/dialects/anthropic_rules.hpp"

namespace {

using namespace sluice;

void require_named(const Error& error) {
  if (error.code() == Code::bad_request) return;
  std::fprintf(stderr, "%s\n", error.message().c_str());
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<std::string_view, 5> models = {"claude-3-haiku-20240307", "claude-sonnet-4-20250514",
                                                      "claude-opus-4-5", "claude-sonnet-5-5", "other"};
  if (size == 0) return 0;
  const bool at_brace = data[0] == '{';   // a seed
  const std::string_view body(reinterpret_cast<const char*>(data) + (at_brace ? 0 : 1), size - (at_brace ? 0 : 1));
  auto request = dialects::anthropic::caller().read_chat(body);
  if (!request) return require_named(request.error()), 0;
  const auto encoded = dialects::anthropic::wire().encode(*request, {models[data[0] % models.size()], dialects::no_quirks()});
  if (!encoded) return require_named(encoded.error()), 0;
  // Blocks and tools of Anthropic's own pass unread, and may break any rule.
  bool own = !request->server_tools.empty() || !request->others.empty();
  for (const auto& message : request->messages) {
    for (const auto& part : message.parts) own = own || std::holds_alternative<llm::ServerPart>(part) || std::holds_alternative<llm::ToolResult>(part);
  }
  if (own || !fuzz::checkable(body)) return 0;
  for (const std::string& rule : dialects::anthropic_tests::Rules::broken_by(encoded->body)) {
    std::fprintf(stderr, "%s\n%s\n", rule.c_str(), encoded->body.c_str());
    std::abort();
  }
  return 0;
}
