#include "store/ledger.hpp"

#include <initializer_list>

namespace sluice::store {
namespace {

// Names of any bytes, with their lengths: no two lines have one key.
void append_line_key(std::string& key, std::int64_t slot, std::initializer_list<std::string_view> names) {
  key.append(reinterpret_cast<const char*>(&slot), sizeof slot);
  for (const auto name : names) {
    const auto size = static_cast<std::uint32_t>(name.size());
    key.append(reinterpret_cast<const char*>(&size), sizeof size).append(name);
  }
}

}  // namespace

std::string key_of(const LedgerLine& l) {
  std::string key;
  if (!l.tag.empty()) append_line_key(key, l.slot, {l.tag, l.provider, l.model});
  else append_line_key(key, l.slot, {l.customer, l.team, l.key_id, l.account, l.provider, l.target, l.model});
  return key;
}

SpendSums& Ledger::line(Lines& lines, std::int64_t slot, std::string_view tag, const RequestRecord* r,
                        const Place& place) {
  x_key.clear();
  if (r == nullptr) append_line_key(x_key, slot, {tag, place.provider, place.model});
  else
    append_line_key(x_key, slot,
                    {r->customer, r->team, r->key_id, r->account, place.provider, place.target, place.model});
  const auto found = lines.find(std::string_view(x_key));
  if (found != lines.end()) return found->second.sums;
  auto& made = lines[x_key];
  made.slot = slot;
  made.provider = place.provider, made.model = place.model, made.tag = tag;
  if (r != nullptr) {
    made.customer = r->customer, made.team = r->team, made.key_id = r->key_id, made.account = r->account;
    made.target = place.target;
  }
  return made.sums;
}

void Ledger::book(const RequestRecord& r, const Place& place, const SpendSums& sums) {
  const auto slot = slot_of(r.at_us / 1'000'000);
  line(x_lines, slot, {}, &r, place) += sums;
  for (const auto& tag : r.tags)
    if (!tag.empty()) line(x_tag_lines, slot, tag, nullptr, place) += sums;
}

void Ledger::add(const RequestRecord& r) {
  const AttemptRecord* last = r.attempts.empty() ? nullptr : &r.attempts.back();
  Place place{r.target, r.provider, r.model_served};
  if (r.target.empty() && last != nullptr) place = {last->target, last->provider, last->model};
  if (place.target.empty() && r.cost_nano_usd == 0) return;
  auto left = r.cost_nano_usd;   // what no other attempt has: of records without costs of attempts, all
  for (const auto& attempt : r.attempts) {
    if (&attempt == last) continue;
    book(r, {attempt.target, attempt.provider, attempt.model}, {.attempts = 1, .cost_nano_usd = attempt.cost_nano_usd});
    left -= attempt.cost_nano_usd;
  }
  const auto& u = r.usage;
  book(r, place,
       {.requests = 1, .attempts = last != nullptr ? 1 : 0, .input_tokens = u.input, .cache_read_tokens = u.cache_read,
        .cache_write_tokens = u.cache_write_5m + u.cache_write_1h, .output_tokens = u.output,
        .reasoning_tokens = u.reasoning, .web_searches = u.web_searches, .cost_nano_usd = left,
        .estimated = u.estimated ? 1 : 0, .failed = r.status >= 400 || !r.error.empty() ? 1 : 0});
}

}  // namespace sluice::store
