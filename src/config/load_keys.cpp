// customers:, teams: and virtual_keys:
#include "config/drafts.hpp"
#include "config/scalars.hpp"

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

constexpr Field<VirtualKey> virtual_key_fields[] = {
    {{"id", Shape::scalar, id_type, "", "Its name in logs and commands; no secret.", true},
     [](const Value& v, VirtualKey& out) { read_identifier(v, out.id); }},
    {{"key", Shape::scalar, "text of at least 16 characters", "made at first start and shown once",
      "The secret a caller presents; usually `env.NAME` or `file:PATH`.", false, true, true},
     [](const Value& v, VirtualKey& out) { read_secret(v, least_key_length, out.key.emplace()); }},
    {{"account", Shape::scalar, "the id of an account", "the only account", "What it may use."},
     [](const Value& v, VirtualKey& out) { read_identifier(v, out.account); }},
    {{"team", Shape::scalar, "the id of a team", "none", "Who owns it."},
     [](const Value& v, VirtualKey& out) { read_identifier(v, out.team); }},
    {{"enabled", Shape::scalar, "true or false", "true", "false: requests with it are answered 403."},
     [](const Value& v, VirtualKey& out) { read_plain(v, parse_bool, out.enabled); }},
    {{"models", Shape::list, "a list of model patterns", "all the account admits", "The models it may ask for."},
     [](const Value& v, VirtualKey& out) { read_patterns(v, out.models); }},
    {{"expires_at", Shape::scalar, "a time such as 2027-01-01T00:00:00Z", "never", "When it stops working."},
     [](const Value& v, VirtualKey& out) { read_any(v, parse_time, out.expires_at); }},
    budget_field<VirtualKey>,
    budgets_field<VirtualKey>,
    rate_limit_field<VirtualKey>,
    rate_limits_field<VirtualKey>,
};

}  // namespace

void read_customer(const Value& value, Customer& out) { read_fields<Customer>(value, customer_fields, out); }
void read_team(const Value& value, Team& out) { read_fields<Team>(value, team_fields, out); }
void read_virtual_key(const Value& value, VirtualKey& out) { read_fields<VirtualKey>(value, virtual_key_fields, out); }

void describe_owners(std::vector<Section>& out) {
  out.push_back(describe<Customer>("customers[]", "Who owns teams.", customer_fields));
  out.push_back(describe<Team>("teams[]", "Who owns virtual keys.", team_fields));
  out.push_back(describe<VirtualKey>(
      "virtual_keys[]", "Who may call. Without any, only callers on this machine are served.", virtual_key_fields));
}

}  // namespace sluice::config
