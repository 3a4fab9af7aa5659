#include "app/key_settings.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sluice/admin/kept.hpp"

namespace sluice::app {
namespace {

using Json = nlohmann::ordered_json;

Error refused(std::string why) { return Error(Code::bad_request, std::move(why)); }

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    if (comma > at) parts.push_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

Result<Json> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return refused("--settings: cannot read " + path);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Json settings = Json::parse(text, nullptr, false);
  if (!settings.is_object()) return refused("--settings: " + path + " is no JSON object");
  for (const char* name : {"id", "key", "account", "team", "enabled", "models", "expires_at"})
    if (settings.contains(name)) return refused("--settings: `" + std::string(name) + "` has an option of its own (or none here)");
  return settings;
}

// "500/1M": an amount and a period. The amount is a number as JSON has it.
Result<> put_amount(const Options& options, const char* option, const char* name, Json& out) {
  const auto* given = options.value(option);
  if (given == nullptr) return {};
  const auto slash = given->find('/');
  const Json amount = slash == given->npos ? Json() : Json::parse(given->substr(0, slash), nullptr, false);
  if (!amount.is_number()) return refused(std::string(option) + " \"" + *given + "\" is no amount and period such as 500/1M");
  out.push_back({{name, amount}, {"reset_duration", given->substr(slash + 1)}});
  return {};
}

Result<> put_concurrent(const Options& options, Json& out) {
  const auto* given = options.value("--max-concurrent");
  if (given == nullptr) return {};
  const Json count = Json::parse(*given, nullptr, false);
  if (!count.is_number_unsigned()) return refused("--max-concurrent \"" + *given + "\" is no whole number");
  out.push_back({{"max_concurrent", count}});
  return {};
}

}  // namespace

Result<> add_settings(const Options& options, store::StoredKey& key) {
  Json settings = Json::object();
  if (const auto* file = options.value("--settings")) {
    auto read = read_file(*file);
    if (!read) return std::move(read).error();
    settings = *std::move(read);
  }
  if (const auto* models = options.value("--models")) {
    key.models = split(*models);
    // An empty list would mean all models: never by mistake.
    if (key.models.empty()) return refused("--models is empty; leave it out to admit all models of the account");
  }
  for (const auto& [option, name] : {std::pair{"--tags", "tags"}, {"--networks", "networks"}, {"--endpoints", "endpoints"}}) {
    const auto* list = options.value(option);
    if (list == nullptr) continue;
    const auto parts = split(*list);
    if (parts.empty()) return refused(std::string(option) + " is empty");   // it would mean all, or anywhere
    settings[name] = parts;
  }
  Json budgets = Json::array(), limits = Json::array();
  auto put = put_amount(options, "--budget", "max_spend", budgets);
  if (put) put = put_amount(options, "--max-requests", "max_requests", limits);
  if (put) put = put_amount(options, "--max-tokens", "max_tokens", limits);
  if (put) put = put_concurrent(options, limits);
  if (!put) return put;
  for (Json& budget : budgets) settings["budgets"].push_back(std::move(budget));
  for (Json& limit : limits) settings["rate_limits"].push_back(std::move(limit));
  key.settings = settings.dump(-1, ' ', false, Json::error_handler_t::replace);
  return {};
}

}  // namespace sluice::app
