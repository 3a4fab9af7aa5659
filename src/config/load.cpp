// The top of the file, and the order in which a load is done: tree, keys, environment, what concerns several values.
#include "sluice/config/load.hpp"

#include <utility>

#include "config/drafts.hpp"
#include "config/secrets.hpp"
#include "config/tree.hpp"
#include "config/written.hpp"

namespace sluice::config {
namespace {

template <class T>
void read_each(const Value& list, void (*read)(const Value&, T&), std::vector<T>& out) {
  for (const Value& item : list.items()) read(item, out.emplace_back());
}

constexpr Field<Draft> root_fields[] = {
    {{"server", Shape::map, "server settings", "see below", "The listener."},
     [](const Value& v, Draft& out) { read_server(v, out.config.server); }},
    {{"store", Shape::map, "store settings", "see below", "Where the request log, spend and made keys are kept."},
     [](const Value& v, Draft& out) { read_store(v, out.store); }},
    {{"providers", Shape::list, "a list of providers", "none", "Shared providers."},
     [](const Value& v, Draft& out) {
       std::vector<ProviderDraft> shared;
       read_each(v, read_provider, shared);
       out.providers.insert(out.providers.begin(), std::make_move_iterator(shared.begin()),
                            std::make_move_iterator(shared.end()));
     }},
    {{"accounts", Shape::list, "a list of accounts", "none: no model can be asked for", "Sets of weighted targets."},
     [](const Value& v, Draft& out) {
       for (const Value& item : v.items()) {
         AccountDraft account;
         read_account(item, account);
         out.config.accounts.push_back(std::move(account.account));
         for (auto& provider : account.inline_providers) out.providers.push_back(std::move(provider));
       }
     }},
    {{"customers", Shape::list, "a list of customers", "none", "Who owns teams."},
     [](const Value& v, Draft& out) { read_each(v, read_customer, out.config.customers); }},
    {{"teams", Shape::list, "a list of teams", "none", "Who owns virtual keys."},
     [](const Value& v, Draft& out) { read_each(v, read_team, out.config.teams); }},
    {{"tags", Shape::list, "a list of tags", "none", "Limits of what is tagged so."},
     [](const Value& v, Draft& out) { read_each(v, read_tag, out.config.tags); }},
    {{"virtual_keys", Shape::list, "a list of virtual keys", "none: only callers on this machine are served",
      "Who may call."},
     [](const Value& v, Draft& out) { read_each(v, read_virtual_key, out.config.virtual_keys); }},
    {{"cache", Shape::map, "cache settings", "off", "Using answers again."},
     [](const Value& v, Draft&) { read_cache(v); }},
    {{"logging", Shape::map, "logging settings", "see below", "The request log and the program's own messages."},
     [](const Value& v, Draft& out) { read_logging(v, out.config.logging); }},
    {{"pricing", Shape::map, "pricing settings", "see below", "What requests cost."},
     [](const Value& v, Draft& out) { read_pricing(v, out.config.pricing); }},
    {{"webhooks", Shape::list, "a list of webhooks", "none", "Where notices of budgets and targets are sent."},
     [](const Value& v, Draft& out) { read_each(v, read_webhook, out.config.webhooks); }},
};

std::filesystem::path directory_of(const std::string& file_name) {
  const auto directory = std::filesystem::path(file_name).parent_path();
  return directory.empty() ? std::filesystem::path(".") : directory;
}

// What the gateway itself asks goes by the environment's proxy as providers do.
void finish_own_urls(Config& config, Findings& findings) {
  if (!config.pricing.url.empty()) config.pricing.proxy = environment_proxy(config.pricing.url, "pricing.url", findings);
  for (std::size_t i = 0; i < config.webhooks.size(); ++i) {
    Webhook& hook = config.webhooks[i];
    if (!hook.url.empty()) hook.proxy = environment_proxy(hook.url, "webhooks[" + std::to_string(i) + "].url", findings);
  }
}

}  // namespace

std::vector<Section> root_sections() {
  std::vector<Section> out{describe<Draft>("", "The whole file.", root_fields)};
  describe_server(out);
  describe_store(out);
  describe_providers(out);
  describe_accounts(out);
  describe_owners(out);
  describe_limits(out);
  describe_rest(out);
  describe_webhooks(out);
  return out;
}

LoadResult load(std::string_view yaml, const std::string& file_name, const Environment& environment) {
  const Tree tree = parse_tree(yaml);
  if (!tree.root) return std::vector<Problem>{{file_name, tree.mark.line, tree.mark.column, "", tree.message}};

  Findings findings(file_name, directory_of(file_name), environment);
  Draft draft;
  constexpr Key whole{"", Shape::map, "a mapping", "", ""};
  findings.place("", tree.root->mark);
  const Value root{findings, *tree.root, "", whole};
  if (tree.root->kind != Node::Kind::null) read_fields<Draft>(root, root_fields, draft);

  for (auto& provider : draft.providers) finish_provider(provider, findings);
  finish_own_urls(draft.config, findings);
  validate(draft, findings);

  auto problems = findings.take_problems();
  if (!problems.empty()) return problems;
  draft.config.written = written_json(*tree.root, findings);
  draft.config.store = std::move(draft.store.store);
  for (auto& key : draft.config.virtual_keys)
    if (key.account.empty()) key.account = draft.config.accounts.front().id;  // validated: it is the only one
  for (auto& provider : draft.providers) draft.config.providers.push_back(std::move(provider.provider));
  return Loaded{std::move(draft.config), findings.take_warnings(), findings.take_files()};
}

LoadResult load_file(const std::filesystem::path& path, const Environment& environment) {
  const auto yaml = read_whole_file(path, max_file_size);
  if (!yaml) return std::vector<Problem>{{path.string(), 0, 0, "", yaml.error().message()}};
  return load(*yaml, path.string(), environment);
}

}  // namespace sluice::config
