#include "sluice/config/extend.hpp"

#include <algorithm>
#include <unordered_map>

#include "config/drafts.hpp"
#include "config/json_tree.hpp"

namespace sluice::config {
namespace {

// How the kinds are called by people, and where the YAML has them.
struct Kind { std::string_view name, words, list; };
constexpr Kind kinds[] = {{"customer", "customer", "customers"}, {"team", "team", "teams"},
                          {"tag", "tag", "tags"},                {"virtual_key", "virtual key", "virtual_keys"},
                          {"override", "override", ""},          {"price", "price", ""}};

std::string named(std::string_view words, const std::string& id) { return std::string(words) + " `" + id + "`"; }

std::string entry_name(const Stored& stored) {
  const auto* kind = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& k) { return k.name == stored.kind; });
  return named(kind == std::end(kinds) ? std::string_view(stored.kind) : kind->words, stored.id);
}

std::shared_ptr<const Node> with_id(const Node& settings, const std::string& id) {
  const auto is_id = [](const Node::Entry& entry) { return entry.key == "id"; };
  auto whole = std::make_shared<Node>(settings);
  if (std::any_of(whole->entries.begin(), whole->entries.end(), is_id)) return whole;
  auto text = std::make_shared<Node>();
  text->kind = Node::Kind::scalar;
  text->quoted = text->literal = true;
  text->text = id;
  whole->entries.push_back({"id", settings.mark, std::move(text)});
  return whole;
}

class Extension final {
 public:
  explicit Extension(const Config& declared) : x_findings("configuration", ".", x_nothing) {
    x_draft.config = declared;
    note_declared("customer", "customers", declared.customers);
    note_declared("team", "teams", declared.teams);
    note_declared("tag", "tags", declared.tags);
    note_declared("virtual key", "virtual_keys", declared.virtual_keys);
  }

  void add(const Stored& stored) {
    if (stored.kind == "customer") add_owner(stored, "customers", x_draft.config.customers, read_customer);
    else if (stored.kind == "team") add_owner(stored, "teams", x_draft.config.teams, read_team);
    else if (stored.kind == "tag") add_owner(stored, "tags", x_draft.config.tags, read_tag);
    else if (stored.kind == "virtual_key") add_key(stored);
    else if (stored.kind == "price") add_price(stored);
    else if (stored.kind == "override") add_override(stored);
    else x_problems.push_back({entry_name(stored), 0, 0, "", "is of a kind that this version does not know"});
  }

  std::variant<Extended, std::vector<Problem>> finish() {
    auto& config = x_draft.config;
    std::reverse(x_prices.begin(), x_prices.end());   // the newest first
    for (std::size_t i = 0; i < x_prices.size(); ++i)
      x_names["pricing.overrides[" + std::to_string(i) + "]"] = entry_name({"price", x_prices[i].stored_id, {}});
    config.pricing.overrides.insert(config.pricing.overrides.begin(), x_prices.begin(), x_prices.end());
    for (const Provider& provider : config.providers) {
      ProviderDraft draft;
      draft.provider.id = provider.id;
      x_draft.providers.push_back(std::move(draft));
    }
    validate(x_draft, x_findings);
    for (Problem& problem : x_findings.take_problems()) x_problems.push_back(placed(std::move(problem)));
    if (!x_problems.empty()) return std::move(x_problems);
    for (auto& key : config.virtual_keys)
      if (key.account.empty()) key.account = config.accounts.front().id;   // validated: it is the only one
    std::vector<Problem> warnings;
    for (const auto& [name, draft] : x_overrides)
      if (apply_override(config, draft) == 0)
        warnings.push_back({name, 0, 0, "", "there is no such budget of " + draft.level + " `" + draft.subject + "`, so it does nothing"});
    return Extended{std::move(config), std::move(warnings)};
  }

 private:
  // Reads the entry by itself: what is wrong with it is said with paths from its own top.
  template <class T>
  bool read_entry(const Stored& stored, void (*read)(const Value&, T&), T& out) {
    Tree tree = parse_json_tree(stored.settings);
    if (!tree.root || tree.root->kind != Node::Kind::map) {
      x_problems.push_back({entry_name(stored), 0, 0, "", tree.root ? "must be a JSON object" : tree.message});
      return false;
    }
    if (stored.kind == "virtual_key") tree.root = with_id(*tree.root, stored.id);
    static constexpr Key whole{"", Shape::map, "a mapping", "", ""};
    Findings findings(entry_name(stored), ".", x_nothing);
    findings.place("", tree.root->mark);
    read(Value{findings, *tree.root, "", whole}, out);
    const auto problems = findings.take_problems();
    for (const Problem& problem : problems) x_problems.push_back({problem.file, 0, 0, problem.path, problem.message});
    return problems.empty();
  }

  template <class Owner>
  void note_declared(std::string_view words, const std::string& list, const std::vector<Owner>& owners) {
    for (std::size_t i = 0; i < owners.size(); ++i) x_declared.emplace(named(words, owners[i].id), list + "[" + std::to_string(i) + "]");
  }

  // A new one at the end of the list; nullptr: the YAML has it.
  template <class Owner>
  Owner* place_for(const Stored& stored, const std::string& list, std::vector<Owner>& owners) {
    const auto declared = x_declared.find(entry_name(stored));
    if (declared != x_declared.end()) {
      x_problems.push_back({"configuration", 0, 0, declared->second + ".id",
                            "the " + entry_name(stored) + " is declared here and is kept in the store, too (made with the admin API or "
                            "`sluice keys`): an id lives in one place, so remove one of them"});
      return nullptr;
    }
    x_names.emplace(list + "[" + std::to_string(owners.size()) + "]", entry_name(stored));
    return &owners.emplace_back();
  }

  template <class Owner>
  void add_owner(const Stored& stored, const std::string& list, std::vector<Owner>& owners, void (*read)(const Value&, Owner&)) {
    Owner* const owner = place_for(stored, list, owners);
    if (owner == nullptr) return;
    if (!read_entry(stored, read, *owner)) x_findings.note_broken(list + "[" + std::to_string(owners.size() - 1) + "]");
    owner->id = stored.id;
  }

  // Most keys differ from another in nothing but their id; then it is copied, which is many times as quick as reading.
  void add_key(const Stored& stored) {
    auto& keys = x_draft.config.virtual_keys;
    const auto same = x_keys_read.find(stored.settings);
    if (same == x_keys_read.end() || !is_identifier(stored.id, key_id_characters)) {
      const std::size_t index = keys.size();
      add_owner(stored, "virtual_keys", keys, read_virtual_key);
      const bool well = keys.size() > index && !x_findings.broken("virtual_keys");   // neither declared already nor misread
      if (well) x_keys_read.try_emplace(stored.settings, index);
      return;
    }
    VirtualKey* const key = place_for(stored, "virtual_keys", keys);
    if (key == nullptr) return;
    *key = keys[same->second];
    key->id = stored.id;
  }

  void add_price(const Stored& stored) {
    PriceOverride price;
    read_entry(stored, read_price_override, price);
    price.stored_id = stored.id;
    x_prices.push_back(std::move(price));
  }

  void add_override(const Stored& stored) {
    OverrideDraft& draft = x_overrides.emplace_back(entry_name(stored), OverrideDraft{}).second;
    read_entry(stored, read_override, draft);
  }

  // "teams[3].customer" as the entry that it is about and what is left of the path.
  Problem placed(Problem problem) const {
    problem.line = problem.column = 0;
    const std::size_t end = problem.path.find(']');
    const auto entry = x_names.find(problem.path.substr(0, end == problem.path.npos ? end : end + 1));
    if (entry == x_names.end()) return problem;
    problem.file = entry->second;
    problem.path.erase(0, end + 1);
    if (problem.path.starts_with('.')) problem.path.erase(0, 1);
    return problem;
  }

  const Environment x_nothing = [](const std::string&) { return std::optional<std::string>(); };
  Findings x_findings;
  Draft x_draft;
  std::vector<PriceOverride> x_prices;
  std::vector<std::pair<std::string, OverrideDraft>> x_overrides;
  std::vector<Problem> x_problems;
  std::unordered_map<std::string, std::string> x_names;      // of entries, by path: "teams[3]"
  std::unordered_map<std::string_view, std::size_t> x_keys_read;   // by their settings, which whoever called has; none of them broken
  std::unordered_map<std::string, std::string> x_declared;   // where the YAML has "team `ml`"
};

}  // namespace

std::variant<Extended, std::vector<Problem>> extend(const Config& declared, std::span<const Stored> stored) {
  Extension extension(declared);
  for (const Stored& one : stored) extension.add(one);
  return extension.finish();
}

}  // namespace sluice::config
