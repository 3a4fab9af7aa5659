// What reserving, settling and finishing cost a request that four levels with three limits each look at.
//   governance               all tables
//   governance --count N     N requests on one thread and nothing else, for counting instructions
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "sluice/governance/book.hpp"

namespace {

using namespace sluice;
using namespace sluice::governance;
using Unit = config::Period::Unit;

constexpr std::int64_t plenty = 1'000'000'000'000'000;

config::Limited three_limits() {
  config::Limited limits;
  limits.budgets.emplace_back().max_spend = plenty;
  limits.budgets.back().reset = {Unit::month, 1};
  config::RateLimit by_day, by_hour;
  by_day.max_requests = plenty;
  by_day.reset = {Unit::day, 1};
  by_hour.max_tokens = plenty;
  by_hour.reset = {Unit::hour, 1};
  by_hour.max_concurrent = 1'000'000;
  limits.rate_limits = {by_day, by_hour};
  return limits;
}

Demand demand_of() {
  Demand demand;
  demand.model = "gpt-4o";
  demand.input_cost = 1'000'000;
  demand.output_rate = 10'000'000;
  demand.output_most = demand.output_expected = 4096;
  demand.input_tokens = 400;
  demand.output_tokens = 4096;
  return demand;
}

void request(Book& book, const Chain& chain, const Demand& demand, Moment now) {
  Hold hold;
  if (book.reserve(chain, demand, now, hold).verdict != Verdict::held) std::abort();
  hold.settle({2'000'000, 400, 100}, now);
  hold.finish();
}

double cpu_ns() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e9 + static_cast<double>(used.tv_nsec);
}

double wall_ns() { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void run(const char* what, int threads, bool own_keys) {
  constexpr int each = 200'000;
  Book book;
  const config::Limited limits = three_limits();
  std::vector<std::vector<double>> took(static_cast<std::size_t>(threads));
  std::vector<double> cpu(static_cast<std::size_t>(threads));
  std::vector<std::thread> all;
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&, i] {
      const std::string own = own_keys ? std::to_string(i) : "";
      const Chain chain{&book.scope(Level::customer, "c", "", limits), &book.scope(Level::team, "t" + own, "", limits),
                        &book.scope(Level::key, "k" + own, "", limits), &book.scope(Level::target, "a/t" + own, "", limits)};
      const Demand demand = demand_of();
      std::vector<double>& mine = took[static_cast<std::size_t>(i)];
      mine.reserve(each);
      const double before = cpu_ns();
      for (int n = 0; n < each; ++n) {
        const double from = wall_ns();
        request(book, chain, demand, Moment::now());
        mine.push_back(wall_ns() - from);
      }
      cpu[static_cast<std::size_t>(i)] = cpu_ns() - before;
    });
  }
  for (std::thread& one : all) one.join();
  std::vector<double> sorted;
  double sum = 0, worked = 0;
  for (const auto& mine : took) sorted.insert(sorted.end(), mine.begin(), mine.end());
  for (const double one : sorted) sum += one;
  for (const double one : cpu) worked += one;
  const auto count = static_cast<double>(sorted.size());
  const auto high = sorted.begin() + static_cast<std::ptrdiff_t>(count * 0.999);
  std::nth_element(sorted.begin(), high, sorted.end());
  std::printf("%-28s %d threads   wall %7.0f ns   CPU %6.0f ns   99.9 %% %9.0f ns\n", what, threads, sum / count, worked / count, *high);
}

void many_keys() {
  constexpr int keys = 100'000;
  config::Limited limits;
  limits.budgets.emplace_back().max_spend = plenty;
  limits.budgets.back().reset = {Unit::month, 1};
  limits.budgets.back().time_zone = "Europe/Berlin";
  limits.rate_limits.emplace_back().max_requests = 100;
  limits.rate_limits.back().reset = {Unit::minute, 1};
  const auto in_use = [] { return static_cast<double>(mallinfo2().uordblks); };
  const double before = in_use();
  Book book;
  for (int round = 0; round < 2; ++round) {
    const double from = wall_ns();
    for (int i = 0; i < keys; ++i) book.scope(Level::key, "key-" + std::to_string(i), "", limits);
    std::printf("100,000 keys, %-9s %6.0f ms, %.0f bytes a key\n", round == 0 ? "built" : "reloaded", (wall_ns() - from) / 1e6,
                (in_use() - before) / keys);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--count") == 0) {
    Book book;
    const config::Limited limits = three_limits();
    const Chain chain{&book.scope(Level::customer, "c", "", limits), &book.scope(Level::team, "t", "", limits),
                      &book.scope(Level::key, "k", "", limits), &book.scope(Level::target, "a/t", "", limits)};
    const Demand demand = demand_of();
    for (int i = std::atoi(argv[2]); i > 0; --i) request(book, chain, demand, Moment::now());
    return 0;
  }
  for (const int threads : {1, 2, 8}) run("the same scopes", threads, false);
  for (const int threads : {2, 8}) run("keys of one customer", threads, true);
  many_keys();
}
