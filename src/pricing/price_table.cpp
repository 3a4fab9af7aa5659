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

struct Override { config::PriceOverride as_written; Rates rates; };

bool fits(const std::string& wanted, std::string_view id) { return wanted.empty() || wanted == id; }

bool fits(const config::PriceOverride& price, const Scope& scope, std::string_view model) {
  return fits(price.key, scope.key) && fits(price.team, scope.team) && fits(price.customer, scope.customer) &&
         fits(price.provider, scope.provider) && matches(price.model, model);
}

// The more specific, the higher; 0: for anybody.
int rank(const config::PriceOverride& price) {
  return (price.key.empty() ? 0 : 8) + (price.team.empty() ? 0 : 4) + (price.customer.empty() ? 0 : 2) + (price.provider.empty() ? 0 : 1);
}

// What a (provider, address, model) comes to. `fixed`: rates that count whatever the date is.
struct Found {
  const Rates* fixed = nullptr;
  bool by_operator = false;
  std::uint32_t model = Catalogue::none, fetched = Catalogue::none;
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
constexpr std::uint64_t no_table = UINT64_MAX;

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
  r.input = price.input;
  r.output = price.output;
  r.cache_read = price.cache_read.value_or(price.input);
  r.cache_write_5m = price.cache_write.value_or(price.input);
  r.cache_write_1h = price.cache_write_1h.value_or(r.cache_write_5m);
  r.input_audio = price.input_audio.value_or(price.input);
  r.reasoning = price.reasoning.value_or(price.output);
  r.output_audio = price.output_audio.value_or(price.output);
  r.web_search = price.web_search;
  r.request = price.request;
  return r;
}

// Some bytes that tell overrides apart, for the version.
std::string fingerprint(std::span<const config::PriceOverride> overrides) {
  std::uint64_t hash = 14695981039346656037ull;   // FNV-1a
  const auto add = [&hash](std::string_view bytes) {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  };
  for (const auto& o : overrides) {
    for (const std::string* text : {&o.model, &o.customer, &o.team, &o.key, &o.provider}) add(*text), add("|");
    for (const auto price : {o.input, o.output, o.cache_read.value_or(-1), o.cache_write.value_or(-1), o.cache_write_1h.value_or(-1),
                             o.reasoning.value_or(-1), o.input_audio.value_or(-1), o.output_audio.value_or(-1), o.web_search, o.request})
      add(std::to_string(price)), add("|");
  }
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[(hash >> shift) & 15];
  return text;
}

}  // namespace

struct PriceTable::Self {
  // Of what is remembered for anybody. Where there are prices for somebody it is found in another step than the first,
  // by `own_number`, so that look-ups of other tables are none the slower.
  std::uint64_t own_number = ++tables_made, number = own_number;
  Catalogue catalogue;
  std::optional<Catalogue> fetched;
  std::vector<Override> scoped;      // the most specific first
  std::vector<Override> overrides;   // for anybody
  std::string version;

  Found find(std::string_view provider, std::string_view base_url, std::string_view model) const {
    Found found;
    for (const auto& o : overrides) {
      if (!matches(o.as_written.model, model)) continue;
      found.fixed = &o.rates;
      found.by_operator = true;
      break;
    }
    // What the simulated provider says costs nothing: it is known to be free, unless the operator says otherwise.
    static constexpr Rates free{};
    if (found.fixed == nullptr && provider == "simulated") found.fixed = &free;
    found.model = catalogue.find(provider, base_url, model);
    if (fetched) {
      const auto list = catalogue.list_id(provider, base_url);
      found.fetched = fetched->find_on(list.empty() ? provider : list, model);
    }
    return found;
  }

  const Rates* listed(const Found& found, std::int64_t at, std::int64_t input_tokens) const {
    const Rates* rates = found.fetched == Catalogue::none ? nullptr : fetched->rates(found.fetched, at, input_tokens);
    if (rates == nullptr && found.model != Catalogue::none) rates = catalogue.rates(found.model, at, input_tokens);
    return rates;
  }

  Found find_again(std::string_view provider, std::string_view base_url, std::string_view model, const Scope& scope) const {
    const std::hash<std::string_view> hash;
    // By where the address stands, which stays as long as its snapshot: reading it again costs more than it tells apart.
    auto& kept = remembered[(hash(model) ^ (reinterpret_cast<std::uintptr_t>(base_url.data()) >> 4)) % remembered.size()];
    if (kept.table == number && kept.model == model && kept.provider == provider && kept.base_url == base_url)
      return kept.found;
    return find_otherwise(kept, provider, base_url, model, scope);
  }

  Found find_otherwise(Remembered& kept, std::string_view provider, std::string_view base_url, std::string_view model,
                       const Scope& scope) const {
    for (const auto& o : scoped)
      if (fits(o.as_written, scope, model)) return {&o.rates, true, Catalogue::none, Catalogue::none};
    if (kept.table == own_number && kept.model == model && kept.provider == provider && kept.base_url == base_url)
      return kept.found;
    const auto found = find(provider, base_url, model);
    constexpr std::size_t longest = 512;   // hostile names are not worth keeping
    if (provider.size() + base_url.size() + model.size() > longest) return found;
    kept.table = own_number;
    kept.provider = provider, kept.base_url = base_url, kept.model = model;
    kept.found = found;
    return found;
  }
};

Result<PriceTable> PriceTable::build(std::string_view models_json, std::span<const config::PriceOverride> overrides,
                                     std::string_view fetched) {
  auto catalogue = Catalogue::parse(models_json);
  if (!catalogue) return std::move(catalogue).error();
  auto self = std::make_unique<Self>();
  self->catalogue = std::move(*catalogue);
  self->version = self->catalogue.version();
  if (!fetched.empty()) {
    auto list = Catalogue::parse(fetched);
    if (!list) return std::move(list).error();
    self->fetched = std::move(*list);
    self->version = self->fetched->version() + "/" + self->version;
  }
  if (!overrides.empty()) self->version += "+" + fingerprint(overrides);
  for (const auto& o : overrides) (rank(o) > 0 ? self->scoped : self->overrides).push_back({o, rates_of(o)});
  std::stable_sort(self->scoped.begin(), self->scoped.end(),
                   [](const Override& a, const Override& b) { return rank(a.as_written) > rank(b.as_written); });
  if (!self->scoped.empty()) self->number = no_table;
  return PriceTable(std::move(self));
}

std::string_view PriceTable::built_in_models() {
  return {sluice_models_begin, static_cast<std::size_t>(sluice_models_end - sluice_models_begin)};
}

Cost PriceTable::cost(std::string_view provider, std::string_view base_url, std::string_view model,
                      const llm::Usage& usage, std::int64_t at, const Scope& scope) const {
  const auto found = x_self->find_again(provider, base_url, model, scope);
  if (!found.by_operator && usage.reported_cost_nano_usd.value_or(-1) >= 0)
    return {*usage.reported_cost_nano_usd, true};
  if (found.fixed != nullptr) return priced(*found.fixed, usage);
  const Rates* rates = x_self->listed(found, at, sane(usage.input));
  return rates != nullptr ? priced(*rates, usage) : Cost{};
}

bool PriceTable::knows(std::string_view provider, std::string_view base_url, std::string_view model, const Scope& scope) const {
  const auto found = x_self->find_again(provider, base_url, model, scope);
  return found.fixed != nullptr || (found.model != Catalogue::none && x_self->catalogue.priced(found.model)) ||
         (found.fetched != Catalogue::none && x_self->fetched->priced(found.fetched));
}

ModelLimits PriceTable::limits(std::string_view provider, std::string_view base_url, std::string_view model) const {
  const auto found = x_self->find_again(provider, base_url, model, {});   // nobody's: limits are the same for all
  ModelLimits limits;
  if (found.model != Catalogue::none) limits = {x_self->catalogue.context(found.model), x_self->catalogue.max_output(found.model)};
  if (found.fetched == Catalogue::none) return limits;
  if (const auto context = x_self->fetched->context(found.fetched); context > 0) limits.context = context;
  if (const auto output = x_self->fetched->max_output(found.fetched); output > 0) limits.max_output = output;
  return limits;
}

std::optional<Rates> PriceTable::rates(std::string_view provider, std::string_view base_url, std::string_view model, std::int64_t at,
                                        std::int64_t input_tokens, const Scope& scope) const {
  const auto found = x_self->find_again(provider, base_url, model, scope);
  if (found.fixed != nullptr) return *found.fixed;
  const Rates* rates = x_self->listed(found, at, sane(input_tokens));
  return rates == nullptr ? std::nullopt : std::optional<Rates>(*rates);
}

const config::PriceOverride* PriceTable::own(std::string_view model, const Scope& scope) const {
  for (const auto* list : {&x_self->scoped, &x_self->overrides})
    for (const Override& one : *list)
      if (fits(one.as_written, scope, model)) return &one.as_written;
  return nullptr;
}

Result<> PriceTable::may_be_followed_by(std::string_view fetched, std::int64_t at) const {
  const auto next = Catalogue::parse(fetched);
  if (!next) return next.error();
  return (x_self->fetched ? *x_self->fetched : x_self->catalogue).may_be_followed_by(*next, at);
}

std::string_view PriceTable::version() const { return x_self->version; }

PriceTable::PriceTable(std::unique_ptr<Self> self) : x_self(std::move(self)) {}
PriceTable::PriceTable(PriceTable&&) noexcept = default;
PriceTable& PriceTable::operator=(PriceTable&&) noexcept = default;
PriceTable::~PriceTable() = default;

}  // namespace sluice::pricing
