#include "gateway/notices.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sluice/base/base64.hpp"

namespace sluice::gateway {
namespace {

// The example of the Standard Webhooks' own libraries.
TEST(Notices, AreSignedAsStandardWebhooksHasIt) {
  const std::string secret = *from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const std::string lines = delivery_headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})");
  EXPECT_NE(lines.find("webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\r\n"), lines.npos);
  EXPECT_NE(lines.find("webhook-timestamp: 1614265330\r\n"), lines.npos);
  EXPECT_NE(lines.find("webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\r\n"), lines.npos) << lines;
}

TEST(Notices, SayWhatABudgetHasCometo) {
  governance::Notice notice;
  notice.level = governance::Level::team, notice.subject = "m\"l", notice.percent = 80;
  notice.used = 8'500'000'000, notice.limit = 10'000'000'000, notice.resets_at = 1'800'000'000;
  const auto threshold = announcement_of(notice);
  EXPECT_EQ(threshold.event, config::Webhook::Event::budget_threshold);
  EXPECT_EQ(threshold.line, "the budget of team m\"l is used to 80%: 8.5 of 10 dollars");
  const auto body = nlohmann::json::parse(delivery_body(threshold, "msg_1", 1'790'000'000));
  EXPECT_EQ(body, nlohmann::json::parse(R"({"id":"msg_1","type":"budget_threshold","created":1790000000,"data":
    {"level":"team","subject":"m\"l","percent":80,"used_usd":8.5,"limit_usd":10,"resets_at":1800000000}})"));
  notice.what = governance::Notice::What::exhausted;
  EXPECT_EQ(announcement_of(notice).event, config::Webhook::Event::budget_exhausted);
}

TEST(Notices, SayHowATargetFares) {
  const auto down = announcement_of("main", "spare", "openai", false), up = announcement_of("main", "spare", "openai", true);
  EXPECT_EQ(down.event, config::Webhook::Event::target_unhealthy);
  EXPECT_EQ(up.event, config::Webhook::Event::target_recovered);
  EXPECT_EQ(nlohmann::json::parse(up.data), nlohmann::json::parse(R"({"account":"main","target":"spare","provider":"openai"})"));
  EXPECT_EQ(up.line, "target main/spare answers again");
}

}  // namespace
}  // namespace sluice::gateway
