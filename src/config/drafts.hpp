// The configuration between being read and being whole: what was written, with what is still to be resolved.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "config/reading.hpp"
#include "sluice/config/config.hpp"

namespace sluice::config {

// What is written of a cloud's authority; Provider::access is made of it and of the environment.
struct CloudDraft {
  Secret credentials;
  AwsAccess aws;
  EntraAccess entra;
  bool credentials_given = false, aws_given = false, entra_given = false;
};

struct ProviderDraft {
  Provider provider;
  std::string path;  // where it is written
  std::optional<Secret> api_key;
  bool keys_given = false, base_url_given = false, proxy_given = false, simulation_given = false;
  CloudDraft cloud;
};

struct AccountDraft {
  Account account;
  std::vector<ProviderDraft> inline_providers;
};

struct StoreDraft {
  Store store;
  bool postgres = false, path_given = false, url_given = false;
};

struct RaiseDraft {
  Raise raise;
  std::optional<std::int64_t> periods;
};

// A raise that stands apart from its budget, which it names.
struct OverrideDraft {
  std::string level, subject, provider;
  std::optional<Period> reset;                      // absent: whatever it is
  std::optional<std::vector<std::string>> models;
  RaiseDraft raise;
};

struct Draft {
  Config config;
  std::vector<ProviderDraft> providers;  // shared ones first, as in the file
  StoreDraft store;
};

inline constexpr std::string_view key_id_characters = "@";   // besides an identifier's

// One reader and one list of keys for each section of the file.
void read_server(const Value&, Server&);
void read_store(const Value&, StoreDraft&);
void read_provider(const Value&, ProviderDraft&);
void read_account(const Value&, AccountDraft&);
void read_customer(const Value&, Customer&);
void read_team(const Value&, Team&);
void read_tag(const Value&, Tag&);
void read_virtual_key(const Value&, VirtualKey&);
void read_cache(const Value&);
void read_logging(const Value&, Logging&);
void read_pricing(const Value&, Pricing&);
void read_webhook(const Value&, Webhook&);
void read_own_url(const Value&, std::string&);   // that the gateway asks of itself; a query is allowed

// The keys of an inline provider: all of a shared one's but its id.
std::span<const Field<ProviderDraft>> provider_settings();

// load_cloud.cpp: what a provider on a cloud platform says besides.
void read_region(const Value&, std::string&);
void read_cloud_credentials(const Value&, CloudDraft&);
void read_aws(const Value&, CloudDraft&);
void read_entra(const Value&, CloudDraft&);
void describe_cloud(std::vector<Section>&);
void read_url(const Value&, std::string&);   // as base_url
// load_quirks.cpp: what a user says of a service that speaks OpenAI's dialect.
void read_quirks(const Value&, presets::QuirkRules&);
void read_auth_header(const Value&, std::string&);
void read_operations(const Value&, std::optional<presets::Offer>&);
void describe_quirks(std::vector<Section>&);

void read_price_override(const Value&, PriceOverride&);
void read_override(const Value&, OverrideDraft&);
std::size_t apply_override(Config&, const OverrideDraft&);   // how many budgets it raises
void describe_override(std::vector<Section>&);
// Checks what was read at that value and adds it.
void finish_raise(const Value&, const RaiseDraft&, std::vector<Raise>&);

void read_budget(const Value&, Budget&);
void read_rate_limit(const Value&, RateLimit&);

void check_limit_forms(const Value&);   // not both `budget` and `budgets`
template <class T>
void read_limited(const Value& value, std::span<const Field<T>> fields, T& out) {
  read_fields(value, fields, out);
  check_limit_forms(value);
}

inline constexpr std::string_view unlimited_instead = "to set no limit";

// Key tables for things with an owner's limits: budget, budgets, rate_limit, rate_limits.
template <class T>
struct LimitFields {
  static void one_budget(const Value& value, T& out) { read_budget(value, out.budgets.emplace_back()); }
  static void budgets(const Value& value, T& out) {
    for (const Value& item : value.items()) read_budget(item, out.budgets.emplace_back());
  }
  static void one_rate_limit(const Value& value, T& out) { read_rate_limit(value, out.rate_limits.emplace_back()); }
  static void rate_limits(const Value& value, T& out) {
    for (const Value& item : value.items()) read_rate_limit(item, out.rate_limits.emplace_back());
  }
};
template <class T>
inline constexpr Field<T> budget_field{
    Key{"budget", Shape::map, "a budget", "none", "How much may be spent in each period."}.restricting(unlimited_instead),
    &LimitFields<T>::one_budget};
template <class T>
inline constexpr Field<T> budgets_field{
    Key{"budgets", Shape::list, "a list of budgets", "none", "Several budgets; all must hold."}.restricting(unlimited_instead),
    &LimitFields<T>::budgets};
template <class T>
inline constexpr Field<T> rate_limit_field{
    Key{"rate_limit", Shape::map, "a rate limit", "none", "How much may be asked for in each period."}.restricting(unlimited_instead),
    &LimitFields<T>::one_rate_limit};
template <class T>
inline constexpr Field<T> rate_limits_field{
    Key{"rate_limits", Shape::list, "a list of rate limits", "none", "Several rate limits; all must hold."}.restricting(unlimited_instead),
    &LimitFields<T>::rate_limits};

// What the reference prints, in the order of the file.
std::vector<Section> root_sections();
void describe_server(std::vector<Section>&);
void describe_store(std::vector<Section>&);
void describe_providers(std::vector<Section>&);
void describe_accounts(std::vector<Section>&);
void describe_limits(std::vector<Section>&);
void describe_owners(std::vector<Section>&);
void describe_rest(std::vector<Section>&);
void describe_webhooks(std::vector<Section>&);

// Fills in what the environment says: addresses, keys, proxies. Problems and warnings go to the findings.
void finish_provider(ProviderDraft&, Findings&);
// Empty: none. `hint` follows the problem that a variable is no proxy.
std::string environment_proxy(const std::string& url, const std::string& path, Findings&, std::string_view hint = {});

// Everything that concerns more than one value.
void validate(const Draft&, Findings&);

}  // namespace sluice::config
