// Reads config/models.json. The text is the program's own or an operator's: what does not fit is an error, not a crash.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "pricing/catalogue.hpp"

namespace sluice::pricing {

using nlohmann::json;

class CatalogueReader {
 public:
  Result<Catalogue> read(std::string_view text) {
    // Models are compiled as they are met and dropped from the tree, which would be many times the table's size.
    const auto keep = [this](int depth, json::parse_event_t event, json& value) {
      constexpr int list_depth = 2, model_depth = 4;
      if (event != json::parse_event_t::object_end) return true;
      if (depth == model_depth) return add_model(value), false;
      if (depth == list_depth) return add_list(value), false;
      return true;
    };
    json file;
    try {
      file = json::parse(text, keep);
      if (file.value("format", 0) != 1) return bad("the format is not 1");
      x_made.x_version = file.at("version").get<std::string>();
    } catch (const json::exception& e) {   // nlohmann's accessors report wrong types this way; not on the request path
      return bad(e.what());
    }
    x_made.x_text.shrink_to_fit();
    return std::move(x_made);
  }

 private:
  static Error bad(const std::string& why) { return Error(Code::internal, "models.json: " + why); }

  Catalogue::Text keep_text(const std::string& text) {
    const Catalogue::Text kept{size_of(x_made.x_text), size_of(text)};
    x_made.x_text += text;
    return kept;
  }
  static std::uint32_t size_of(const auto& container) { return static_cast<std::uint32_t>(container.size()); }

  // What is not charged apart is charged as the tokens it is part of.
  static Rates rates(const json& given) {
    const auto rate = [&given](const char* name, std::int64_t missing) { return given.value(name, missing); };
    Rates r;
    r.input = rate("input", 0);
    r.output = rate("output", 0);
    r.cache_read = rate("cache_read", r.input);
    r.cache_write_5m = rate("cache_write", r.input);
    r.cache_write_1h = rate("cache_write_1h", r.cache_write_5m);
    r.input_audio = rate("input_audio", r.input);
    r.reasoning = rate("reasoning", r.output);
    r.output_audio = rate("output_audio", r.output);
    r.web_search = rate("web_search", 0);
    r.request = rate("request", 0);
    return r;
  }

  void add_period(const json& price) {
    Catalogue::Period period;
    period.from = price.value("from", period.from);
    if (const auto daily = price.find("daily"); daily != price.end()) {
      period.daily_begin = daily->at(0).get<std::int32_t>();
      period.daily_end = daily->at(1).get<std::int32_t>();
    }
    period.first_tier = size_of(x_made.x_tiers);
    x_made.x_tiers.push_back({-1, rates(price)});
    for (const auto& tier : price.value("tiers", json::array())) {
      json whole = price;
      whole.update(tier);
      x_made.x_tiers.push_back({tier.at("above").get<std::int64_t>(), rates(whole)});
    }
    period.last_tier = size_of(x_made.x_tiers);
    x_made.x_periods.push_back(period);
  }

  void add_model(const json& model) {
    const auto index = size_of(x_made.x_models);
    for (const auto& name : model.at("names")) x_made.x_names.push_back({keep_text(name.get<std::string>()), index});
    for (const auto& globs : model.value("match", json::array())) {
      const auto first = size_of(x_made.x_globs);
      for (const auto& glob : globs) x_made.x_globs.push_back(keep_text(glob.get<std::string>()));
      x_made.x_rules.push_back({first, size_of(x_made.x_globs), index});
    }
    const auto first = size_of(x_made.x_periods);
    for (const auto& price : model.at("prices")) add_period(price);
    x_made.x_models.push_back(
        {first, size_of(x_made.x_periods), model.value("context", 0u), model.value("output", 0u)});
  }

  // Its models came before it.
  void add_list(const json& list) {
    Catalogue::List made;
    made.id = list.at("id").get<std::string>();
    made.types = list.at("types").get<std::vector<std::string>>();
    made.addresses = list.at("addresses").get<std::vector<std::string>>();
    made.fallback = list.at("fallback").get<std::vector<std::string>>();
    made.first_name = x_first_name, made.last_name = x_first_name = size_of(x_made.x_names);
    made.first_rule = x_first_rule, made.last_rule = x_first_rule = size_of(x_made.x_rules);
    std::sort(x_made.x_names.begin() + made.first_name, x_made.x_names.end(),
              [this](const auto& a, const auto& b) { return x_made.text(a.text) < x_made.text(b.text); });
    x_made.x_lists.push_back(std::move(made));
  }

  Catalogue x_made;
  std::uint32_t x_first_name = 0, x_first_rule = 0;
};

Result<Catalogue> Catalogue::parse(std::string_view text) { return CatalogueReader().read(text); }

}  // namespace sluice::pricing
