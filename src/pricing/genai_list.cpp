// genai-prices' data.json: a list of providers, each with its models; scripts/generate-models.py reads the same. A model's
// rules are names, parts of names and a few regular expressions, of which those are understood that are a glob with digits.
#include <algorithm>
#include <optional>
#include <set>
#include <map>

#include "pricing/glob.hpp"
#include "pricing/price_list_parts.hpp"
#include "sluice/base/time.hpp"

namespace sluice::pricing {
namespace {

using nlohmann::json;
using Globs = std::vector<std::string>;          // all must fit
using Alternatives = std::vector<Globs>;         // any must

struct RateName { const char* ours; const char* theirs; double scale; };
constexpr double tokens = 1e6, calls = 1e9;      // dollars a million, dollars a thousand
constexpr RateName rate_names[] = {
    {"input", "input_mtok", tokens},
    {"cache_read", "cache_read_mtok", tokens},
    {"cache_write", "cache_write_mtok", tokens},
    {"cache_write_1h", "cache_write_1h_mtok", tokens},
    {"input_audio", "input_audio_mtok", tokens},
    {"output", "output_mtok", tokens},
    {"reasoning", "output_reasoning_mtok", tokens},
    {"output_audio", "output_audio_mtok", tokens},
    {"web_search", "web_searches_kcount", calls},
    {"request", "requests_kcount", calls},
};

// "^gpt-5\.4-\d{4}$": plain text, escaped characters, \d and \d{n}; open where it is not anchored. Nothing: it says more.
std::optional<Globs> glob_of(std::string_view regex) {
  if (regex == "^(?!.*-[tT][tT][sS](?:$|-))") return Globs{"!*-tts", "!*-tts-*"};
  std::string glob = "*";
  if (regex.starts_with('^')) glob.clear(), regex.remove_prefix(1);
  bool open = true;
  while (!regex.empty()) {
    const char c = regex.front();
    regex.remove_prefix(1);
    if (c == '$' && regex.empty()) open = false;
    else if (c == '\\' && regex.starts_with('d')) {
      regex.remove_prefix(1);
      std::size_t times = 1;
      if (regex.starts_with('{')) {
        if (regex.size() < 3 || regex[1] < '1' || regex[1] > '9' || regex[2] != '}') return std::nullopt;
        times = static_cast<std::size_t>(regex[1] - '0');
        regex.remove_prefix(3);
      }
      glob.append(times, '#');
    } else if (c == '\\' && !regex.empty() && std::string_view(".-[]/()+").find(regex.front()) != std::string_view::npos) {
      glob += regex.front();
      regex.remove_prefix(1);
    } else if (std::string_view("\\.[]{}()*+?|^$#!").find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      glob += c;
    }
  }
  return Globs{lower_case(open ? glob + "*" : glob)};
}

Alternatives alternatives(const json& rule) {
  const auto first = rule.begin();
  const std::string kind = first.key();
  Alternatives all;
  if (kind == "or") {
    for (const auto& part : first.value())
      for (auto& one : alternatives(part)) all.push_back(std::move(one));
    return all;
  }
  if (kind == "and") {
    all.push_back({});
    for (const auto& part : first.value()) {
      Alternatives longer;
      for (const auto& more : alternatives(part))
        for (Globs done : all) {
          done.insert(done.end(), more.begin(), more.end());
          longer.push_back(std::move(done));
        }
      if (longer.size() > 1000) throw Unusable("a rule has too many alternatives");
      all = std::move(longer);
    }
    return all;
  }
  const auto value = lower_case(first.value().get<std::string>());
  if (kind == "regex") {
    if (auto globs = glob_of(first.value().get<std::string>())) all.push_back(*std::move(globs));
    return all;
  }
  if (value.find_first_of("*#!") != value.npos) return all;
  if (kind == "equals") all.push_back({value});
  else if (kind == "starts_with") all.push_back({value + "*"});
  else if (kind == "ends_with") all.push_back({"*" + value});
  else if (kind == "contains") all.push_back({"*" + value + "*"});
  else throw Unusable("a rule is of an unknown kind: " + kind);
  return all;
}

bool is_name(const Globs& globs) { return globs.size() == 1 && globs.front().find_first_of("*#!") == std::string::npos; }

json rates_of(const json& prices, std::string_view model) {
  json rates = json::object();
  std::map<std::int64_t, json> tiers;
  for (const auto& [ours, theirs, scale] : rate_names) {
    const auto found = prices.find(theirs);
    if (found == prices.end()) continue;
    if (!found->is_object()) {
      rates[ours] = nano_rate(*found, scale, model);
      continue;
    }
    rates[ours] = nano_rate(found->at("base"), scale, model);
    for (const auto& tier : found->at("tiers")) tiers[token_count(tier, "start")][ours] = nano_rate(tier.at("price"), scale, model);
  }
  for (auto& [above, tier] : tiers) {
    tier["above"] = above;
    rates["tiers"].push_back(std::move(tier));
  }
  return rates;
}

std::int64_t second_of_day(const json& time) {
  const auto at = parse_rfc3339("1970-01-02T" + time.get<std::string>());
  if (!at) throw Unusable("a time of day cannot be read");
  return *at % 86'400;
}

// Nothing: it depends on what is not known here.
std::optional<json> period_of(const json& entry, std::string_view model) {
  json price = rates_of(entry.at("prices"), model);
  const auto constraint = entry.find("constraint");
  if (constraint == entry.end() || constraint->is_null()) return price;
  const auto type = constraint->at("type").get<std::string>();
  if (type == "start_date") {
    const auto at = parse_rfc3339(constraint->at("start_date").get<std::string>() + "T00:00:00Z");
    if (!at) throw Unusable("a date cannot be read");
    price["from"] = *at;
    return price;
  }
  if (type != "time_of_date") return std::nullopt;
  price["daily"] = {second_of_day(constraint->at("start_time")), second_of_day(constraint->at("end_time"))};
  return price;
}

// Empty: not priced by tokens or requests. No price at all is free only where the name says so.
json periods_of(const json& model, const std::string& id) {
  json periods = json::array();
  const json& prices = model.at("prices");
  bool charged = false;
  const auto add = [&](const json& entry) {
    auto period = period_of(entry, id);
    if (!period) return;
    charged = charged || period->contains("input") || period->contains("output") || period->contains("request");
    periods.push_back(*std::move(period));
  };
  if (prices.is_array()) std::for_each(prices.begin(), prices.end(), add);
  else add(json{{"prices", prices}});
  if (charged) return periods;
  if (id.ends_with(":free")) return json::array({json{{"input", 0}, {"output", 0}}});
  return json::array();
}

struct Model { json line; Alternatives match; };

// Every name with the model that wins it, which is the first whose rules fit it; patterns as they are.
json finished(std::vector<Model>& models) {
  std::set<std::string> named;
  for (const auto& model : models)
    for (const auto& globs : model.match)
      if (is_name(globs)) named.insert(globs.front());
  const auto fits = [](const Model& model, const std::string& name) {
    return std::any_of(model.match.begin(), model.match.end(), [&name](const Globs& globs) {
      return std::all_of(globs.begin(), globs.end(), [&name](const std::string& glob) { return glob_fits(glob, name); });
    });
  };
  for (const auto& name : named)
    std::find_if(models.begin(), models.end(), [&](const Model& m) { return fits(m, name); })->line["names"].push_back(name);
  json lines = json::array();
  for (auto& model : models) {
    for (const auto& globs : model.match)
      if (!is_name(globs)) model.line["match"].push_back(globs);
    if (!model.line.contains("names")) model.line["names"] = json::array();
    lines.push_back(std::move(model.line));
  }
  return lines;
}

}  // namespace

json genai_lists(const json& source) {
  json lists = json::array();
  for (const auto& provider : source) {
    std::vector<Model> models;
    for (const auto& model : provider.at("models")) {
      const auto id = model.at("id").get<std::string>();
      json line{{"id", id}, {"prices", periods_of(model, id)}, {"context", token_count(model, "context_window")}};
      models.push_back({std::move(line), alternatives(model.at("match"))});
    }
    lists.push_back({{"id", provider.at("id").get<std::string>()},
                     {"types", json::array()},
                     {"addresses", json::array()},
                     {"fallback", provider.value("fallback_model_providers", json::array())},
                     {"models", finished(models)}});
  }
  return lists;
}

}  // namespace sluice::pricing
