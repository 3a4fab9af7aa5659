// accounts:
#include <algorithm>
#include <array>

#include "config/drafts.hpp"
#include "config/scalars.hpp"

namespace sluice::config {
namespace {

struct TargetDraft : Target {
  ProviderDraft own;                   // what of a provider is written in the target itself
  std::vector<std::string> own_paths;  // where
};

constexpr Field<TargetDraft> target_fields[] = {
    {{"id", Shape::scalar, "letters, digits and . _ -", "", "What callers may pick it by: `<target id>/<model>`.",
      true},
     [](const Value& v, TargetDraft& out) { read_identifier(v, out.id); }},
    {{"provider", Shape::scalar, "the id of a provider", "none: the provider is written here",
      "A shared provider. Without it every key of `providers[]` may stand here, `type` must."},
     [](const Value& v, TargetDraft& out) { read_identifier(v, out.provider); }},
    {{"model", Shape::scalar, "a model", "none", "Pins the model: whatever was admitted is answered by this one."},
     [](const Value& v, TargetDraft& out) { read_model(v, out.model); }},
    {{"models", Shape::list, "a list of model patterns", "none",
      "Models that are passed on as asked for; `*` is any text."},
     [](const Value& v, TargetDraft& out) { read_patterns(v, out.models); }},
    {{"weight", Shape::scalar, "a number", "1", "Its share of the account's requests; 0: only when the others cannot."},
     [](const Value& v, TargetDraft& out) { read_plain(v, parse_weight, out.weight); }},
    budget_field<TargetDraft>,
    budgets_field<TargetDraft>,
    rate_limit_field<TargetDraft>,
    rate_limits_field<TargetDraft>,
};

void read_target(const Value& value, AccountDraft& account) {
  const std::span<const Field<TargetDraft>> own = target_fields;
  const auto settings = provider_settings();
  auto keys = keys_of(own);
  for (const Key* key : keys_of(settings)) keys.push_back(key);
  TargetDraft draft;
  for (const Match& match : match_keys(value, keys)) {
    if (match.key < own.size()) {
      own[match.key].read(match.value, draft);
    } else {
      settings[match.key - own.size()].read(match.value, draft.own);
      draft.own_paths.push_back(match.value.path);
    }
  }
  check_limit_forms(value);
  auto& findings = value.findings;
  if (findings.written(value.path + ".provider")) {
    for (const auto& path : draft.own_paths)
      findings.problem(
          path, "belongs to the provider: set it there, or leave out `provider` and write the whole provider here");
  } else {
    if (!findings.written(value.path + ".type") && !findings.broken(value.path))
      findings.problem(value.path, "needs either provider (the id of a shared one) or type");
    draft.own.path = value.path;
    draft.own.provider.id = draft.id;
    draft.provider = draft.id;
    account.inline_providers.push_back(std::move(draft.own));
  }
  account.account.targets.push_back(std::move(draft));
}

// Statuses and the words for what is no status.
void read_failover_on(const Value& v, Failover& out) {
  out.on_timeout = out.on_connect = out.on_5xx = false;
  out.on_status.clear();
  std::vector<std::string> seen;
  for (const Value& item : v.items()) {
    const auto text = item.scalar(true);
    if (!text) continue;
    if (std::find(seen.begin(), seen.end(), *text) != seen.end()) item.refuse_unshown("is in the list twice");
    seen.push_back(*text);
    const auto status = parse_whole(*text);
    if (*text == "timeout") out.on_timeout = true;
    else if (*text == "connect") out.on_connect = true;
    else if (*text == "5xx") out.on_5xx = true;
    else if (status && *status >= 400 && *status <= 599) out.on_status.push_back(static_cast<int>(*status));
    else item.refuse("must be timeout, connect, 5xx or a status from 400 to 599");
  }
}

constexpr Field<Failover> failover_fields[] = {
    {{"on", Shape::list, "a list of timeout, connect, 5xx and statuses", "[timeout, connect, 408, 409, 425, 429, 5xx]",
      "What is a reason to ask the next target. Replaces the default."},
     read_failover_on},
    {{"max_attempts", Shape::scalar, "a whole number", "4", "Attempts at all targets together for one request."},
     [](const Value& v, Failover& out) { read_count(v, 1, 100, out.max_attempts); }},
};

constexpr std::array<std::string_view, 2> unsupported_words{"drop", "error"};

constexpr Field<AccountDraft> account_fields[] = {
    {{"id", Shape::scalar, "letters, digits and . _ -", "",
      "What virtual keys refer to it by; also a model name callers may ask for.", true},
     [](const Value& v, AccountDraft& out) { read_identifier(v, out.account.id); }},
    {{"providers", Shape::list, "a list of targets", "", "Where the account's requests may go. At least one.", true},
     [](const Value& v, AccountDraft& out) {
       if (v.node.items.empty()) v.refuse_unshown("must have at least one target: nothing could be answered");
       for (const Value& item : v.items()) read_target(item, out);
     }},
    {{"failover", Shape::map, "failover settings", "see below", "When the next target is asked."},
     [](const Value& v, AccountDraft& out) { read_fields<Failover>(v, failover_fields, out.account.failover); }},
    {{"on_unsupported", Shape::scalar, "drop or error", "drop",
      "What to do with what a provider's dialect cannot express: leave it out and say so in `x-sluice-dropped`, or "
      "answer 400."},
     [](const Value& v, AccountDraft& out) { out.account.refuse_unsupported = read_word(v, unsupported_words) == 1u; }},
};

}  // namespace

void read_account(const Value& value, AccountDraft& out) { read_fields<AccountDraft>(value, account_fields, out); }

void describe_accounts(std::vector<Section>& out) {
  out.push_back(describe<AccountDraft>(
      "accounts[]", "What virtual keys may use. Nothing outside a key's account is reachable.", account_fields));
  out.push_back(describe<TargetDraft>("accounts[].providers[]", "A target: a provider and a model.", target_fields));
  out.push_back(describe<Failover>("accounts[].failover", "", failover_fields));
}

}  // namespace sluice::config
