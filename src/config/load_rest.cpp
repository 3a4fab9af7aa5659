// cache:, logging: and pricing:
#include <array>

#include "config/drafts.hpp"
#include "config/scalars.hpp"

namespace sluice::config {
namespace {

struct ExactCache {
  Milliseconds ttl{3'600'000};
  std::uint64_t max_size = 256ull << 20;
};
constexpr Field<ExactCache> exact_fields[] = {
    {{"ttl", Shape::scalar, "a duration", "1h", "How long an answer may be used again."},
     [](const Value& v, ExactCache& out) { read_any(v, parse_duration, out.ttl); }},
    {{"max_size", Shape::scalar, "a size", "256MiB", "Memory for answers."},
     [](const Value& v, ExactCache& out) { read_any(v, parse_size, out.max_size); }},
};

struct SemanticCache {
  bool enabled = false;
};
constexpr Field<SemanticCache> semantic_fields[] = {
    {{"enabled", Shape::scalar, "true or false", "false", "Whether answers to similar requests are used."},
     [](const Value& v, SemanticCache& out) { read_plain(v, parse_bool, out.enabled); }},
};

struct Cache {};
constexpr Field<Cache> cache_fields[] = {
    {{"exact", Shape::map, "cache settings", "off", "Answers to identical requests are used again.", false, false},
     [](const Value& v, Cache&) {
       ExactCache unused;
       read_fields<ExactCache>(v, exact_fields, unused);
     }},
    {{"semantic", Shape::map, "cache settings", "off", "Answers to similar requests are used again."},
     [](const Value& v, Cache&) {
       SemanticCache cache;
       read_fields<SemanticCache>(v, semantic_fields, cache);
       if (cache.enabled) v.warn("semantic is accepted but not in force in this version");
     }},
};

constexpr std::array<std::string_view, 6> levels{"trace", "debug", "info", "warn", "error", "off"};

constexpr Field<Logging> logging_fields[] = {
    {{"content", Shape::scalar, "none", "none", "Whether requests and answers are kept; this version keeps none."},
     [](const Value& v, Logging&) {
       const auto text = v.text();
       if (text && *text != "none") v.refuse("must be none: this version keeps no content");
     }},
    {{"retain", Shape::scalar, "a period", "for ever", "How long rows of the request log are kept."},
     [](const Value& v, Logging& out) { read_any(v, parse_period, out.retain); }},
    {{"max_size", Shape::scalar, "a size", "no limit", "How large the store may grow before the oldest rows go.", false,
      false},
     [](const Value& v, Logging& out) { read_any(v, parse_size, out.max_size); }},
    {{"level", Shape::scalar, "trace, debug, info, warn, error or off", "info", "What the program tells on stderr."},
     [](const Value& v, Logging& out) {
       if (const auto word = read_word(v, levels)) out.level = levels[*word];
     }},
};

// As dear as a price list may be; beyond it is a slip of the unit, which would block every budget.
constexpr std::int64_t dearest_tokens = 10'000'000'000;   // 10,000 dollars a million, as nano-USD a thousand
constexpr std::int64_t dearest_calls = 10'000'000'000'000;   // 10,000 dollars a thousand

template <class Out>
void read_price(const Value& v, Result<std::int64_t> (*parse)(std::string_view), Out& out) {
  std::optional<std::int64_t> price;
  read_plain(v, parse, price);
  if (!price) return;
  if (*price > (parse == parse_usd_per_million ? dearest_tokens : dearest_calls))
    v.refuse(parse == parse_usd_each ? "must be at most 10 dollars" : "must be at most 10,000 dollars");
  else out = *price;
}

void read_pattern(const Value& v, std::string& out) {
  std::string text;
  read_text(v, text);
  if (text.find_first_of(" \t\r\n") != std::string::npos || text.size() > 256)
    v.refuse("must be a model pattern without spaces");
  else out = std::move(text);
}

constexpr Field<PriceOverride> override_fields[] = {
    {{"model", Shape::scalar, "a model pattern", "", "Which models, by the name sent upstream; `*` is any text.", true},
     [](const Value& v, PriceOverride& out) { read_pattern(v, out.model); }},
    {{"input", Shape::scalar, "US dollars per million tokens", "", "Tokens of the request.", true},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.input); }},
    {{"output", Shape::scalar, "US dollars per million tokens", "", "Tokens of the answer.", true},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.output); }},
    {{"cache_read", Shape::scalar, "US dollars per million tokens", "as input",
      "Tokens read from the provider's cache."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.cache_read); }},
    {{"cache_write", Shape::scalar, "US dollars per million tokens", "as input",
      "Tokens written to the provider's cache."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.cache_write); }},
    {{"cache_write_1h", Shape::scalar, "US dollars per million tokens", "as cache_write", "Tokens written there for an hour."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.cache_write_1h); }},
    {{"reasoning", Shape::scalar, "US dollars per million tokens", "as output", "Tokens of thoughts."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.reasoning); }},
    {{"input_audio", Shape::scalar, "US dollars per million tokens", "as input", "Tokens of sound in the request."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.input_audio); }},
    {{"output_audio", Shape::scalar, "US dollars per million tokens", "as output", "Tokens of sound in the answer."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_per_million, out.output_audio); }},
    {{"web_search", Shape::scalar, "US dollars per thousand", "0", "Searches that the provider makes."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd, out.web_search); }},
    {{"request", Shape::scalar, "US dollars", "0", "Each request, besides its tokens."},
     [](const Value& v, PriceOverride& out) { read_price(v, parse_usd_each, out.request); }},
    {{"customer", Shape::scalar, "the id of a customer", "any", "For requests of its teams only."},
     [](const Value& v, PriceOverride& out) { read_text(v, out.customer); }},
    {{"team", Shape::scalar, "the id of a team", "any", "For requests with its keys only."},
     [](const Value& v, PriceOverride& out) { read_text(v, out.team); }},
    {{"key", Shape::scalar, "the id of a virtual key of this file", "any", "For its requests only."},
     [](const Value& v, PriceOverride& out) { read_text(v, out.key); }},
    {{"provider", Shape::scalar, "the id of a provider", "any", "For what this provider entry serves only."},
     [](const Value& v, PriceOverride& out) { read_text(v, out.provider); }},
};

constexpr std::array<std::string_view, 2> unknown_words{"deny", "allow"};
constexpr Field<Pricing> pricing_fields[] = {
    {{"unknown_model", Shape::scalar, "deny or allow", "deny where a budget applies, otherwise allow",
      "What becomes of requests whose model has no price: `deny` answers 403, `allow` serves, logs and counts them."},
     [](const Value& v, Pricing& out) {
       const auto word = read_word(v, unknown_words);
       out.unknown_model_set = word.has_value();
       if (word) out.unknown_model = *word == 0 ? Pricing::UnknownModel::deny : Pricing::UnknownModel::allow;
     }},
    {{"default_max_output", Shape::scalar, "a number of tokens", "32768",
      "How long an answer is taken to be at most, for budgets, where neither the request nor the price list says."},
     [](const Value& v, Pricing& out) {
       std::uint32_t tokens = 0;
       read_count(v, 1, 10'000'000, tokens);
       if (tokens > 0) out.default_max_output = tokens;
     }},
    {{"url", Shape::scalar, "a URL", "none: the built-in prices",
      "A price list to fetch: [genai-prices](https://github.com/pydantic/genai-prices)' `data.json` or "
      "[LiteLLM](https://github.com/BerriAI/litellm)'s `model_prices_and_context_window.json`. See above."},
     [](const Value& v, Pricing& out) { read_own_url(v, out.url); }},
    {{"refresh", Shape::scalar, "a duration", "24h", "How often the price list is fetched."},
     [](const Value& v, Pricing& out) { read_duration(v, out.refresh); }},
    {{"overrides", Shape::list, "a list of prices", "none",
      "Prices of your own, looked at before all others, what providers themselves say of a request included. Of those that fit, "
      "the most specific counts (one for a key before one for a team, a customer, a provider, anybody), and of several such the first."},
     [](const Value& v, Pricing& out) { read_list<PriceOverride>(v, override_fields, out.overrides); }},
};

}  // namespace

void read_cache(const Value& value) {
  Cache unused;
  read_fields<Cache>(value, cache_fields, unused);
}
void read_logging(const Value& value, Logging& out) { read_fields<Logging>(value, logging_fields, out); }
void read_price_override(const Value& value, PriceOverride& out) { read_fields<PriceOverride>(value, override_fields, out); }
void read_pricing(const Value& value, Pricing& out) { read_fields<Pricing>(value, pricing_fields, out); }

void describe_rest(std::vector<Section>& out) {
  out.push_back(describe<Cache>("cache", "", cache_fields));
  out.push_back(describe<ExactCache>("cache.exact", "", exact_fields));
  out.push_back(describe<SemanticCache>("cache.semantic", "", semantic_fields));
  out.push_back(describe<Logging>("logging", "", logging_fields));
  out.push_back(describe<Pricing>("pricing", "", pricing_fields));
  out.push_back(describe<PriceOverride>("pricing.overrides[]", "", override_fields));
}

}  // namespace sluice::config
