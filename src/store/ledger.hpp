// Records as lines of the ledger, added up in memory: many requests of a quarter of an hour become few lines.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sluice/store/records.hpp"
#include "sluice/store/spend.hpp"

namespace sluice::store {

// A line of `spend`; one of `tag_spend` has a tag, provider and model only.
struct LedgerLine {
  std::int64_t slot = 0;   // Unix seconds of its beginning
  std::string customer, team, key_id, account, provider, target, model, tag;
  SpendSums sums;
};

// The slot that a time lies in.
constexpr std::int64_t slot_of(std::int64_t seconds) {
  const auto beyond = seconds % slot_seconds;
  return seconds - (beyond < 0 ? beyond + slot_seconds : beyond);
}

struct LedgerHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

class Ledger {
 public:
  using Lines = std::unordered_map<std::string, LedgerLine, LedgerHash, std::equal_to<>>;

  // A settled record. Those that never reached a target, and cost nothing, have no line.
  void add(const RequestRecord&);
  void clear() { x_lines.clear(), x_tag_lines.clear(); }
  const Lines& lines() const { return x_lines; }
  const Lines& tag_lines() const { return x_tag_lines; }

 private:
  struct Place { std::string_view target, provider, model; };
  void book(const RequestRecord&, const Place&, const SpendSums&);
  SpendSums& line(Lines&, std::int64_t slot, std::string_view tag, const RequestRecord*, const Place&);

  Lines x_lines, x_tag_lines;
  std::string x_key;
};

std::string key_of(const LedgerLine&);   // in Ledger::Lines

}  // namespace sluice::store
