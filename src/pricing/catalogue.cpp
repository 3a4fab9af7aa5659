#include "pricing/catalogue.hpp"

#include <algorithm>

#include "pricing/glob.hpp"
#include "sluice/base/text.hpp"

namespace sluice::pricing {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string_view without_scheme(std::string_view url) {
  const auto at = url.find("://");
  return at == std::string_view::npos ? url : url.substr(at + 3);
}

}  // namespace

const Catalogue::List* Catalogue::list_of(std::string_view provider_type, std::string_view base_url) const {
  const auto address = lower(without_scheme(base_url));
  const auto fits = [&](const std::string& pattern) { return address_fits(pattern, address); };
  for (const auto& list : x_lists)
    if (std::any_of(list.addresses.begin(), list.addresses.end(), fits)) return &list;
  for (const auto& list : x_lists)
    if (list.id == provider_type || std::find(list.types.begin(), list.types.end(), provider_type) != list.types.end())
      return &list;
  return nullptr;
}

std::uint32_t Catalogue::find_in(const List& list, std::string_view name) const {
  const auto begin = x_names.begin() + list.first_name, end = x_names.begin() + list.last_name;
  const auto found = std::lower_bound(begin, end, name,
                                      [this](const Name& n, std::string_view wanted) { return text(n.text) < wanted; });
  if (found != end && text(found->text) == name) return found->model;
  for (auto rule = list.first_rule; rule < list.last_rule; ++rule) {
    const auto globs = x_globs.begin() + x_rules[rule].first_glob, last = x_globs.begin() + x_rules[rule].last_glob;
    if (std::all_of(globs, last, [&](Text glob) { return glob_fits(text(glob), name); })) return x_rules[rule].model;
  }
  return none;
}

std::uint32_t Catalogue::find(std::string_view provider_type, std::string_view base_url, std::string_view model) const {
  const List* list = list_of(provider_type, base_url);
  return list == nullptr ? none : find_from(*list, model);
}

std::string_view Catalogue::list_id(std::string_view provider_type, std::string_view base_url) const {
  const List* list = list_of(provider_type, base_url);
  return list == nullptr ? std::string_view() : std::string_view(list->id);
}

std::uint32_t Catalogue::find_on(std::string_view list_id, std::string_view model) const {
  const List* found = list(list_id);
  return found == nullptr ? none : find_from(*found, model);
}

std::uint32_t Catalogue::find_from(const List& list, std::string_view model) const {
  const auto name = lower(model);
  auto found = find_in(list, name);
  for (std::size_t i = 0; found == none && i < list.fallback.size(); ++i)
    for (const auto& other : x_lists)
      if (found == none && other.id == list.fallback[i]) found = find_in(other, name);
  return found;
}

bool Catalogue::holds(const Period& period, std::int64_t at) {
  if (at < period.from) return false;
  if (period.daily_begin < 0) return true;
  constexpr std::int64_t day = 86400;
  const auto time = ((at % day) + day) % day;
  if (period.daily_begin <= period.daily_end) return time >= period.daily_begin && time < period.daily_end;
  return time >= period.daily_begin || time < period.daily_end;
}

const Rates* Catalogue::rates(std::uint32_t model, std::int64_t at, std::int64_t input_tokens) const {
  for (auto p = x_models[model].last_period; p > x_models[model].first_period; --p) {
    const auto& period = x_periods[p - 1];
    if (!holds(period, at)) continue;
    for (auto t = period.last_tier; t > period.first_tier; --t)
      if (input_tokens > x_tiers[t - 1].above) return &x_tiers[t - 1].rates;
    break;
  }
  return nullptr;
}

}  // namespace sluice::pricing
