// The OpenAI stream meter must give the same facts however the bytes are cut, and never fail.
#include <cstdlib>

#include <algorithm>

#include "dialects/all.hpp"

namespace {

using sluice::dialects::StreamMeter;

bool same(const StreamMeter::Facts& a, const StreamMeter::Facts& b) {
  return a.usage == b.usage && a.model == b.model && a.begun == b.begun && a.garbled == b.garbled &&
         a.finished == b.finished && a.events == b.events && a.text_bytes == b.text_bytes &&
         a.failure.has_value() == b.failure.has_value();
}

}  // namespace

// The first byte is the size of the pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto& wire = sluice::dialects::wire(sluice::llm::Dialect::openai);
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = wire.meter(sluice::llm::Operation::chat), cut = wire.meter(sluice::llm::Operation::chat);
  whole->feed(bytes);
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
    cut->feed(rest.substr(0, piece));
  if (!same(whole->facts(), cut->facts())) std::abort();

  const auto usage = wire.usage_of(sluice::llm::Operation::chat, bytes);
  if (usage && (usage->cache_read + usage->cache_write_5m > usage->input || usage->reasoning > usage->output))
    std::abort();
  const sluice::http::Fields none;
  const auto failure = wire.read_failure(500, none, bytes);
  if (failure.error.message().empty()) std::abort();
  static_cast<void>(wire.failure_in_success(sluice::llm::Operation::chat, none, bytes));
  return 0;
}
