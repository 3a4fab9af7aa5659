// customers:, teams:, tags: and virtual_keys:
#include <algorithm>
#include <set>

#include "config/drafts.hpp"
#include "config/scalars.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::config {
namespace {

// Shorter keys could be guessed; those made by the gateway have 256 bits.
constexpr std::size_t least_key_length = 16;

constexpr std::string_view id_type = "letters, digits and . _ -";

constexpr Field<Customer> customer_fields[] = {
    {{"id", Shape::scalar, id_type, "", "What teams refer to it by.", true},
     [](const Value& v, Customer& out) { read_identifier(v, out.id); }},
    budget_field<Customer>,
    budgets_field<Customer>,
    rate_limit_field<Customer>,
    rate_limits_field<Customer>,
};

constexpr Field<Team> team_fields[] = {
    {{"id", Shape::scalar, id_type, "", "What virtual keys refer to it by.", true},
     [](const Value& v, Team& out) { read_identifier(v, out.id); }},
    {{"customer", Shape::scalar, "the id of a customer", "none", "Whose team it is."},
     [](const Value& v, Team& out) { read_identifier(v, out.customer); }},
    budget_field<Team>,
    budgets_field<Team>,
    rate_limit_field<Team>,
    rate_limits_field<Team>,
};

constexpr Field<Tag> tag_fields[] = {
    {{"id", Shape::scalar, id_type, "", "The tag, as keys have it and requests name it in `x-sluice-tags`.", true},
     [](const Value& v, Tag& out) { read_identifier(v, out.id); }},
    budget_field<Tag>,
    budgets_field<Tag>,
    rate_limit_field<Tag>,
    rate_limits_field<Tag>,
};

constexpr Field<KeyProvider> key_provider_fields[] = {
    {{"provider", Shape::scalar, "the id of a provider", "", "Which of the account's providers.", true},
     [](const Value& v, KeyProvider& out) { read_identifier(v, out.provider); }},
    budget_field<KeyProvider>,
    budgets_field<KeyProvider>,
    rate_limit_field<KeyProvider>,
    rate_limits_field<KeyProvider>,
};

void read_providers(const Value& v, std::vector<KeyProvider>& out) {
  std::set<std::string> seen;
  for (const Value& item : v.items()) {
    KeyProvider& at = out.emplace_back();
    read_limited<KeyProvider>(item, key_provider_fields, at);
    if (!at.provider.empty() && !seen.insert(at.provider).second) item.findings.problem(item.path + ".provider", "stands in the list twice");
    if (at.unlimited() && !item.findings.broken(item.path)) item.refuse_unshown("needs a budget or a rate limit");
  }
}

constexpr Field<Queue> queue_fields[] = {
    {{"max_wait", Shape::scalar, "a duration", "", "How long a request may wait.", true},
     [](const Value& v, Queue& out) { read_duration(v, out.max_wait); }},
    {{"max_length", Shape::scalar, "a whole number", "100", "How many may wait at once; those beyond are refused."},
     [](const Value& v, Queue& out) { read_count(v, 1, 100'000, out.max_length); }},
};

void read_endpoints(const Value& v, std::vector<std::string>& out) {
  constexpr auto last = static_cast<std::uint8_t>(llm::Operation::stored_response);
  for (const Value& item : v.items()) {
    std::string name, all;
    bool known = false;
    read_text(item, name);
    for (std::uint8_t i = 0; i <= last; ++i) {
      const std::string_view operation = llm::to_string(static_cast<llm::Operation>(i));
      known = known || operation == name;
      all.append(i == 0 ? "" : i == last ? " or " : ", ").append(operation);
    }
    if (known) out.push_back(std::move(name));
    else if (!name.empty()) item.refuse("must be " + all);
  }
}

void read_networks(const Value& v, std::vector<Network>& out) {
  for (const Value& item : v.items()) read_any(item, parse_network, out.emplace_back());
}

void read_tags(const Value& v, std::vector<std::string>& out) {
  for (const Value& item : v.items()) read_identifier(item, out.emplace_back());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

constexpr Field<VirtualKey> virtual_key_fields[] = {
    {{"id", Shape::scalar, "letters, digits and . _ - @", "", "Its name in logs and commands; no secret.", true},
     [](const Value& v, VirtualKey& out) { read_identifier(v, out.id, key_id_characters); }},
    {{"key", Shape::scalar, "text of at least 16 characters", "made at first start and shown once",
      "The secret a caller presents; usually `env.NAME` or `file:PATH`.", false, true, true},
     [](const Value& v, VirtualKey& out) { read_secret(v, least_key_length, out.key.emplace()); }},
    {{"account", Shape::scalar, "the id of an account", "the only account", "What it may use."},
     [](const Value& v, VirtualKey& out) { read_identifier(v, out.account); }},
    {{"team", Shape::scalar, "the id of a team", "none", "Who owns it."},
     [](const Value& v, VirtualKey& out) { read_identifier(v, out.team); }},
    {{"enabled", Shape::scalar, "true or false", "true", "false: requests with it are answered 403."},
     [](const Value& v, VirtualKey& out) { read_plain(v, parse_bool, out.enabled); }},
    {Key{"models", Shape::list, "a list of model patterns", "all the account admits", "The models it may ask for."}.restricting("to admit all of the account"),
     [](const Value& v, VirtualKey& out) { read_patterns(v, out.models); }},
    {Key{"endpoints", Shape::list, "a list of operations", "all", "What it may be used for: `chat`, `embeddings`, `rerank` …"}.restricting("to allow all"),
     [](const Value& v, VirtualKey& out) { read_endpoints(v, out.endpoints); }},
    {Key{"networks", Shape::list, "a list of networks such as 10.0.0.0/8", "anywhere", "Where its callers may be, by the address that connects."}.restricting("to allow all"),
     [](const Value& v, VirtualKey& out) { read_networks(v, out.networks); }},
    {{"tags", Shape::list, "a list of tags", "none", "Written with each of its requests; budgets may be set on a tag."},
     [](const Value& v, VirtualKey& out) { read_tags(v, out.tags); }},
    {{"expires_at", Shape::scalar, "a time such as 2027-01-01T00:00:00Z", "never", "When it stops working."},
     [](const Value& v, VirtualKey& out) { read_any(v, parse_time, out.expires_at); }},
    budget_field<VirtualKey>,
    budgets_field<VirtualKey>,
    rate_limit_field<VirtualKey>,
    rate_limits_field<VirtualKey>,
    {Key{"providers", Shape::list, "a list of providers with limits", "none", "What it may spend at single providers."}.restricting("to set no limit"),
     [](const Value& v, VirtualKey& out) { read_providers(v, out.providers); }},
    {{"queue", Shape::map, "a queue", "none: over a rate limit is 429 at once", "Lets requests over one of its rate limits wait for their turn."},
     [](const Value& v, VirtualKey& out) {
       out.queue.max_length = 100;
       read_fields<Queue>(v, queue_fields, out.queue);
     }},
};

}  // namespace

void read_customer(const Value& value, Customer& out) { read_limited<Customer>(value, customer_fields, out); }
void read_team(const Value& value, Team& out) { read_limited<Team>(value, team_fields, out); }
void read_tag(const Value& value, Tag& out) { read_limited<Tag>(value, tag_fields, out); }
void read_virtual_key(const Value& value, VirtualKey& out) { read_limited<VirtualKey>(value, virtual_key_fields, out); }

void describe_owners(std::vector<Section>& out) {
  out.push_back(describe<Customer>("customers[]", "Who owns teams.", customer_fields));
  out.push_back(describe<Team>("teams[]", "Who owns virtual keys.", team_fields));
  out.push_back(describe<Tag>("tags[]", "Limits of what is tagged so, whoever asks.", tag_fields));
  out.push_back(describe<VirtualKey>(
      "virtual_keys[]", "Who may call. Without any, only callers on this machine are served.", virtual_key_fields));
  out.push_back(describe<KeyProvider>("virtual_keys[].providers[]", "", key_provider_fields));
  out.push_back(describe<Queue>("virtual_keys[].queue", "", queue_fields));
}

}  // namespace sluice::config
