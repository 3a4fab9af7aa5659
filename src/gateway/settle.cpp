#include "gateway/settle.hpp"

#include <algorithm>

#include "gateway/input_bound.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/gateway/worker.hpp"
#include "sluice/observability/log.hpp"

namespace sluice::gateway {
namespace {

std::int64_t micros(net::Clock::duration spent) {
  return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
}

void count(const Exchange& ex, Counters& counters) {
  const store::RequestRecord& record = ex.record;
  auto family = record.status == 499 ? 0u : static_cast<unsigned>(record.status / 100);
  Counters::add(counters.answers[family < counters.answers.size() ? family : 5]);
  auto tokens = [](std::int64_t n) { return static_cast<std::uint64_t>(std::max<std::int64_t>(n, 0)); };
  Counters::add(counters.input_tokens, tokens(record.usage.input));
  Counters::add(counters.output_tokens, tokens(record.usage.output));
  Counters::add(counters.cost_nano_usd, tokens(record.cost_nano_usd));
  if (record.usage.estimated) Counters::add(counters.estimated);
  Counters::add(counters.bytes_in, tokens(record.bytes_in));
  Counters::add(counters.gateway_us, tokens(record.gateway_us));
}

// Refused for want of a valid key; nothing was asked of a provider, so nothing is owed.
bool by_nobody(const Exchange& ex) { return ex.key == nullptr && ex.record.status == 401 && ex.record.attempts.empty(); }

void write_down(Exchange& ex, Worker& worker, int status) {
  store::RequestRecord& record = ex.record;
  ex.settled = true;
  record.status = status;
  auto now = net::Clock::now();
  record.total_us = micros(now - ex.request.began);
  record.gateway_us = std::max<std::int64_t>(0, record.total_us - micros(ex.waited));
  if (record.first_byte_us == 0 && status != 499) record.first_byte_us = record.total_us;
  record.bytes_out = static_cast<std::int64_t>(ex.reply.bytes_sent() + ex.to_write);
  ex.hold.charges(record.charges);
  ex.hold.finish();
  if (ex.line != nullptr) ex.line->stir();
  record.dropped = ex.dropped;
  count(ex, worker.counters);
  if (by_nobody(ex) && !worker.refusal_rows.take(now)) {
    Counters::add(worker.counters.unlogged_refusals);
    return;
  }
  auto written = worker.journal->append(record);
  if (!written) {
    Counters::add(worker.counters.journal_failures);
    observability::error("request {} could not be written to the journal ({}); cost {} nano-USD, key {}", record.id,
                         written.error().message(), record.cost_nano_usd, record.key_id);
  }
}

}  // namespace

llm::Usage estimate(const Exchange& ex, std::int64_t output_bytes) {
  llm::Usage usage;
  usage.input = static_cast<std::int64_t>(ex.request.body.size() + 3) / 4;
  // Where money is held for it, it is worth counting: numbers, for one, have more tokens than that.
  if (ex.hold.money() > 0 && ex.asked != nullptr) {
    const auto counted = counted_input(ex.endpoint, ex.asked->type, ex.record.model_served, ex.request.body);
    usage.input = counted.value_or(usage.input);
  }
  usage.output = (output_bytes + 3) / 4;
  usage.estimated = true;
  return usage;
}

llm::Usage estimate_speech(const Exchange& ex, std::string_view content_type, std::int64_t bytes) {
  // Bytes a second of what OpenAI's speech comes in, and 21 tokens a second.
  constexpr std::pair<std::string_view, std::int64_t> kinds[] = {{"audio/opus", 4'000}, {"audio/ogg", 4'000},   {"audio/aac", 8'000},
                                                                 {"audio/flac", 30'000}, {"audio/wav", 48'000}, {"audio/pcm", 48'000}};
  std::int64_t a_second = 16'000;   // MP3
  for (const auto& [kind, rate] : kinds) {
    if (content_type.starts_with(kind)) a_second = rate;
  }
  llm::Usage usage = estimate(ex, 0);
  usage.output = usage.output_audio = bytes * 21 / a_second;
  return usage;
}

void settle(Exchange& ex, Worker& worker, const Upstream* served_by, const llm::Usage& usage, int status) {
  if (ex.settled) return;
  store::RequestRecord& record = ex.record;
  record.usage = usage;
  const pricing::PriceTable& prices = ex.snapshot->prices();
  auto cost = prices.cost(served_by->type, served_by->base_url, record.model_served, usage, ex.now_seconds(),
                          ex.price_scope(*served_by));
  // No guess is worth more than what the request could come to.
  if (usage.estimated && ex.at_stake > 0) cost.nano_usd = std::min(cost.nano_usd, ex.at_stake);
  record.attempts.back().cost_nano_usd = cost.nano_usd;
  record.cost_nano_usd += cost.nano_usd;   // to that of attempts before it
  if (ex.hold.learns() && ex.key != nullptr && !usage.estimated) {
    worker.shared.memory.book.learn_output(ex.key->id, record.model_served, usage.output);
  }
  ex.hold.settle({cost.nano_usd, usage.input, usage.output}, governance::Moment::now());
  record.priced = cost.priced;
  record.price_version = prices.version();
  if (!cost.priced && !served_by->simulated) Counters::add(worker.counters.unpriced);
  write_down(ex, worker, status);
}

void settle_refused(Exchange& ex, Worker& worker, int status, const Error& error) {
  if (ex.settled) return;
  ex.record.error = error.name_or_usual();
  ex.record.error_message = error.message();
  write_down(ex, worker, status);
}

}  // namespace sluice::gateway
