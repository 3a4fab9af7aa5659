#include "sluice/app/keys_command.hpp"

#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

#include "app/store_access.hpp"
#include "app/key_settings.hpp"
#include "app/table.hpp"
#include "sluice/admin/kept.hpp"
#include "sluice/auth/key_table.hpp"
#include "sluice/base/time.hpp"

namespace sluice::app {
namespace {

constexpr std::string_view usage = R"(usage: sluice keys COMMAND [--config FILE] [--json]

Manages the virtual keys kept in the store. A running gateway takes up every change within a second. Keys that the
configuration gives in full (with `key:`) are changed there.

  create --id NAME [--account A] [--team T] [--models a,b*] [--expires 2027-01-01T00:00:00Z|30d]
         [--budget USD/PERIOD] [--max-requests N/PERIOD] [--max-tokens N/PERIOD] [--max-concurrent N]
         [--tags a,b] [--networks 10.0.0.0/8,…] [--endpoints chat,…] [--settings FILE.json]
                   makes a key and prints it: this once, for only its SHA-256 is kept
  list             all keys, without their texts
  rotate ID [--grace 24h]
                   gives the key another text and prints it; the old text stops working, after the grace (90d at most) where one
                   is given; the one before the old stops at once
  disable ID       refuses the key until it is enabled again
  enable ID
  revoke ID        removes the key for good

--account is needed when the configuration has several. --models are the names the key may ask for, '*' stands for
anything; without it all that the account admits. --budget 500/1M is 500 dollars a month; --max-requests 1000/1d. --settings
takes everything else that the configuration can say of a key, as a JSON object in the configuration's words. --json prints one JSON object (list: an array).

examples:
  KEY=$(sluice keys create --id ci --models 'gpt-4o*' --expires 30d)
  sluice keys list
  sluice keys rotate ci
)";

// How a sub-command ends: text for `out` (with --json its JSON), and a remark for people.
struct Answer { std::string text, remark; nlohmann::ordered_json json; };

Error refused(std::string why) { return Error(Code::bad_request, std::move(why)); }

bool good_id(const std::string& id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '@';
  };
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), fits);
}

template <class List>
auto find_id(const List& list, const std::string& id) {
  return std::find_if(list.begin(), list.end(), [&id](const auto& entry) { return entry.id == id; });
}

template <class List>
std::string ids_of(const List& list) {
  std::string text;
  for (const auto& entry : list) text.append(text.empty() ? "" : ", ").append(entry.id);
  return text.empty() ? "none" : text;
}

std::string state(const store::StoredKey& key, std::int64_t now) {
  if (!key.enabled) return "disabled";
  return key.expires_at && *key.expires_at <= now ? "expired" : "enabled";
}

nlohmann::ordered_json to_json(const store::StoredKey& key) {
  nlohmann::ordered_json json{{"id", key.id}};
  json["hint"] = key.hint;
  json["account"] = key.account.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(key.account);
  json["team"] = key.team.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(key.team);
  json["models"] = key.models;
  json["state"] = state(key, unix_seconds());
  json["expires_at"] =
      key.expires_at ? nlohmann::ordered_json(format_rfc3339(*key.expires_at)) : nlohmann::ordered_json();
  json["created_at"] = format_rfc3339(key.created_at);
  json["from_config"] = key.from_config;
  return json;
}

Answer show_once(const store::StoredKey& key, std::string text, const char* what) {
  auto json = to_json(key);
  json["key"] = text;
  return {std::move(text), "Virtual key \"" + key.id + "\" " + what + ". Keep its text: it is not shown again.\n",
          std::move(json)};
}

// One transaction, with its line in the audit log.
Result<> write(Opened& opened, store::Change change, const char* action, const std::string& id, std::string before, std::string after) {
  change.line = {0, unix_us(), "cli", action, "virtual_key", id, std::move(before), std::move(after)};
  return opened.store->apply(change);
}

std::string text_of(const store::StoredKey& key) { return admin::settings_of(key).dump(); }

Result<store::StoredKey> new_key(const Options& options, const config::Config& declared, const config::Config& config) {
  store::StoredKey key;
  key.created_at = unix_seconds();
  const auto* id = options.value("--id");
  if (id == nullptr || !good_id(*id))
    return refused("--id NAME is needed: letters, digits, '-', '_', '.', '@', up to 128");
  key.id = *id;
  if (find_id(declared.virtual_keys, key.id) != declared.virtual_keys.end())
    return refused("the configuration has a virtual key \"" + key.id + "\" already");
  if (const auto* account = options.value("--account")) key.account = *account;
  if (key.account.empty() && config.accounts.size() != 1)
    return refused("--account A is needed; the configuration has: " + ids_of(config.accounts));
  if (!key.account.empty() && find_id(config.accounts, key.account) == config.accounts.end())
    return refused("there is no account \"" + key.account + "\"; the configuration has: " + ids_of(config.accounts));
  if (const auto* team = options.value("--team")) key.team = *team;
  if (!key.team.empty() && find_id(config.teams, key.team) == config.teams.end())
    return refused("there is no team \"" + key.team + "\"; the configuration has: " + ids_of(config.teams));
  if (const auto* expires = options.value("--expires")) {
    key.expires_at = parse_moment(*expires, key.created_at, +1);
    if (!key.expires_at)
      return refused("--expires \"" + *expires + "\" is neither a time (2027-01-01T00:00:00Z) nor a span (30d)");
    if (*key.expires_at <= key.created_at) return refused("--expires " + *expires + " has passed");
  }
  auto added = add_settings(options, key);
  if (!added) return std::move(added).error();
  return key;
}

Result<Answer> create(const Options& options, Opened& opened) {
  auto whole = admin::extended(opened.config, *opened.store);
  if (!whole) return std::move(whole).error();
  auto key = new_key(options, opened.config, whole->config);
  if (!key) return std::move(key).error();
  auto text = admin::renew(*key, key->created_at, 0);
  store::Change change;
  change.add_keys.push_back(*key);
  if (find_id(whole->config.virtual_keys, key->id) != whole->config.virtual_keys.end())
    return refused("a virtual key \"" + key->id + "\" exists already");
  auto checked = admin::extended_after(opened.config, *opened.store, change);
  if (!checked) return std::move(checked).error();
  auto added = write(opened, std::move(change), "create", key->id, "", text_of(*key));
  if (!added) return std::move(added).error();
  return show_once(*key, std::move(text), "made");
}

Result<Answer> list(const Options&, Opened& opened) {
  auto keys = opened.store->keys();
  if (!keys) return std::move(keys).error();
  Answer answer;
  answer.json = nlohmann::ordered_json::array();
  const auto now = unix_seconds();
  Table table({"ID", "KEY", "STATE", "ACCOUNT", "TEAM", "EXPIRES", "CREATED", "MODELS"});
  for (const auto& key : *keys) {
    answer.json.push_back(to_json(key));
    std::string models;
    for (const auto& model : key.models) models.append(models.empty() ? "" : ",").append(model);
    table.add({key.id, "sk-sl-…" + key.hint, state(key, now), key.account, key.team,
               key.expires_at ? format_rfc3339(*key.expires_at) : "", format_rfc3339(key.created_at).substr(0, 10),
               models});
  }
  answer.text = table.text();
  const auto& configured = opened.config.virtual_keys;
  const auto given =
      std::count_if(configured.begin(), configured.end(), [](const auto& key) { return key.key.has_value(); });
  if (given > 0) answer.remark = std::to_string(given) + " more with a text in the configuration\n";
  return answer;
}

Result<store::StoredKey> stored_key(const Options& options, Opened& opened) {
  if (options.words.size() != 2) return refused("which key? `sluice keys list` shows them");
  const auto& id = options.words[1];
  auto keys = opened.store->keys();
  if (!keys) return std::move(keys).error();
  const auto found = find_id(*keys, id);
  if (found != keys->end()) return *found;
  if (find_id(opened.config.virtual_keys, id) != opened.config.virtual_keys.end())
    return refused("the virtual key \"" + id + "\" is given by the configuration: change it there");
  return Error(Code::not_found, "there is no virtual key \"" + id + "\"; `sluice keys list` shows them");
}

Result<Answer> rotate(const Options& options, Opened& opened) {
  auto key = stored_key(options, opened);
  if (!key) return std::move(key).error();
  std::int64_t grace = 0;
  if (const auto* given = options.value("--grace")) {
    const auto span = parse_span(*given);
    if (!span) return refused("--grace \"" + *given + "\" is no span such as 24h");
    if (*span > admin::longest_grace) return refused("--grace \"" + *given + "\" is longer than 90d");
    grace = *span;
  }
  const std::string before = text_of(*key);
  auto text = admin::renew(*key, unix_seconds(), grace);
  store::Change change;
  change.replace_keys.push_back(*key);
  auto replaced = write(opened, std::move(change), "rotate", key->id, before, before);
  if (!replaced) return std::move(replaced).error();
  const std::string until = grace > 0 ? "has a new text; the old one works until " + format_rfc3339(key->previous_until) : "has a new text; the old one works no more";
  return show_once(*key, std::move(text), until.c_str());
}

// A key whose settings come from the configuration would get them back at the next start.
Result<store::StoredKey> own_key(const Options& options, Opened& opened) {
  auto key = stored_key(options, opened);
  if (key && key->from_config)
    return refused("the settings of \"" + key->id +
                   "\" are in the configuration: change it there (a new text: sluice keys rotate)");
  return key;
}

Result<Answer> revoke(const Options& options, Opened& opened) {
  auto key = own_key(options, opened);
  if (!key) return std::move(key).error();
  store::Change change;
  change.remove_keys.push_back(key->id);
  auto removed = write(opened, std::move(change), "delete", key->id, text_of(*key), "");
  if (!removed) return std::move(removed).error();
  return Answer{"", "Virtual key \"" + key->id + "\" revoked.\n", {{"id", key->id}, {"revoked", true}}};
}

Result<Answer> set_enabled(const Options& options, Opened& opened, bool enabled) {
  auto key = own_key(options, opened);
  if (!key) return std::move(key).error();
  const std::string before = text_of(*key);
  key->enabled = enabled;
  store::Change change;
  change.replace_keys.push_back(*key);
  auto replaced = write(opened, std::move(change), enabled ? "enable" : "disable", key->id, before, text_of(*key));
  if (!replaced) return std::move(replaced).error();
  return Answer{"", "Virtual key \"" + key->id + (enabled ? "\" enabled.\n" : "\" disabled.\n"), to_json(*key)};
}

Result<Answer> enable(const Options& options, Opened& opened) { return set_enabled(options, opened, true); }
Result<Answer> disable(const Options& options, Opened& opened) { return set_enabled(options, opened, false); }

struct Command { std::string_view name; bool takes_id; Result<Answer> (*run)(const Options&, Opened&); };
constexpr Command commands[] = {{"create", false, create}, {"list", false, list},      {"rotate", true, rotate},
                                {"revoke", true, revoke},  {"enable", true, enable},   {"disable", true, disable}};

int complain(std::ostream& err, const std::string& why) {
  err << "sluice keys: " << why << ". `sluice keys --help` tells more.\n";
  return 1;
}

}  // namespace

int keys_command(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  constexpr std::string_view with_value[] = {"--config", "--id", "--account", "--team", "--models", "--expires", "--budget", "--max-requests",
                                             "--max-tokens", "--max-concurrent", "--tags", "--networks", "--endpoints", "--settings", "--grace"};
  constexpr std::string_view flags[] = {"--json"};
  const auto flagged = read_flagged(arguments, with_value, flags);
  const auto& options = flagged.options;
  if (options.help) {
    out << usage;
    return 0;
  }
  if (options.problem) return complain(err, *options.problem);
  if (options.words.empty()) return complain(err, "what to do? create, list, rotate, revoke, enable or disable");
  const auto& name = options.words[0];
  const auto command =
      std::find_if(std::begin(commands), std::end(commands), [&](const Command& c) { return c.name == name; });
  if (command == std::end(commands)) return complain(err, "unknown command '" + name + "'");
  if (options.words.size() > (command->takes_id ? 2u : 1u)) return complain(err, "too many arguments");

  auto opened = open_store(options, false);
  if (const auto* refusal = std::get_if<Refusal>(&opened)) {
    err << refusal->text;
    return refusal->exit_code;
  }
  auto answer = command->run(options, std::get<Opened>(opened));
  if (!answer) {
    err << "sluice keys: " << answer.error().message() << "\n";
    return answer.error().code() == Code::internal ? 2 : 1;
  }
  if (flagged.has("--json")) out << answer->json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  else if (!answer->text.empty()) out << answer->text << (answer->text.ends_with('\n') ? "" : "\n");
  err << answer->remark;
  out.flush();
  return out ? 0 : 2;
}

}  // namespace sluice::app
