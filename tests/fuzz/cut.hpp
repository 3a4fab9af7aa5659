// What the targets share that feed a decoder: the same bytes whole and cut, and what must hold of both.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "unit/dialects/neutral_events.hpp"

namespace sluice::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fputs(what, stderr);
  std::abort();
}

// The input's first four bytes say where the rest is cut.
struct Cut {
  std::string_view bytes;
  std::vector<std::string_view> pieces;

  static std::optional<Cut> of(const std::uint8_t* data, std::size_t size) {
    if (size < 4) return {};
    Cut cut;
    cut.bytes = {reinterpret_cast<const char*>(data) + 4, size - 4};
    for (std::size_t at = 0, turn = 0; at < cut.bytes.size(); ++turn) {
      const std::size_t length = 1 + data[turn % 4] % 64u;
      cut.pieces.push_back(cut.bytes.substr(at, length));
      at += length;
    }
    return cut;
  }
};

// The events of the whole, after they have been held against those of the pieces.
inline dialects::neutral_events::Decoded same_events(const dialects::Wire& wire, const Cut& cut) {
  using namespace dialects::neutral_events;
  Decoded whole = decode_pieces(wire, {cut.bytes});
  const Decoded pieces = decode_pieces(wire, cut.pieces);
  require(whole.error == pieces.error, "another outcome when cut\n");
  require(describe(whole.events) == describe(pieces.events), "other events when cut\n");
  const Sum sum = sum_of(whole.events);
  require(!whole.error.empty() || sum.ended || !sum.failure.empty(), "a stream without an end was taken as whole\n");
  return whole;
}

inline void require_same_facts(const dialects::Wire& wire, const Cut& cut) {
  const auto one = wire.meter(llm::Operation::chat), many = wire.meter(llm::Operation::chat);
  one->feed(cut.bytes);
  for (const std::string_view piece : cut.pieces) many->feed(piece);
  one->finish();
  many->finish();
  const auto &a = one->facts(), &b = many->facts();
  const bool same = a.usage == b.usage && a.model == b.model && a.begun == b.begun && a.garbled == b.garbled &&
      a.finished == b.finished &&
                    a.done == b.done && a.events == b.events && a.text_bytes == b.text_bytes &&
                        a.failure.has_value() == b.failure.has_value();
  require(same, "other facts when cut\n");
}

}  // namespace sluice::fuzz
