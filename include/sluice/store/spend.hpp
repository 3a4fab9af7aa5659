// The ledger: what was spent and used, added up by quarters of an hour. It is written in the transaction that writes the
// rows of the log and outlives them (`logging.retain`).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::store {

inline constexpr std::int64_t slot_seconds = 900;   // every time zone in use begins its days on such a boundary

// A request and its usage count where it was served, or was tried last; an attempt and its cost where it was made.
struct SpendSums {
  std::int64_t requests = 0, attempts = 0;
  std::int64_t input_tokens = 0, cache_read_tokens = 0, cache_write_tokens = 0;   // the latter two: parts of the first
  std::int64_t output_tokens = 0, reasoning_tokens = 0;                           // the latter: part of the first
  std::int64_t web_searches = 0;
  std::int64_t cost_nano_usd = 0;
  std::int64_t estimated = 0;     // requests whose usage no provider counted
  std::int64_t failed = 0;        // requests with a status of 400 or more, or an error

  SpendSums& operator+=(const SpendSums&);
  friend bool operator==(const SpendSums&, const SpendSums&) = default;
};

// Every sum and the name of its column.
inline constexpr std::array<std::pair<const char*, std::int64_t SpendSums::*>, 11> spend_columns{{
    {"requests", &SpendSums::requests}, {"attempts", &SpendSums::attempts},
    {"input_tokens", &SpendSums::input_tokens}, {"cache_read_tokens", &SpendSums::cache_read_tokens},
    {"cache_write_tokens", &SpendSums::cache_write_tokens}, {"output_tokens", &SpendSums::output_tokens},
    {"reasoning_tokens", &SpendSums::reasoning_tokens}, {"web_searches", &SpendSums::web_searches},
    {"cost_nano_usd", &SpendSums::cost_nano_usd}, {"estimated", &SpendSums::estimated}, {"failed", &SpendSums::failed},
}};

inline SpendSums& SpendSums::operator+=(const SpendSums& other) {
  for (const auto& [name, sum] : spend_columns) this->*sum += other.*sum;
  return *this;
}

struct SpendQuery {
  enum class By : std::uint8_t { customer, team, key, account, provider, target, model, tag };
  enum class Span : std::uint8_t { all, hour, day, month };   // of UTC

  std::optional<std::int64_t> since{}, until{};   // Unix seconds, until exclusive; widened to whole quarters of an hour
  std::optional<std::string> customer{}, team{}, key_id{}, account{}, provider{}, target{}, tag{};
  std::optional<std::string> model{};             // may have '*' in it
  std::vector<By> by{};
  Span span = Span::all;
  std::size_t limit = 10'000;
};

// What was not grouped by is empty. A request counts once for each of its tags. By tag only provider and model can be
// told apart: a query by tag (or for one) that asks for anything else is refused (bad_request).
struct SpendRow {
  std::int64_t at = 0;            // Unix seconds: the beginning of the hour, day or month; 0: Span::all
  std::string customer, team, key_id, account, provider, target, model, tag;
  SpendSums sums;
};

}  // namespace sluice::store
