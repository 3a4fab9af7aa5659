// budget: and rate_limit:, wherever they stand
#include <algorithm>
#include <array>

#include "config/drafts.hpp"
#include "config/scalars.hpp"
#include "sluice/base/calendar.hpp"
#include "sluice/base/time.hpp"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, 3> enforcements{"hard", "soft", "observe"};
constexpr std::array<std::string_view, 3> reserves{"worst_case", "expected", "capped"};
constexpr std::array<std::string_view, 2> alignments{"calendar", "rolling"};
constexpr std::array<std::string_view, 2> mid_stream{"finish", "stop"};
constexpr std::array<std::string_view, 2> tight{"deny", "clamp"};
constexpr std::int64_t most_tokens = 100'000'000;

void read_time_zone(const Value& v, std::string& out) {
  std::string name;
  read_text(v, name);
  if (name.empty()) return;
  if (TimeZone::find(name)) out = std::move(name);
  else v.refuse("must be the name of a time zone such as UTC or Europe/Berlin (the system's list: /usr/share/zoneinfo)");
}

// Seconds, minutes and hours slide.
bool of_calendar(const Period& period) { return period.unit >= Period::Unit::day; }

void read_warn_at(const Value& v, std::vector<std::uint32_t>& out) {
  for (const Value& item : v.items()) {
    std::uint32_t percent = 0;
    read_count(item, 1, 1000, percent);
    if (percent > 0) out.push_back(percent);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

constexpr Field<RaiseDraft> raise_fields[] = {
    {{"max_spend", Shape::scalar, "an amount in US dollars", "", "The limit meanwhile.", true},
     [](const Value& v, RaiseDraft& out) { read_plain(v, parse_usd, out.raise.limit); }},
    {{"from", Shape::scalar, "a time such as 2027-01-01T00:00:00Z", "at once", "When it begins; needed by `periods`."},
     [](const Value& v, RaiseDraft& out) { read_any(v, parse_time, out.raise.from); }},
    {{"until", Shape::scalar, "a time such as 2027-02-01T00:00:00Z", "none", "When it ends. This or `periods` is needed."},
     [](const Value& v, RaiseDraft& out) { read_any(v, parse_time, out.raise.until); }},
    {{"periods", Shape::scalar, "a whole number", "none", "How many of the budget's periods it is for, the one that holds `from` included."},
     [](const Value& v, RaiseDraft& out) { read_plain(v, parse_whole, out.periods); }},
};

void read_raise(const Value& v, std::vector<Raise>& out) {
  RaiseDraft draft;
  read_fields<RaiseDraft>(v, raise_fields, draft);
  finish_raise(v, draft, out);
}

constexpr Field<Budget> budget_fields[] = {
    {{"max_spend", Shape::scalar, "an amount in US dollars", "", "The most that may be spent in one period; 0 refuses everything.", true},
     [](const Value& v, Budget& out) { read_plain(v, parse_usd, out.max_spend); }},
    {{"reset_duration", Shape::scalar, "a period", "", "The period.", true},
     [](const Value& v, Budget& out) { read_any(v, parse_period, out.reset); }},
    {{"alignment", Shape::scalar, "calendar or rolling", "calendar",
      "Whether d, w, M and Y periods begin with the calendar's, or slide (1M is 30 days then, 1Y 365)."},
     [](const Value& v, Budget& out) { out.rolling = read_word(v, alignments) == 1u; }},
    {{"time_zone", Shape::scalar, "a time zone", "UTC", "Whose calendar, by its name in the IANA database."},
     [](const Value& v, Budget& out) { read_time_zone(v, out.time_zone); }},
    {{"enforcement", Shape::scalar, "hard, soft or observe", "hard",
      "hard: never exceeded, what a request may cost at most is reserved first. soft: refuses once the amount is spent; requests "
      "under way may exceed it. observe: refuses nothing."},
     [](const Value& v, Budget& out) {
       if (const auto word = read_word(v, enforcements)) out.enforcement = static_cast<Budget::Enforcement>(*word);
     }},
    {{"reserve", Shape::scalar, "worst_case, expected or capped", "worst_case",
      "How long an answer is reserved for: as long as it may get (never exceeded), as long as 95 of 100 answers of the key and "
      "model were, or `reserve_output` tokens; see docs/budgets.md for what the last two may exceed."},
     [](const Value& v, Budget& out) {
       if (const auto word = read_word(v, reserves)) out.reserve = static_cast<Budget::Reserve>(*word);
     }},
    {{"reserve_output", Shape::scalar, "a whole number of tokens", "1024", "What `reserve: capped` reserves for an answer at most."},
     [](const Value& v, Budget& out) { read_plain(v, parse_whole, out.reserve_output); }},
    {{"on_exhausted_mid_stream", Shape::scalar, "finish or stop", "finish",
      "With `expected` or `capped`: whether a stream that has used up its reservation, and the budget with it, is let finish or is "
      "ended there, as an answer that reached its length limit."},
     [](const Value& v, Budget& out) { out.stops_streams = read_word(v, mid_stream) == 1u; }},
    {{"on_tight_budget", Shape::scalar, "deny or clamp", "deny",
      "What becomes of a request whose longest answer does not fit: 402, or its limit of tokens is lowered to what fits."},
     [](const Value& v, Budget& out) { out.clamps = read_word(v, tight) == 1u; }},
    {{"warn_at", Shape::list, "a list of percentages", "none", "At which shares of the amount spent to log a warning and call the webhooks."},
     [](const Value& v, Budget& out) { read_warn_at(v, out.warn_at); }},
    {Key{"models", Shape::list, "a list of model patterns", "all models", "Which models it is about, by the name that the provider is asked for."}.restricting("to count all models"),
     [](const Value& v, Budget& out) { read_patterns(v, out.models); }},
    {{"override", Shape::map, "a raise", "none", "Another amount for a while."},
     [](const Value& v, Budget& out) { read_raise(v, out.raises); }},
    {{"overrides", Shape::list, "a list of raises", "none", "Several; the last that is in force counts."},
     [](const Value& v, Budget& out) {
       for (const Value& item : v.items()) read_raise(item, out.raises);
     }},
};

void read_most(const Value& v, std::optional<std::int64_t>& out) { read_plain(v, parse_whole, out); }

constexpr Field<RateLimit> rate_limit_fields[] = {
    {{"max_requests", Shape::scalar, "a whole number", "no limit", "Requests in one period; 0 refuses everything, here and below."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_requests); }},
    {{"max_tokens", Shape::scalar, "a whole number", "no limit", "Tokens in one period, input and output together."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_tokens); }},
    {{"max_input_tokens", Shape::scalar, "a whole number", "no limit", "Tokens of requests in one period."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_input_tokens); }},
    {{"max_output_tokens", Shape::scalar, "a whole number", "no limit", "Tokens of answers in one period."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_output_tokens); }},
    {{"max_concurrent", Shape::scalar, "a whole number", "no limit", "Requests at once."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_concurrent); }},
    {{"reset_duration", Shape::scalar, "a period", "none",
      "The period of all but max_concurrent, which need it. s, m and h slide (GCRA), the others are the calendar's."},
     [](const Value& v, RateLimit& out) { read_any(v, parse_period, out.reset); }},
    {{"time_zone", Shape::scalar, "a time zone", "UTC", "Whose calendar d, w, M and Y follow."},
     [](const Value& v, RateLimit& out) { read_time_zone(v, out.time_zone); }},
    {Key{"models", Shape::list, "a list of model patterns", "all models", "Which models it is about, by the name that the provider is asked for."}.restricting("to count all models"),
     [](const Value& v, RateLimit& out) { read_patterns(v, out.models); }},
};

}  // namespace

void finish_raise(const Value& v, const RaiseDraft& draft, std::vector<Raise>& out) {
  if (v.findings.broken(v.path)) return;
  if (draft.raise.until.has_value() == draft.periods.has_value()) return v.refuse_unshown("needs either until or periods");
  if (draft.periods && !draft.raise.from) return v.refuse_unshown("needs from: the first period it is for");
  if (draft.periods && *draft.periods < 1) return v.refuse_unshown("must be for at least one period");
  const auto &from = draft.raise.from, &until = draft.raise.until;
  if (until && from && *until <= *from) v.warn("ends before it begins, so it does nothing");
  else if (until && *until <= unix_seconds()) v.warn("has ended, so it does nothing");
  out.push_back(draft.raise);
  out.back().periods = draft.periods.value_or(0);
}


void read_budget(const Value& value, Budget& out) {
  read_fields<Budget>(value, budget_fields, out);
  if (value.findings.broken(value.path)) return;
  if (out.reserve_output < 1 || out.reserve_output > most_tokens)
    value.findings.problem(value.path + ".reserve_output", "must be from 1 to 100000000 tokens");
  if (out.stops_streams && out.reserve == Budget::Reserve::worst_case)
    value.findings.problem(value.path + ".on_exhausted_mid_stream", "needs reserve: expected or capped: what is reserved in full cannot run out");
  if (out.enforcement != Budget::Enforcement::hard)
    for (const char* key : {"reserve", "on_exhausted_mid_stream", "on_tight_budget"})
      if (value.findings.written(value.path + "." + key))
        value.findings.problem(value.path + "." + key, "is only for enforcement: hard, which reserves");
  const auto idle = [&value](const char* key, const char* why) {
    const std::string path = value.path + "." + key;
    if (value.findings.written(path)) value.findings.warning(path, why);
  };
  if (out.reserve != Budget::Reserve::capped) idle("reserve_output", "does nothing without reserve: capped");
  if (out.rolling || !of_calendar(out.reset)) idle("time_zone", "does nothing: this period slides and follows no calendar");
}

void read_rate_limit(const Value& value, RateLimit& out) {
  read_fields<RateLimit>(value, rate_limit_fields, out);
  if (value.findings.broken(value.path) || value.node.kind != Node::Kind::map) return;
  const bool counted = out.max_requests || out.max_tokens || out.max_input_tokens || out.max_output_tokens;
  if (!counted && !out.max_concurrent)
    value.refuse_unshown("needs at least one of max_requests, max_tokens, max_input_tokens, max_output_tokens and max_concurrent");
  else if (counted && out.reset.count == 0)
    value.refuse_unshown("needs reset_duration: the period of what it counts");
  else if (value.findings.written(value.path + ".time_zone") && (!counted || !of_calendar(out.reset)))
    value.findings.warning(value.path + ".time_zone", "does nothing: this period slides and follows no calendar");
}

void check_limit_forms(const Value& value) {
  const std::string start = value.path.empty() ? "" : value.path + ".";
  for (const char* key : {"budget", "rate_limit"}) {
    const std::string one = start + key;
    if (value.findings.written(one) && value.findings.written(one + "s"))
      value.findings.problem(one + "s", "give either " + std::string(key) + " or " + key + "s");
  }
}

void describe_limits(std::vector<Section>& out) {
  out.push_back(
      describe<Budget>("budget", "In provider entries of accounts, customers, teams, tags, virtual keys and their providers.", budget_fields));
  out.push_back(describe<RaiseDraft>("budget.override", "Also each of `overrides`.", raise_fields));
  out.push_back(describe<RateLimit>("rate_limit", "In the same places.", rate_limit_fields));
}

}  // namespace sluice::config
