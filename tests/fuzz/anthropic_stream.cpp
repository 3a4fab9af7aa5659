// A stream of Anthropic's messages API, whatever it holds, gives the same events and the same outcome however its bytes
// are cut.
#include "dialects/all.hpp"
#include "fuzz/cut.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto cut = sluice::fuzz::Cut::of(data, size);
  if (cut) sluice::fuzz::same_events(sluice::dialects::anthropic::wire(), *cut);
  return 0;
}
