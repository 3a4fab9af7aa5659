// Byte pair encoding of one piece: its bytes are joined, the pair of lowest rank first, until no pair is a token.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokens/ranks.hpp"

namespace sluice::tokens {

// Keeps its memory from one piece to the next; of one thread.
class Merge {
 public:
  // Longer pieces (no language writes any) are not encoded but counted by their bytes, which no encoding exceeds: memory
  // stays bounded (some 50 bytes for each of a piece).
  static constexpr std::size_t longest_piece = 65536;
  static constexpr std::size_t short_piece = 64;   // up to here a scan for the lowest rank is faster than the heap

  explicit Merge(const Ranks& ranks) : x_ranks(ranks) {}
  std::int64_t count(std::string_view piece);           // of its tokens
  std::int64_t count_by_scan(std::string_view piece);   // of at most short_piece bytes
  std::int64_t count_by_heap(std::string_view piece);

 private:
  // A part begins at its index in x_parts. `rank`: of it and the next one together.
  struct Part { std::uint32_t previous, next, rank; };

  void rank_pair(std::string_view piece, std::uint32_t part);

  const Ranks& x_ranks;
  std::vector<Part> x_parts;
  std::vector<std::uint64_t> x_heap;               // rank and place, lowest first; outdated entries are passed over
};

}  // namespace sluice::tokens
