#include "sluice/pricing/price_table.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <limits>
#include <vector>

#include "pricing/catalogue.hpp"
#include "sluice/base/pattern.hpp"

extern "C" const char sluice_models_begin[], sluice_models_end[];

namespace sluice::pricing {
namespace {

struct Override { std::string pattern; Rates rates; };

// What a (provider, address, model) comes to. `fixed`: rates that count whatever the date is.
struct Found {
  const Rates* fixed = nullptr;
  bool by_operator = false;
  std::uint32_t model = Catalogue::none;
};

// Each thread keeps its last answers, by where their names hash to. The table's number is part of the key, so that an
// answer never outlives its table.
struct Remembered {
  std::uint64_t table = 0;
  std::string provider, base_url, model;
  Found found;
};
thread_local std::array<Remembered, 32> remembered;
std::atomic<std::uint64_t> tables_made{0};

constexpr std::int64_t most_tokens = 1'000'000'000'000;   // a provider's nonsense must not overflow

std::int64_t sane(std::int64_t count) { return std::clamp<std::int64_t>(count, 0, most_tokens); }

// Nano-USD times 1000. Parts can never come to more than the whole they are part of.
__int128 sum(const Rates& rates, const llm::Usage& usage) {
  __int128 total = 0;
  std::int64_t left = sane(usage.input);
  const auto part = [&](std::int64_t tokens, std::int64_t rate) {
    const auto counted = std::min(sane(tokens), left);
    left -= counted;
    total += static_cast<__int128>(counted) * rate;
  };
  part(usage.cache_read, rates.cache_read);
  part(usage.cache_write_5m, rates.cache_write_5m);
  part(usage.cache_write_1h, rates.cache_write_1h);
  part(usage.input_audio, rates.input_audio);
  part(left, rates.input);
  left = sane(usage.output);
  part(usage.output_audio, rates.output_audio);
  part(usage.reasoning, rates.reasoning);
  part(left, rates.output);
  total += static_cast<__int128>(sane(usage.web_searches)) * rates.web_search;
  return total + rates.request;
}

Cost priced(const Rates& rates, const llm::Usage& usage) {
  const __int128 nano = (sum(rates, usage) + 500) / 1000;
  const __int128 most = std::numeric_limits<std::int64_t>::max();
  return {static_cast<std::int64_t>(std::min(nano, most)), true};
}

Rates rates_of(const config::PriceOverride& price) {
  Rates r;
  r.input = r.input_audio = price.input;
  r.output = r.output_audio = r.reasoning = price.output;
  r.cache_read = price.cache_read.value_or(price.input);
  r.cache_write_5m = r.cache_write_1h = price.cache_write.value_or(price.input);
  return r;
}

// Some bytes that tell overrides apart, for the version.
std::string fingerprint(std::span<const config::PriceOverride> overrides) {
  std::uint64_t hash = 14695981039346656037ull;   // FNV-1a
  const auto add = [&hash](std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  };
  for (const auto& o : overrides) {
    add(o.model), add("|");
    for (const auto price : {o.input, o.output, o.cache_read.value_or(-1), o.cache_write.value_or(-1)})
      add(std::to_string(price)), add("|");
  }
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(hash >> shift) & 15];
  return text;
}

}  // namespace

struct PriceTable::Self {
  std::uint64_t number = ++tables_made;
  Catalogue catalogue;
  std::vector<Override> overrides;
  std::string version;

  Found find(std::string_view provider, std::string_view base_url, std::string_view model) const {
    Found found;
    for (const auto& o : overrides) {
      if (!matches(o.pattern, model)) continue;
      found.fixed = &o.rates;
      found.by_operator = true;
      break;
    }
    // What the simulated provider says costs nothing: it is known to be free, unless the operator says otherwise.
    static constexpr Rates free{};
    if (found.fixed == nullptr && provider == "simulated") found.fixed = &free;
    found.model = catalogue.find(provider, base_url, model);
    return found;
  }

  Found find_again(std::string_view provider, std::string_view base_url, std::string_view model) const {
    const std::hash<std::string_view> hash;
    auto& kept = remembered[(hash(model) ^ hash(base_url)) % remembered.size()];
    if (kept.table == number && kept.model == model && kept.provider == provider && kept.base_url == base_url)
      return kept.found;
    const auto found = find(provider, base_url, model);
    constexpr std::size_t longest = 512;   // hostile names are not worth keeping
    if (provider.size() + base_url.size() + model.size() > longest) return found;
    kept.table = number;
    kept.provider = provider, kept.base_url = base_url, kept.model = model;
    kept.found = found;
    return found;
  }
};

Result<PriceTable> PriceTable::build(std::string_view models_json, std::span<const config::PriceOverride> overrides) {
  auto catalogue = Catalogue::parse(models_json);
  if (!catalogue) return std::move(catalogue).error();
  auto self = std::make_unique<Self>();
  self->catalogue = std::move(*catalogue);
  self->version = self->catalogue.version();
  if (!overrides.empty()) self->version += "+" + fingerprint(overrides);
  for (const auto& o : overrides) self->overrides.push_back({o.model, rates_of(o)});
  return PriceTable(std::move(self));
}

std::string_view PriceTable::built_in_models() {
  return {sluice_models_begin, static_cast<std::size_t>(sluice_models_end - sluice_models_begin)};
}

Cost PriceTable::cost(std::string_view provider, std::string_view base_url, std::string_view model,
                      const llm::Usage& usage, std::int64_t at) const {
  const auto found = x_self->find_again(provider, base_url, model);
  if (!found.by_operator && usage.reported_cost_nano_usd.value_or(-1) >= 0)
    return {*usage.reported_cost_nano_usd, true};
  if (found.fixed != nullptr) return priced(*found.fixed, usage);
  if (found.model == Catalogue::none) return {};
  const Rates* rates = x_self->catalogue.rates(found.model, at, sane(usage.input));
  return rates != nullptr ? priced(*rates, usage) : Cost{};
}

bool PriceTable::knows(std::string_view provider, std::string_view base_url, std::string_view model) const {
  const auto found = x_self->find_again(provider, base_url, model);
  return found.fixed != nullptr || (found.model != Catalogue::none && x_self->catalogue.priced(found.model));
}

ModelLimits PriceTable::limits(std::string_view provider, std::string_view base_url, std::string_view model) const {
  const auto found = x_self->find_again(provider, base_url, model);
  if (found.model == Catalogue::none) return {};
  return {x_self->catalogue.context(found.model), x_self->catalogue.max_output(found.model)};
}

std::optional<Rates> PriceTable::rates(std::string_view provider, std::string_view base_url, std::string_view model, std::int64_t at,
                                        std::int64_t input_tokens) const {
  const auto found = x_self->find_again(provider, base_url, model);
  if (found.fixed != nullptr) return *found.fixed;
  const Rates* rates = found.model == Catalogue::none ? nullptr : x_self->catalogue.rates(found.model, at, sane(input_tokens));
  return rates == nullptr ? std::nullopt : std::optional<Rates>(*rates);
}

std::string_view PriceTable::version() const { return x_self->version; }

PriceTable::PriceTable(std::unique_ptr<Self> self) : x_self(std::move(self)) {}
PriceTable::PriceTable(PriceTable&&) noexcept = default;
PriceTable& PriceTable::operator=(PriceTable&&) noexcept = default;
PriceTable::~PriceTable() = default;

}  // namespace sluice::pricing
