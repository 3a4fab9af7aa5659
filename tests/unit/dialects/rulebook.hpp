// What the rules of every provider's API share: they look at a request as JSON and note what it breaks. None of them has
// seen the code under test.
#pragma once
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sluice::dialects {

class Rulebook {
 public:
  using Json = nlohmann::json;
  using Names = std::set<std::string>;

 protected:
  // Every rule that the body breaks; empty: none.
  template <class Rules>
  static std::vector<std::string> broken(Rules rules, const std::string& body) {
    const Json request = Json::parse(body, nullptr, false);
    if (request.is_object()) rules.request(request);
    else rules.broken("the body is no JSON object");
    return std::move(rules.x_broken);
  }

  void broken(std::string what) { x_broken.push_back(std::move(what)); }
  void check(bool holds, const std::string& rule) {
    if (!holds) broken(rule);
  }
  void known(const Json& object, const Names& names, const std::string& where) {
    if (!object.is_object()) return broken(where + " is no object");
    for (const auto& [name, value] : object.items()) check(names.count(name) == 1, "unknown member " + where + "." + name);
  }
  void range(const Json& r, const char* name, double least, double most) {
    if (r.contains(name)) {
      check(r[name].is_number() && r[name] >= least && r[name] <= most, std::string(name) + " is out of range");
    }
  }
  void one_of(const Json& value, const Names& names, const std::string& where) {
    check(value.is_string() && names.count(value.get<std::string>()) == 1, where + " is " + value.dump());
  }

  static bool blank(const Json& text) {
    return !text.is_string() || text.get_ref<const std::string&>().find_first_not_of(" \t\r\n\f\v") == std::string::npos;
  }
  static std::string type_of(const Json& value) { return value.is_object() ? value.value("type", "") : ""; }
  // Of a function or a call, as most APIs want it: [a-zA-Z0-9_-], not empty.
  static bool is_name(const Json& value, std::size_t longest = 64) {
    if (!value.is_string()) return false;
    const auto& name = value.get_ref<const std::string&>();
    return !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return (c < 128 && std::isalnum(c) != 0) || c == '_' || c == '-';
    });
  }
  // A member, or null; never fails.
  static const Json& at(const Json& object, const char* name) {
    static const Json nothing;
    return object.is_object() && object.contains(name) ? object[name] : nothing;
  }

 private:
  std::vector<std::string> x_broken;
};

}  // namespace sluice::dialects
