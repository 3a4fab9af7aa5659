// Counters recomputed from lines of the ledger: one pass over the lines, whatever the number of counters.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sluice/store/counters.hpp"
#include "store/ledger.hpp"

namespace sluice::store {

class Recount {
 public:
  // Both must outlive this. A slot counts in the last of `periods` that begins before the slot ends; those that end
  // before the first do not count.
  void add(const Counter& counter, std::span<const std::int64_t> periods);
  void count(const LedgerLine&);       // of spend, or, where it has a tag, of tag_spend
  std::size_t size() const { return x_counts.size(); }
  // Of the counter added as the `index`th: one amount a period.
  std::span<const std::int64_t> amounts(std::size_t index) const;
  bool wants_spend() const;            // false: no counter is made from that table
  bool wants_tags() const;
  std::int64_t since() const { return x_since; }   // slots before it count nowhere

 private:
  struct Count { const Counter* counter; std::span<const std::int64_t> periods; std::size_t first; };
  using Subjects = std::unordered_map<std::string, std::vector<std::size_t>, LedgerHash, std::equal_to<>>;
  void count(Counter::Level level, std::string_view subject, const LedgerLine&);

  static constexpr std::size_t levels = 6;
  std::array<Subjects, levels> x_subjects;
  std::vector<Count> x_counts;
  std::vector<std::int64_t> x_amounts;
  std::int64_t x_since = INT64_MAX;
  std::string x_joined;
};

}  // namespace sluice::store
