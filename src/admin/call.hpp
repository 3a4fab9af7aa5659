// One request of an administrator on its way, and the table of what can be asked.
#pragma once
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/admin/api.hpp"
#include "sluice/admin/deployment.hpp"

namespace sluice::admin {

using Json = nlohmann::ordered_json;

// Sets of roles.
enum Role : std::uint8_t { nobody = 0, admin = 1, viewer = 2, team = 4, anyone = 8 };
constexpr std::uint8_t readers = admin | viewer, everyone = admin | viewer | team;

struct Caller {
  Role role = nobody;
  std::string token;                   // its id: who did it, in the audit log
  std::string team;                    // of Role::team
  std::vector<std::string> accounts;   // of Role::team: what it may bind keys to; empty: all
};

struct Call {
  Deployment& deployment;
  Caller caller;
  std::vector<std::string> ids;        // what stands for the path's {…}, in order
  std::map<std::string, std::string, std::less<>> query;
  Json body = Json::object();

  bool of_team() const { return caller.role == Role::team; }
  std::optional<std::string> asked(std::string_view name) const;   // a filter of the query
};

struct Parameter {
  std::string_view name, type, text;   // type: string, integer, boolean, date-time
};

struct Route {
  http::Verb method;
  std::string_view path;               // "/admin/keys/{id}"
  std::uint8_t roles;                  // who may
  bool changes;                        // what is in force: runs with hold()
  int status;                          // of success
  std::string_view takes, gives;       // names of schemas; empty: no body
  std::span<const Parameter> parameters;
  std::string_view text;
  Result<Json> (*run)(Call&);
};

// One table of each file of src/admin.
std::span<const Route> owner_routes();
std::span<const Route> key_routes();
std::span<const Route> token_routes();
std::span<const Route> override_routes();
std::span<const Route> price_routes();
std::span<const Route> spend_routes();
std::span<const Route> log_routes();
std::span<const Route> target_routes();
std::span<const Route> config_routes();
std::vector<const Route*> all_routes();

// What is answered in error; each says what to do.
Error no_such(std::string_view what, const std::string& id);
Error conflict(std::string name, std::string message);
Error declared_in_configuration(std::string_view what, const std::string& id);
Error bad(std::string message, std::string param = {});

// A page of a list: `?limit=` (1 to 1000, 100 otherwise) and `?after=`, the id that the page before ended with.
inline constexpr Parameter limit_parameter{"limit", "integer", "How many at most: 1 to 1000, otherwise 100."};
inline constexpr Parameter after_parameter{"after", "string", "The id that the page before ended with (`next_after`)."};
Result<std::size_t> limit_of(const Call& call);
Result<std::optional<std::int64_t>> moment_of(const Call& call, std::string_view name);   // Unix seconds
// Of the items only those of the page are shown.
template <class Item, class IdOf, class Show>
Result<Json> page(const Call& call, std::vector<Item> items, IdOf id_of, Show show) {
  const auto limit = limit_of(call);
  if (!limit) return limit.error();
  std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) { return id_of(a) < id_of(b); });
  const auto after = call.asked("after");
  const auto first = after ? std::upper_bound(items.begin(), items.end(), *after, [&](const std::string& id, const Item& item) { return id < id_of(item); })
                           : items.begin();
  const auto last = first + std::min(items.end() - first, static_cast<std::ptrdiff_t>(*limit));
  const bool more = last != items.end();
  Json out{{"object", "list"}, {"data", Json::array()}, {"has_more", more}, {"next_after", more ? Json(id_of(*(last - 1))) : Json()}};
  for (auto item = first; item != last; ++item) {
    Result<Json> json = show(*item);
    if (!json) return json;
    out["data"].push_back(*std::move(json));
  }
  return out;
}
Result<Json> page(const Call& call, std::vector<Json> items);   // by their "id"

// Checks what would be in force, writes the change with its line of the audit log, and puts it in force.
Result<> commit(Call& call, store::Change change, std::string_view action, std::string_view kind, const std::string& id, const Json& before,
                const Json& after);

// The limits of one owner and what has been used of them.
Json standings_of(const Call& call, governance::Level level, std::string_view subject);

// Removes the entity of this kind that the path names.
Result<Json> remove_entity(Call& call, std::string_view kind);

// Overrides and prices of the store that are about it, for people; empty: there are none. `kind` as they name it: "key".
std::string kept_about(Call& call, std::string_view kind, const std::string& id);

// A JSON merge patch (RFC 7396) of settings; what it may not touch: the id.
Result<Json> patched(const Json& settings, const Json& patch);
Json time_or_null(std::int64_t us);    // 0: null
std::string made_id(std::string_view prefix);

}  // namespace sluice::admin
