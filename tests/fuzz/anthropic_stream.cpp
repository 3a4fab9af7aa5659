// A stream of Anthropic's messages API, whatever it holds, gives the same events and the same outcome however its bytes
// are cut. The first four bytes say where it is cut.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "unit/dialects/anthropic_support.hpp"

namespace {

using namespace sluice::dialects::anthropic_tests;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 4, size - 4);
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0, turn = 0; at < bytes.size(); ++turn) {
    const std::size_t length = 1 + data[turn % 4] % 64u;
    pieces.push_back(bytes.substr(at, length));
    at += length;
  }
  const Decoded whole = decode_pieces({bytes}), cut = decode_pieces(pieces);
  require(whole.error == cut.error, "another outcome when cut\n");
  require(describe(whole.events) == describe(cut.events), "other events when cut\n");
  const bool ended = sum_of(whole.events).ended;
  const bool failed = !whole.events.empty() && std::holds_alternative<sluice::llm::event::Failed>(whole.events.back());
  require(!whole.error.empty() || ended || failed, "a stream without an end was taken as whole\n");
  return 0;
}
