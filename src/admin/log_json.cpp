#include "sluice/admin/log_json.hpp"

#include <nlohmann/json.hpp>

#include "sluice/base/money.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

nlohmann::ordered_json attempt_json(const store::AttemptRecord& a) {
  return {{"target", a.target}, {"provider", a.provider}, {"model", a.model},         {"status", a.status},
          {"error", a.error},   {"ms", static_cast<double>(a.duration_us) / 1000.0}, {"may_have_run", a.may_have_run}};
}

nlohmann::ordered_json usage_json(const llm::Usage& u) {
  nlohmann::ordered_json json{{"input", u.input},
                              {"cache_read", u.cache_read},
                              {"cache_write_5m", u.cache_write_5m},
                              {"cache_write_1h", u.cache_write_1h},
                              {"input_audio", u.input_audio},
                              {"output", u.output},
                              {"reasoning", u.reasoning},
                              {"output_audio", u.output_audio},
                              {"web_searches", u.web_searches},
                              {"estimated", u.estimated}};
  if (u.reported_cost_nano_usd) json["reported_cost_nano_usd"] = *u.reported_cost_nano_usd;
  return json;
}

}  // namespace

bool cost_known(const store::RequestRecord& r) { return r.priced || r.cost_nano_usd != 0; }

nlohmann::ordered_json log_json(const store::RequestRecord& r) {
  nlohmann::ordered_json json{
      {"id", r.id},     {"at", format_rfc3339_us(r.at_us)}, {"key", r.key_id},     {"account", r.account},
      {"team", r.team}, {"operation", r.operation},         {"dialect", r.dialect}};
  json["customer"] = r.customer, json["tags"] = r.tags;
  json["model_asked"] = r.model_asked, json["model_served"] = r.model_served;
  json["target"] = r.target, json["provider"] = r.provider;
  json["stream"] = r.stream, json["status"] = r.status, json["error"] = r.error,
  json["error_message"] = r.error_message;
  json["attempts"] = nlohmann::ordered_json::array();
  for (const auto& attempt : r.attempts) json["attempts"].push_back(attempt_json(attempt));
  json["tokens"] = usage_json(r.usage);
  json["cost_nano_usd"] = cost_known(r) ? nlohmann::ordered_json(r.cost_nano_usd) : nlohmann::ordered_json();
  json["cost_usd"] = cost_known(r) ? nlohmann::ordered_json(usd(r.cost_nano_usd)) : nlohmann::ordered_json();
  json["price_version"] = r.price_version;
  json["first_byte_us"] = r.first_byte_us, json["total_us"] = r.total_us, json["gateway_us"] = r.gateway_us;
  json["bytes_in"] = r.bytes_in, json["bytes_out"] = r.bytes_out, json["cache"] = r.cache, json["dropped"] = r.dropped;
  json["peer"] = r.peer;
  return json;
}

}  // namespace sluice::admin
