// What webhooks tell: notices in words and as JSON, and the form and signature of a delivery (standardwebhooks.com). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/config/config.hpp"
#include "sluice/governance/demand.hpp"

namespace sluice::gateway {

struct Announcement {
  config::Webhook::Event event;
  std::string data;    // a JSON object
  std::string line;    // for the log
};

Announcement announcement_of(const governance::Notice& notice);
// A target of an account, `healthy` or no longer.
Announcement announcement_of(std::string_view account, std::string_view target, std::string_view provider, bool healthy);

// {"id","type","created","data"}; `created` in Unix seconds.
std::string delivery_body(const Announcement& announcement, std::string_view id, std::int64_t created);
// The header lines of one attempt; `secret` is the bytes themselves, `at` the time of the attempt in Unix seconds.
std::string delivery_headers(std::string_view secret, std::string_view id, std::int64_t at, std::string_view body);

}  // namespace sluice::gateway
