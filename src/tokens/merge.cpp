#include "tokens/merge.hpp"

#include <algorithm>
#include <functional>

namespace sluice::tokens {
namespace {

constexpr std::uint32_t gone = 0xFFFFFFFE;   // as a rank: of a part that was joined to the one before it

}  // namespace

std::int64_t Merge::count(std::string_view piece) {
  if (piece.size() <= 1) return static_cast<std::int64_t>(piece.size());
  if (x_ranks.find(piece) != Ranks::none) return 1;
  if (piece.size() <= short_piece) return count_by_scan(piece);
  if (piece.size() <= longest_piece) return count_by_heap(piece);
  return static_cast<std::int64_t>(piece.size());
}

std::int64_t Merge::count_by_scan(std::string_view piece) {
  std::uint8_t begin[short_piece + 1];
  std::uint32_t rank[short_piece];             // of each part and the next one together
  std::size_t parts = piece.size();
  for (std::size_t i = 0; i <= parts; ++i) begin[i] = static_cast<std::uint8_t>(i);
  const auto rank_of = [&](std::size_t part) {
    if (part + 2 > parts) return Ranks::none;
    return x_ranks.find(piece.substr(begin[part], std::size_t{begin[part + 2]} - begin[part]));
  };
  for (std::size_t i = 0; i < parts; ++i) rank[i] = rank_of(i);
  for (;;) {
    const std::size_t lowest = static_cast<std::size_t>(std::min_element(rank, rank + parts) - rank);
    if (rank[lowest] == Ranks::none) return static_cast<std::int64_t>(parts);
    std::copy(begin + lowest + 2, begin + parts + 1, begin + lowest + 1);
    std::copy(rank + lowest + 2, rank + parts, rank + lowest + 1);
    --parts;
    rank[lowest] = rank_of(lowest);
    if (lowest > 0) rank[lowest - 1] = rank_of(lowest - 1);
  }
}

void Merge::rank_pair(std::string_view piece, std::uint32_t part) {
  Part& it = x_parts[part];
  it.rank = Ranks::none;
  if (it.next == piece.size()) return;
  it.rank = x_ranks.find(piece.substr(part, std::size_t{x_parts[it.next].next} - part));
  if (it.rank == Ranks::none) return;
  x_heap.push_back(std::uint64_t{it.rank} << 32 | part);
}

std::int64_t Merge::count_by_heap(std::string_view piece) {
  const auto size = static_cast<std::uint32_t>(piece.size());
  x_parts.resize(size);
  x_heap.clear();
  for (std::uint32_t i = 0; i < size; ++i) x_parts[i] = {i - 1, i + 1, Ranks::none};
  for (std::uint32_t i = 0; i < size; ++i) rank_pair(piece, i);
  const auto order = std::greater<std::uint64_t>();
  std::make_heap(x_heap.begin(), x_heap.end(), order);
  const auto ranked = [&](std::uint32_t part) {
    const std::size_t before = x_heap.size();
    rank_pair(piece, part);
    if (x_heap.size() != before) std::push_heap(x_heap.begin(), x_heap.end(), order);
  };
  std::int64_t parts = size;
  while (!x_heap.empty()) {
    std::pop_heap(x_heap.begin(), x_heap.end(), order);
    const std::uint64_t lowest = x_heap.back();
    x_heap.pop_back();
    const auto at = static_cast<std::uint32_t>(lowest);
    if (x_parts[at].rank != lowest >> 32) continue;
    Part& it = x_parts[at];
    x_parts[it.next].rank = gone;
    it.next = x_parts[it.next].next;
    if (it.next != size) x_parts[it.next].previous = at;
    --parts;
    ranked(at);
    if (at != 0) ranked(it.previous);
  }
  return parts;
}

}  // namespace sluice::tokens
