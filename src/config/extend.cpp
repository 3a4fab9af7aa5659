#include "sluice/config/extend.hpp"

#include <algorithm>
#include <map>

#include "config/drafts.hpp"
#include "config/json_tree.hpp"

namespace sluice::config {
namespace {

// How the kinds are called by people, and where the YAML has them.
struct Kind { std::string_view name, words, list; };
constexpr Kind kinds[] = {{"customer", "customer", "customers"}, {"team", "team", "teams"},
                          {"tag", "tag", "tags"},                {"virtual_key", "virtual key", "virtual_keys"},
                          {"override", "override", ""},          {"price", "price", ""}};

std::string entry_name(const Stored& stored) {
  const auto* kind = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind& k) { return k.name == stored.kind; });
  return std::string(kind == std::end(kinds) ? std::string_view(stored.kind) : kind->words) + " `" + stored.id + "`";
}

class Extension final {
 public:
  explicit Extension(const Config& declared) : x_findings("configuration", ".", x_nothing) { x_draft.config = declared; }

  void add(const Stored& stored) {
    if (stored.kind == "customer") add_owner(stored, "customers", read_customer, x_draft.config.customers);
    else if (stored.kind == "team") add_owner(stored, "teams", read_team, x_draft.config.teams);
    else if (stored.kind == "tag") add_owner(stored, "tags", read_tag, x_draft.config.tags);
    else if (stored.kind == "virtual_key") add_owner(stored, "virtual_keys", read_virtual_key, x_draft.config.virtual_keys);
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
  // The entry's tree, read by `read` at `path`; false: there is none.
  template <class Read>
  void read_at(const Stored& stored, const std::string& path, Read read) {
    const Tree tree = parse_json_tree(stored.settings);
    x_names[path] = entry_name(stored);
    if (!tree.root || tree.root->kind != Node::Kind::map) {
      x_problems.push_back({entry_name(stored), 0, 0, "", tree.root ? "must be a JSON object" : tree.message});
      return;
    }
    static constexpr Key whole{"", Shape::map, "a mapping", "", ""};
    x_findings.place(path, tree.root->mark);
    read(Value{x_findings, *tree.root, path, whole});
  }

  template <class Owner>
  void add_owner(const Stored& stored, const std::string& list, void (*read)(const Value&, Owner&), std::vector<Owner>& owners) {
    const auto same = [&](const Owner& owner) { return owner.id == stored.id; };
    const auto declared = std::find_if(owners.begin(), owners.end(), same);
    if (declared != owners.end()) {
      const std::string place = list + "[" + std::to_string(declared - owners.begin()) + "]";
      x_problems.push_back({"configuration", 0, 0, place + ".id",
                            "the " + entry_name(stored) + " is declared here and is kept in the store, too (made with the admin API or "
                            "`sluice keys`): an id lives in one place, so remove one of them"});
      return;
    }
    const std::string path = list + "[" + std::to_string(owners.size()) + "]";
    Owner& owner = owners.emplace_back();
    read_at(stored, path, [&](const Value& value) { read(value, owner); });
    owner.id = stored.id;
  }

  void add_price(const Stored& stored) {
    PriceOverride price;
    read_at(stored, "price " + stored.id, [&](const Value& value) { read_price_override(value, price); });
    price.stored_id = stored.id;
    x_prices.push_back(std::move(price));
  }

  void add_override(const Stored& stored) {
    OverrideDraft& draft = x_overrides.emplace_back(entry_name(stored), OverrideDraft{}).second;
    read_at(stored, "override " + stored.id, [&](const Value& value) { read_override(value, draft); });
  }

  // "teams[3].customer" as the entry that it is about and what is left of the path.
  Problem placed(Problem problem) const {
    problem.line = problem.column = 0;
    for (const auto& [path, name] : x_names) {
      if (!problem.path.starts_with(path)) continue;
      std::string_view rest = std::string_view(problem.path).substr(path.size());
      if (!rest.empty() && rest.front() != '.') continue;
      problem.file = name;
      problem.path = std::string(rest.substr(rest.empty() ? 0 : 1));
      break;
    }
    return problem;
  }

  const Environment x_nothing = [](const std::string&) { return std::optional<std::string>(); };
  Findings x_findings;
  Draft x_draft;
  std::vector<PriceOverride> x_prices;
  std::vector<std::pair<std::string, OverrideDraft>> x_overrides;
  std::vector<Problem> x_problems;
  std::map<std::string, std::string> x_names;   // by path
};

}  // namespace

std::variant<Extended, std::vector<Problem>> extend(const Config& declared, std::span<const Stored> stored) {
  Extension extension(declared);
  for (const Stored& one : stored) extension.add(one);
  return extension.finish();
}

}  // namespace sluice::config
