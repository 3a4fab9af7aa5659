#include "gateway/demand.hpp"

#include <algorithm>
#include <array>

#include "gateway/input_bound.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"

namespace sluice::gateway {
namespace {

using llm::Operation;

constexpr std::int64_t most_choices = 128;
constexpr std::int64_t token_rate_output = 256;   // what a limit on tokens is charged beforehand where the request says nothing
constexpr std::int64_t searches = 10;             // of a request whose model may search
constexpr std::int64_t bytes_a_token = 4;

// What providers do not charge for: a look at a response kept by them, a count.
bool is_free(Operation operation) { return operation == Operation::stored_response || operation == Operation::count_tokens; }

bool writes_text(Operation operation) { return operation == Operation::chat || operation == Operation::completions; }

// Google's API takes every name in two spellings (protobuf.dev/programming-guides/json).
constexpr std::array<std::string_view, 2> generation_configs = {"generationConfig", "generation_config"};
constexpr std::array<std::string_view, 2> output_limits = {"maxOutputTokens", "max_output_tokens"};
constexpr std::array<std::string_view, 1> inference_configs = {"inferenceConfig"}, bedrock_limits = {"maxTokens"};
constexpr std::array<std::string_view, 2> candidate_counts = {"candidateCount", "candidate_count"};

template <class Names>
bool among(const Names& names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

// The largest number by one of these names in one of these objects, of which there may be several: which of them counts is
// the provider's affair. Nothing where a name is written with escapes, or a value is no whole number.
template <class Objects, class Names>
std::optional<std::int64_t> largest(std::string_view body, const Objects& objects, const Names& names) {
  std::optional<std::int64_t> found;
  bool plain = true;
  json::each_member(body, [&](std::string_view object, std::string_view inner) {
    plain = plain && object.find('\\') == object.npos;
    if (!among(objects, object)) return;
    json::each_member(inner, [&](std::string_view name, std::string_view value) {
      plain = plain && name.find('\\') == name.npos;
      if (!among(names, name) || value == "null") return;
      const auto number = json::to_integer(value);
      plain = plain && number.has_value();
      if (number) found = std::max(found.value_or(*number), *number);
    });
  });
  return plain ? found : std::nullopt;
}

std::int64_t choices_of(const Exchange& ex) {
  std::int64_t choices = ex.facts.n.value_or(1);
  const std::string_view body = ex.request.body;
  if (ex.endpoint.operation == Operation::completions) {   // best_of are written, n are shown
    if (const auto best = json::find(body, "best_of")) choices = std::max(choices, json::to_integer(*best).value_or(1));
    if (const auto prompts = json::find(body, "prompt"); prompts && json::kind_of(*prompts) == json::Kind::array) {
      std::int64_t lines = 0;
      json::each_element(*prompts, [&lines](std::string_view one) { lines += json::kind_of(one) == json::Kind::number ? 0 : 1; });
      choices = std::min(choices, most_choices) * std::max<std::int64_t>(lines, 1);
    }
  }
  if (ex.endpoint.dialect == llm::Dialect::gemini) {
    choices = largest(body, generation_configs, candidate_counts).value_or(body.find("andidate") == body.npos ? 1 : most_choices);
  }
  return std::clamp<std::int64_t>(choices, 1, most_choices * most_choices);
}

// Speech is some 15 letters a second (150 words a minute) and 21 tokens (OpenAI's own ratio of prices by token and by minute);
// four times as slow is as slow as anybody asks for. A little for the shortest.
std::int64_t most_speech(std::string_view body) { return 256 + 6 * static_cast<std::int64_t>(body.size()); }

std::int64_t times(std::int64_t count, std::int64_t per_thousand) {
  const __int128 nano = (static_cast<__int128>(count) * per_thousand + 999) / 1000;
  return static_cast<std::int64_t>(std::min<__int128>(nano, governance::never / 4));
}

// What a request may be billed by, besides the plain rates: unless `body` shows that it cannot be.
class Dearest {
 public:
  Dearest(const pricing::Rates& rates, std::string_view model, std::string_view body, bool exact, bool speaks)
      : x_rates(rates), x_model(model), x_body(body), x_exact(exact), x_speaks(speaks) {}

  std::int64_t input() const {
    std::int64_t rate = x_rates.input;
    const std::int64_t written = std::max(x_rates.cache_write_5m, x_rates.cache_write_1h);
    if (written > rate && (may_hold("cache_control") || may_hold("cachePoint"))) rate = written;
    if (x_rates.input_audio > rate && may_hold("audio")) rate = x_rates.input_audio;
    return rate;
  }
  std::int64_t output() const {
    const std::int64_t rate = std::max(x_rates.output, x_rates.reasoning);
    return x_rates.output_audio > rate && (may_hold("audio") || x_speaks) ? x_rates.output_audio : rate;
  }
  std::int64_t fees() const {
    const bool searching = x_rates.web_search > 0 && (may_hold("earch") || x_model.find("search") != x_model.npos);
    return times(1, x_rates.request) + (searching ? times(searches, x_rates.web_search) : 0);
  }

 private:
  bool may_hold(std::string_view word) const { return !x_exact || x_body.find(word) != x_body.npos; }

  const pricing::Rates& x_rates;
  std::string_view x_model, x_body;
  bool x_exact, x_speaks;
};

}  // namespace

std::optional<std::int64_t> stated_output(const Exchange& ex) {
  if (ex.facts.max_tokens) return ex.facts.max_tokens;
  if (ex.endpoint.dialect == llm::Dialect::gemini) return largest(ex.request.body, generation_configs, output_limits);
  if (ex.endpoint.dialect != llm::Dialect::bedrock) return std::nullopt;
  return largest(ex.request.body, inference_configs, bedrock_limits);
}

Bound bound_of(const Exchange& ex, const Upstream& upstream, std::string_view model, bool exact) {
  const pricing::PriceTable& prices = ex.snapshot->prices();
  const pricing::ModelLimits limits = prices.limits(upstream.type, upstream.base_url, model);
  const std::string_view body = ex.request.body;
  Bound bound;
  governance::Demand& demand = bound.demand;
  demand.model = model;
  demand.exact = exact;
  demand.first = ex.record.attempts.empty();
  bound.priced = is_free(ex.endpoint.operation);
  if (bound.priced) return bound;
  demand.input_tokens = static_cast<std::int64_t>(body.size()) / bytes_a_token;
  const std::int64_t input = input_bound(ex.endpoint, upstream.type, model, body, limits.context, exact);
  if (writes_text(ex.endpoint.operation)) {
    demand.choices = choices_of(ex);
    const auto stated = stated_output(ex);
    // Zero and less say nothing to some providers: as much as the model writes.
    const std::int64_t most = stated && *stated > 0 ? *stated : limits.max_output > 0 ? limits.max_output
                                                                                      : ex.snapshot->settings().pricing.default_max_output;
    demand.output_most = std::min(most, governance::never / (2 * most_choices * most_choices)) * demand.choices;
    demand.output_tokens = stated && *stated > 0 ? demand.output_most : std::min(demand.output_most, token_rate_output * demand.choices);
    demand.output_expected = demand.output_most;
  }
  if (ex.endpoint.operation == Operation::speech) demand.output_most = demand.output_tokens = demand.output_expected = most_speech(body);
  const auto rates = prices.rates(upstream.type, upstream.base_url, model, ex.now_seconds(), input, ex.price_scope(upstream));
  bound.priced = rates.has_value();
  if (!rates) return bound;
  const Dearest dearest(*rates, model, body, exact, ex.endpoint.operation == Operation::speech);
  demand.input_cost = times(input, dearest.input()) + dearest.fees();
  demand.output_rate = dearest.output();
  return bound;
}

std::optional<std::string> with_output_limit(const Exchange& ex, std::int64_t tokens) {
  const std::string_view body = ex.request.body;
  const std::string number = std::to_string(tokens);
  const auto set = [&number](std::string_view object, std::string_view name) -> std::optional<std::string> {
    auto changed = json::set_member(object, name, number);
    if (!changed) return std::nullopt;
    return *std::move(changed);
  };
  const auto set_inside = [&](std::string_view object, std::string_view name) -> std::optional<std::string> {
    const std::string inner = set(json::find(body, object).value_or("{}"), name).value_or("");
    if (inner.empty()) return std::nullopt;
    auto changed = json::set_member(body, object, inner);
    if (!changed) return std::nullopt;
    return *std::move(changed);
  };
  if (!writes_text(ex.endpoint.operation)) return std::nullopt;
  switch (ex.endpoint.dialect) {
    case llm::Dialect::gemini: return set_inside("generationConfig", "maxOutputTokens");
    case llm::Dialect::bedrock: return set_inside("inferenceConfig", "maxTokens");
    case llm::Dialect::responses: return set(body, "max_output_tokens");
    case llm::Dialect::openai: break;
    default: return set(body, "max_tokens");
  }
  // Both may stand there; the lower of them would win at one provider and the newer at another.
  const bool old_name = json::find(body, "max_tokens").has_value(), new_name = json::find(body, "max_completion_tokens").has_value();
  if (ex.endpoint.operation == Operation::completions || (old_name && !new_name)) return set(body, "max_tokens");
  auto changed = set(body, "max_completion_tokens");
  if (!changed || !old_name) return changed;
  return set(*changed, "max_tokens");
}

}  // namespace sluice::gateway
