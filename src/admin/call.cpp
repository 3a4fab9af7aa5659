#include "admin/call.hpp"

#include <charconv>

#include "sluice/admin/kept.hpp"
#include "sluice/base/ids.hpp"
#include "sluice/base/time.hpp"
#include "sluice/gateway/standing_json.hpp"

namespace sluice::admin {

std::optional<std::string> Call::asked(std::string_view name) const {
  const auto found = query.find(name);
  if (found == query.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Error no_such(std::string_view what, const std::string& id) {
  return Error(Code::not_found, "There is no " + std::string(what) + " `" + id + "`.").named("not_found");
}
Error conflict(std::string name, std::string message) {
  return Error(Code::bad_request, std::move(message)).named(std::move(name)).answered_with(409);
}
Error declared_in_configuration(std::string_view what, const std::string& id) {
  return conflict("declared_in_configuration", "The " + std::string(what) + " `" + id + "` is declared in the configuration file: change it there.");
}
Error bad(std::string message, std::string param) {
  return Error(Code::bad_request, std::move(message)).named("invalid_request").about(std::move(param));
}

Result<std::size_t> limit_of(const Call& call) {
  const auto text = call.asked("limit");
  if (!text) return std::size_t{100};
  std::size_t limit = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (failed != std::errc{} || end != text->data() + text->size() || limit < 1 || limit > 1000) return bad("`limit` must be from 1 to 1000.", "limit");
  return limit;
}

Result<std::optional<std::int64_t>> moment_of(const Call& call, std::string_view name) {
  const auto text = call.asked(name);
  if (!text) return std::optional<std::int64_t>();
  const auto moment = parse_rfc3339(*text);
  if (!moment) return bad("`" + std::string(name) + "` must be a time such as 2027-01-01T00:00:00Z.", std::string(name));
  return std::optional<std::int64_t>(*moment);
}

Result<Json> page(const Call& call, std::vector<Json> items) {
  return page(call, std::move(items), [](const Json& item) { return item["id"].get<std::string>(); }, [](Json& item) { return Result<Json>(std::move(item)); });
}

Result<> commit(Call& call, store::Change change, std::string_view action, std::string_view kind, const std::string& id, const Json& before,
                const Json& after) {
  store::Store& store = call.deployment.store();
  const auto declared = call.deployment.declared();
  auto checked = extended_after(*declared, store, change);
  if (!checked) return std::move(checked).error();
  const auto text = [](const Json& json) { return json.is_null() ? std::string() : json.dump(-1, ' ', false, Json::error_handler_t::replace); };
  change.line = {0, unix_us(), call.caller.token, std::string(action), std::string(kind), id, text(before), text(after)};
  auto written = store.apply(change);
  if (!written) return written;
  return call.deployment.put_in_force(*std::move(checked));
}

Json standings_of(const Call& call, governance::Level level, std::string_view subject) {
  governance::Book& book = call.deployment.memory().book;
  Json out = Json::array();
  for (const auto& standing : book.standings(book.scopes(level, subject), governance::Moment::now())) out.push_back(gateway::to_json(standing));
  return out;
}

std::string kept_about(Call& call, std::string_view kind, const std::string& id) {
  std::string found;
  const auto entities = call.deployment.store().entities();
  if (!entities) return found;   // the store says so again when it is to be changed
  for (const store::Entity& one : *entities) {
    const Json settings = Json::parse(one.settings, nullptr, false);
    const std::string level = settings.value("level", "");
    const bool raised = one.kind == "override" && (level == kind || (kind == "key" && level == "key_provider")) && settings.value("subject", "") == id;
    const bool priced = one.kind == "price" && settings.value(std::string(kind), "") == id;
    if (raised || priced) found.append(found.empty() ? "" : ", ").append(one.kind).append(" `").append(one.id).append("`");
  }
  return found;
}

Result<Json> patched(const Json& settings, const Json& patch) {
  if (patch.contains("id") && patch["id"] != settings["id"]) return bad("An id cannot be changed.", "id");
  Json result = settings;
  // The short forms stand for the whole list, as in the configuration.
  for (const char* name : {"budget", "rate_limit"})
    if (patch.contains(name)) result.erase(std::string(name) + "s");
  for (const char* name : {"budgets", "rate_limits"})
    if (patch.contains(name)) result.erase(std::string(name).substr(0, std::string_view(name).size() - 1));
  result.merge_patch(patch);
  return result;
}

Json time_or_null(std::int64_t us) { return us > 0 ? Json(format_rfc3339(us / 1'000'000)) : Json(); }

std::string made_id(std::string_view prefix) {
  return std::string(prefix) + std::string(RequestId::make(unix_us() / 1000).view().substr(4));
}

Result<Json> remove_entity(Call& call, std::string_view kind) {
  auto entities = call.deployment.store().entities();
  if (!entities) return std::move(entities).error();
  for (const store::Entity& one : *entities) {
    if (one.kind != kind || one.id != call.ids[0]) continue;
    store::Change change;
    change.remove_entities.emplace_back(one.kind, one.id);
    auto done = commit(call, std::move(change), "delete", kind, one.id, Json::parse(one.settings), nullptr);
    if (!done) return std::move(done).error();
    return Json();
  }
  return no_such(kind, call.ids[0]);
}

}  // namespace sluice::admin
