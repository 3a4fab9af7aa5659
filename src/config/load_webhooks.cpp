// webhooks: and addresses that the gateway itself asks.
#include <array>

#include "config/addresses.hpp"
#include "config/drafts.hpp"
#include "sluice/base/base64.hpp"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, Webhook::event_count> event_names{"budget_threshold", "budget_exhausted", "target_unhealthy",
                                                                         "target_recovered"};

// As Standard Webhooks writes secrets: whsec_ and the base64 of 24 to 64 bytes.
void read_signing_secret(const Value& v, Secret& out) {
  const auto text = v.text();
  if (!text) return;
  constexpr std::string_view prefix = "whsec_";
  const auto bytes = text->starts_with(prefix) ? from_base64(std::string_view(*text).substr(prefix.size())) : std::nullopt;
  if (!bytes || bytes->size() < 24 || bytes->size() > 64)
    v.refuse_unshown("must be whsec_ and the base64 of 24 to 64 random bytes; `echo whsec_$(openssl rand -base64 32)` makes one");
  else out = Secret(*bytes);
}

void read_events(const Value& v, Webhook& out) {
  const auto items = v.items();
  if (items.empty()) v.refuse_unshown("must not be an empty list");
  out.events.fill(false);
  for (const Value& item : items)
    if (const auto word = read_word(item, event_names)) out.events[*word] = true;
}

constexpr Field<Webhook> webhook_fields[] = {
    {{"url", Shape::scalar, "a URL", "", "Where notices are posted; redirects are not followed.", true},
     [](const Value& v, Webhook& out) { read_own_url(v, out.url); }},
    {{"secret", Shape::scalar, "whsec_ and base64", "", "What deliveries are signed with.", true, true, true},
     [](const Value& v, Webhook& out) { read_signing_secret(v, out.secret); }},
    {{"events", Shape::list, "a list of budget_threshold, budget_exhausted, target_unhealthy, target_recovered", "all",
      "Which notices are sent there."},
     read_events},
};

}  // namespace

void read_own_url(const Value& v, std::string& out) {
  const auto text = v.text();
  if (!text) return;
  auto url = parse_own_url(*text);
  if (url) out = *std::move(url);
  else v.refuse_unshown(url.error().message());   // may have a token in it
}

void read_webhook(const Value& value, Webhook& out) { read_fields<Webhook>(value, webhook_fields, out); }

void describe_webhooks(std::vector<Section>& out) { out.push_back(describe<Webhook>("webhooks[]", "", webhook_fields)); }

}  // namespace sluice::config
