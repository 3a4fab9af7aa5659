// budget: and rate_limit:, wherever they stand
#include <algorithm>
#include <array>

#include "config/drafts.hpp"
#include "config/scalars.hpp"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, 2> enforcements{"hard", "soft"};
constexpr std::array<std::string_view, 2> alignments{"calendar", "rolling"};

// The names of the IANA database are not known here; only their form is checked.
void read_time_zone(const Value& v, std::string& out) {
  std::string name;
  read_text(v, name);
  if (name.empty()) return;
  const bool good = name.size() <= 64 && name.front() != '/' && name.find("..") == std::string::npos &&
                    std::all_of(name.begin(), name.end(), [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '/' || c == '_' || c == '-' || c == '+';
                    });
  if (good) out = std::move(name);
  else v.refuse("must be the name of a time zone such as UTC or Europe/Berlin");
}

constexpr Field<Budget> budget_fields[] = {
    {{"max_spend", Shape::scalar, "an amount in US dollars", "", "The most that may be spent in one period.", true},
     [](const Value& v, Budget& out) { read_plain(v, parse_usd, out.max_spend); }},
    {{"reset_duration", Shape::scalar, "a period", "", "The period.", true},
     [](const Value& v, Budget& out) { read_any(v, parse_period, out.reset); }},
    {{"alignment", Shape::scalar, "calendar or rolling", "calendar",
      "Whether d, w, M and Y periods begin with the calendar's."},
     [](const Value& v, Budget& out) { out.rolling = read_word(v, alignments) == 1u; }},
    {{"time_zone", Shape::scalar, "a time zone", "UTC", "Whose calendar, by its name in the IANA database."},
     [](const Value& v, Budget& out) { read_time_zone(v, out.time_zone); }},
    {{"enforcement", Shape::scalar, "hard or soft", "hard", "hard refuses with 402, soft only reports."},
     [](const Value& v, Budget& out) {
       if (const auto word = read_word(v, enforcements)) out.enforcement = enforcements[*word];
     }},
};

void read_most(const Value& v, std::optional<std::int64_t>& out) { read_plain(v, parse_whole, out); }

constexpr Field<RateLimit> rate_limit_fields[] = {
    {{"max_requests", Shape::scalar, "a whole number", "no limit", "Requests in one period."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_requests); }},
    {{"max_tokens", Shape::scalar, "a whole number", "no limit", "Tokens in one period, input and output together."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_tokens); }},
    {{"max_concurrent", Shape::scalar, "a whole number", "no limit", "Requests at once."},
     [](const Value& v, RateLimit& out) { read_most(v, out.max_concurrent); }},
    {{"reset_duration", Shape::scalar, "a period", "none", "The period; needed by max_requests and max_tokens."},
     [](const Value& v, RateLimit& out) { read_any(v, parse_period, out.reset); }},
};

}  // namespace

void read_budget(const Value& value, Budget& out) { read_fields<Budget>(value, budget_fields, out); }

void read_rate_limit(const Value& value, RateLimit& out) {
  read_fields<RateLimit>(value, rate_limit_fields, out);
  if (value.findings.broken(value.path) || value.node.kind != Node::Kind::map) return;
  const bool counted = out.max_requests || out.max_tokens;
  if (!counted && !out.max_concurrent)
    value.refuse_unshown("needs at least one of max_requests, max_tokens and max_concurrent");
  else if (counted && out.reset.count == 0)
    value.refuse_unshown("needs reset_duration: the period of max_requests and max_tokens");
}

void describe_limits(std::vector<Section>& out) {
  out.push_back(
      describe<Budget>("budget", "In provider entries of accounts, customers, teams and virtual keys.", budget_fields));
  out.push_back(describe<RateLimit>("rate_limit", "In the same places.", rate_limit_fields));
}

}  // namespace sluice::config
