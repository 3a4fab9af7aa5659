// /admin/logs: the request log. /admin/audit: who changed what.
#include <charconv>

#include "admin/call.hpp"
#include "sluice/admin/log_json.hpp"
#include "sluice/base/time.hpp"

namespace sluice::admin {
namespace {

using http::Verb;

Result<std::optional<std::int64_t>> number_of(const Call& call, std::string_view name) {
  const auto text = call.asked(name);
  if (!text) return std::optional<std::int64_t>();
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (failed != std::errc{} || end != text->data() + text->size() || number < 0)
    return bad("`" + std::string(name) + "` must be a whole number.", std::string(name));
  return std::optional<std::int64_t>(number);
}

std::optional<std::int64_t> in_us(const std::optional<std::int64_t>& seconds) {
  return seconds ? std::optional<std::int64_t>(*seconds * 1'000'000) : std::nullopt;
}

Result<Json> logs(Call& call) {
  store::LogQuery query;
  const auto since = moment_of(call, "since"), until = moment_of(call, "until");
  const auto status = number_of(call, "status"), after_row = number_of(call, "after_row");
  const auto limit = limit_of(call);
  for (const Error* error : {since ? nullptr : &since.error(), until ? nullptr : &until.error(), status ? nullptr : &status.error(),
                             after_row ? nullptr : &after_row.error(), limit ? nullptr : &limit.error()})
    if (error != nullptr) return *error;
  query.key_id = call.asked("key"), query.model = call.asked("model"), query.provider = call.asked("provider");
  query.account = call.asked("account"), query.request_id = call.asked("request");
  if (*status) query.status = static_cast<int>(**status);
  query.errors_only = call.asked("errors") == "true";
  query.since_us = in_us(*since), query.until_us = in_us(*until);
  query.after_row = after_row->value_or(0);
  query.newest_first = !after_row->has_value();
  query.limit = *limit + 1;
  call.deployment.flush();
  auto rows = call.deployment.store().find(query);
  if (!rows) return std::move(rows).error();
  const bool more = rows->size() > *limit;
  if (more) rows->pop_back();
  Json out{{"object", "list"}, {"data", Json::array()}, {"has_more", more}};
  for (const store::LogRow& row : *rows) {
    Json item{{"row", row.row}};
    item.update(log_json(row.record));
    out["data"].push_back(std::move(item));
  }
  return out;
}

Json shown(const store::LoggedChange& line) {
  const auto json = [](const std::string& text) { return text.empty() ? Json() : Json::parse(text, nullptr, false); };
  return {{"row", line.row},   {"at", format_rfc3339_us(line.at_us)}, {"who", line.who},       {"action", line.action},
          {"kind", line.kind}, {"id", line.id},                       {"before", json(line.before)}, {"after", json(line.after)}};
}

Result<Json> audit(Call& call) {
  store::ChangeQuery query;
  const auto since = moment_of(call, "since"), until = moment_of(call, "until");
  const auto before_row = number_of(call, "before_row");
  const auto limit = limit_of(call);
  for (const Error* error : {since ? nullptr : &since.error(), until ? nullptr : &until.error(), before_row ? nullptr : &before_row.error(),
                             limit ? nullptr : &limit.error()})
    if (error != nullptr) return *error;
  query.who = call.asked("who"), query.action = call.asked("action"), query.kind = call.asked("kind"), query.id = call.asked("id");
  query.since_us = in_us(*since), query.until_us = in_us(*until);
  query.before_row = before_row->value_or(0);
  query.limit = *limit + 1;
  auto lines = call.deployment.store().changes(query);
  if (!lines) return std::move(lines).error();
  const bool more = lines->size() > *limit;
  if (more) lines->pop_back();
  Json out{{"object", "list"}, {"data", Json::array()}, {"has_more", more}};
  for (const store::LoggedChange& line : *lines) out["data"].push_back(shown(line));
  return out;
}

constexpr Parameter log_parameters[] = {{"key", "string", "Of this virtual key."},
                                        {"model", "string", "That asked for, or were served by, these models; `*` stands for any text."},
                                        {"provider", "string", "That this provider served."},
                                        {"account", "string", "Of this account."},
                                        {"request", "string", "This request, by its id or the end of it (at least six characters)."},
                                        {"status", "integer", "Answered with this status."},
                                        {"errors", "boolean", "`true`: only those that went wrong."},
                                        {"since", "date-time", "That came from then on."},
                                        {"until", "date-time", "That came before."},
                                        {"after_row", "integer", "Written after this row, the oldest first: to follow the log."},
                                        limit_parameter};
constexpr Parameter audit_parameters[] = {{"who", "string", "By this admin token; `gateway`, `cli`, `configuration`."},
                                          {"action", "string", "`create`, `update`, `delete`, `rotate`, `enable`, `disable`, `reload`."},
                                          {"kind", "string", "Of this kind of thing."},
                                          {"id", "string", "Of the thing with this id."},
                                          {"since", "date-time", "From then on."},
                                          {"until", "date-time", "Before."},
                                          {"before_row", "integer", "Lines before this one, for paging."},
                                          limit_parameter};
constexpr Route routes[] = {
    {Verb::get, "/admin/logs", readers, false, 200, "", "LogList", log_parameters, "The request log, the newest first.", logs},
    {Verb::get, "/admin/audit", readers, false, 200, "", "AuditList", audit_parameters, "Every change that was made, the newest first.", audit},
};

}  // namespace

std::span<const Route> log_routes() { return routes; }

}  // namespace sluice::admin
