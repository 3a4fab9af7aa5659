#include "app/metrics_page.hpp"

#include <algorithm>

#include "sluice/base/text.hpp"
#include "sluice/base/time.hpp"
#include "sluice/net/spawn.hpp"

namespace sluice::app {
namespace {

using gateway::Counters;

void head(std::string& page, std::string_view name, std::string_view type, std::string_view help) {
  page.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void sample(std::string& page, std::string_view name, std::string_view labels, std::uint64_t value) {
  page.append(name).append(labels).append(" ");
  append_integer(page, static_cast<std::int64_t>(value));
  page += '\n';
}

void single(std::string& page, std::string_view name, std::string_view type, std::string_view help, std::uint64_t value) {
  head(page, name, type, help);
  sample(page, name, "", value);
}

struct Counted { std::string_view name, help; Counters::Cell Counters::*cell; };
constexpr Counted per_worker[] = {
    {"sluice_requests_total", "Requests begun.", &Counters::requests},
    {"sluice_upstream_attempts_total", "Attempts at targets.", &Counters::attempts},
    {"sluice_upstream_attempts_failed_total", "Attempts that failed before anything was shown to the caller.", &Counters::failed_attempts},
    {"sluice_upstream_stale_retries_total", "Kept connections found closed, replaced by fresh ones.", &Counters::stale_retries},
    {"sluice_possible_double_charges_total", "Failed attempts that the provider may have run and charged.", &Counters::possible_double_charges},
    {"sluice_input_tokens_total", "Input tokens, cached ones included.", &Counters::input_tokens},
    {"sluice_output_tokens_total", "Output tokens, reasoning included.", &Counters::output_tokens},
    {"sluice_cost_nano_usd_total", "Cost in nano-USD.", &Counters::cost_nano_usd},
    {"sluice_usage_estimated_total", "Requests whose usage no provider told.", &Counters::estimated},
    {"sluice_unpriced_total", "Requests served by a model without a known price.", &Counters::unpriced},
    {"sluice_request_bytes_total", "Bytes of request bodies.", &Counters::bytes_in},
    {"sluice_gateway_microseconds_total", "The gateway's own time, waiting excluded.", &Counters::gateway_us},
    {"sluice_journal_failures_total", "Requests that could not be written down.", &Counters::journal_failures},
    {"sluice_unlogged_refusals_total", "Requests without a valid key that the request log has no row of: a worker writes ten of them a second.", &Counters::unlogged_refusals},
};

}  // namespace

std::string metrics_page(std::span<const Counters* const> workers, const gateway::Shared& shared,
                         const http::ServerCounters& connections, const store::StoreThread& store) {
  std::string page;
  auto sum = [&](auto&& cell_of) {
    std::uint64_t total = 0;
    for (const Counters* worker : workers) total += cell_of(*worker).load(std::memory_order_relaxed);
    return total;
  };
  for (const Counted& counted : per_worker) {
    single(page, counted.name, "counter", counted.help,
           sum([&](const Counters& c) -> const Counters::Cell& { return c.*counted.cell; }));
  }
  head(page, "sluice_answers_total", "counter", "Answers by class of status; 499: the caller left first.");
  constexpr std::string_view classes[] = {"499", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < std::size(classes); ++i) {
    sample(page, "sluice_answers_total", "{class=\"" + std::string(classes[i]) + "\"}",
           sum([&](const Counters& c) -> const Counters::Cell& { return c.answers[i]; }));
  }
  single(page, "sluice_requests_in_flight", "gauge", "Requests under way.", shared.in_flight.load());
  single(page, "sluice_connections_open", "gauge", "Client connections.", connections.open.load());
  single(page, "sluice_connections_accepted_total", "counter", "Client connections accepted.", connections.accepted.load());
  single(page, "sluice_connections_refused_total", "counter", "Client connections refused at the limit.", connections.refused.load());
  single(page, "sluice_accept_out_of_files_total", "counter", "Times no file descriptor was left for a client.", connections.emfile.load());
  single(page, "sluice_config_reloads_total", "counter", "Configurations swapped in.", shared.reloads.load());
  single(page, "sluice_config_reloads_failed_total", "counter", "Configurations refused.", shared.failed_reloads.load());
  const governance::Book& book = shared.memory.book;
  single(page, "sluice_reservations_open", "gauge", "Requests that hold something of a budget or limit.", static_cast<std::uint64_t>(book.holds_open()));
  single(page, "sluice_reservations_leaked_total", "counter", "Reservations that nobody settled: bugs.", book.holds_leaked());
  single(page, "sluice_limit_refusals_total", "counter", "Attempts that a budget or limit refused.", book.refusals());
  single(page, "sluice_log_rows_total", "counter", "Rows written to the request log.", store.rows_written());
  single(page, "sluice_store_writable", "gauge", "1: the last write to the store succeeded.", store.writable() ? 1 : 0);
  if (const std::int64_t good_at = shared.price_list.good_at.load(); good_at > 0)
    single(page, "sluice_price_list_age_seconds", "gauge", "Since the price list was last fetched.",
           static_cast<std::uint64_t>(std::max<std::int64_t>(0, unix_seconds() - good_at)));
  single(page, "sluice_price_list_failures_total", "counter", "Price lists that could not be fetched or were refused.", shared.price_list.failures.load());
  single(page, "sluice_webhooks_delivered_total", "counter", "Notices that webhooks took.", shared.webhooks.delivered.load());
  single(page, "sluice_webhooks_failed_total", "counter", "Attempts at webhooks that failed.", shared.webhooks.failed.load());
  single(page, "sluice_webhooks_dropped_total", "counter", "Notices that no attempt was left for, or no place in the queue.", shared.webhooks.dropped.load());
  single(page, "sluice_internal_errors_total", "counter", "Exceptions that escaped a coroutine: bugs.", net::escaped_exceptions());
  return page;
}

}  // namespace sluice::app
