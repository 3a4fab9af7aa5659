// What the store tests share: a directory of their own, and records to put in.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "sluice/store/records.hpp"

namespace sluice::store::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-store-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) x_path = name;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(x_path, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return x_path; }
  std::filesystem::path operator/(const char* name) const { return x_path / name; }

 private:
  std::filesystem::path x_path;
};

inline RequestRecord small_record(const std::string& id) {
  RequestRecord r;
  r.id = id;
  r.at_us = 1'750'000'000'000'000;
  r.status = 200;
  return r;
}

// Every field set, each to another value.
inline RequestRecord full_record(const std::string& id) {
  RequestRecord r;
  r.id = id;
  r.at_us = 1'750'000'000'123'456;
  r.key_id = "ml-team-key", r.account = "production", r.team = "ml", r.customer = "acme";
  r.tags = {"batch", "eu"};
  r.operation = "chat", r.dialect = "openai";
  r.model_asked = "gpt-4o", r.model_served = "gpt-4o-2024-08-06", r.target = "openai-primary", r.provider = "openai";
  r.stream = true;
  r.status = 502;
  r.error = "upstream_error", r.error_message = "the provider said \"no\"\n";
  r.attempts.push_back({"a", "openai", "gpt-4o", 500, "upstream_error", 1234, true, 87'654'321});
  r.attempts.push_back({"b", "anthropic", "claude", 200, "", 99, false, 900'000'000});
  r.usage = {.input = 100, .cache_read = 40, .cache_write_5m = 3, .cache_write_1h = 2, .input_audio = 7, .output = 50,
             .reasoning = 20, .output_audio = 5, .web_searches = 1, .search_units = 4,
             .reported_cost_nano_usd = 12345, .estimated = true};
  r.cost_nano_usd = 987'654'321;
  r.priced = true;
  r.price_version = "2026-09-23.abc";
  r.first_byte_us = 500, r.total_us = 900, r.gateway_us = 30, r.bytes_in = 1000, r.bytes_out = 2000;
  r.cache = "miss";
  r.dropped = {"logit_bias", "seed"};
  r.peer = "192.0.2.7:5000";
  r.charges = {{11, 1'748'736'000, 987'654'321}, {0x8000'0000'0000'0001, 1'750'000'000, 1}};
  return r;
}

inline void expect_same(const RequestRecord& a, const RequestRecord& b) {
  EXPECT_EQ(a.id, b.id); EXPECT_EQ(a.at_us, b.at_us); EXPECT_EQ(a.key_id, b.key_id); EXPECT_EQ(a.account, b.account);
  EXPECT_EQ(a.team, b.team); EXPECT_EQ(a.customer, b.customer); EXPECT_EQ(a.tags, b.tags);
  EXPECT_EQ(a.open, b.open); EXPECT_EQ(a.operation, b.operation); EXPECT_EQ(a.dialect, b.dialect);
  EXPECT_EQ(a.model_asked, b.model_asked); EXPECT_EQ(a.model_served, b.model_served); EXPECT_EQ(a.target, b.target);
  EXPECT_EQ(a.provider, b.provider); EXPECT_EQ(a.stream, b.stream); EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.error, b.error); EXPECT_EQ(a.error_message, b.error_message); EXPECT_EQ(a.usage, b.usage);
  EXPECT_EQ(a.cost_nano_usd, b.cost_nano_usd);
  EXPECT_EQ(a.priced, b.priced);
  EXPECT_EQ(a.price_version, b.price_version);
  EXPECT_EQ(a.first_byte_us, b.first_byte_us); EXPECT_EQ(a.total_us, b.total_us); EXPECT_EQ(a.gateway_us, b.gateway_us);
  EXPECT_EQ(a.bytes_in, b.bytes_in); EXPECT_EQ(a.bytes_out, b.bytes_out); EXPECT_EQ(a.cache, b.cache);
  EXPECT_EQ(a.dropped, b.dropped); EXPECT_EQ(a.peer, b.peer);
  ASSERT_EQ(a.attempts.size(), b.attempts.size());
  for (std::size_t i = 0; i < a.attempts.size(); ++i) {
    const auto &x = a.attempts[i], &y = b.attempts[i];
    EXPECT_EQ(x.target, y.target); EXPECT_EQ(x.provider, y.provider); EXPECT_EQ(x.model, y.model);
    EXPECT_EQ(x.status, y.status); EXPECT_EQ(x.error, y.error); EXPECT_EQ(x.duration_us, y.duration_us);
    EXPECT_EQ(x.may_have_run, y.may_have_run); EXPECT_EQ(x.cost_nano_usd, y.cost_nano_usd);
  }
}

}  // namespace sluice::store::test
