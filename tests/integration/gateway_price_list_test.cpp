// A price list that is fetched: what it does to requests, and what keeps it out.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sluice/pricing/price_table.hpp"
#include "support/fake_upstream.hpp"
#include "support/gateway_under_test.hpp"
#include "support/server_under_test.hpp"

namespace sluice::test {
namespace {

const HeaderList json = {{"content-type", "application/json"}};
const std::string ask = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})";

// The built-in prices of OpenAI's models in LiteLLM's form, with another for gpt-4o.
std::string list_with(double gpt_4o) {
  nlohmann::json list;
  const auto built_in = nlohmann::json::parse(pricing::PriceTable::built_in_models());
  for (const auto& prices : built_in["lists"]) {
    if (prices["id"] != "openai") continue;
    for (const auto& model : prices["models"])
      for (const std::string name : model["names"]) {
        if (model["prices"].empty()) continue;
        const auto& price = model["prices"].back();
        list[name] = {{"litellm_provider", "openai"}, {"input_cost_per_token", price.value("input", 0.0) / 1e12}, {"output_cost_per_token", price.value("output", 0.0) / 1e12}};
      }
  }
  list["gpt-4o"]["input_cost_per_token"] = gpt_4o;
  return list.dump();
}

class PriceLists : public testing::Test {
 protected:
  FakeUpstream provider, lists;
  PriceLists() {
    provider.when("/v1/chat/completions")
        .reply(200, json, R"({"id":"1","object":"chat.completion","model":"m","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":0,"total_tokens":10}})");
  }
  std::string yaml(const std::string& path = "/data.json?x=1", const std::string& refresh = "1h") const {
    return "accounts:\n  - id: a\n    providers:\n" + openai_target("t", provider.url(), "model: \"gpt-4o\"") +
           "pricing: { url: \"" + lists.url() + path + "\", refresh: " + refresh + " }\n";
  }
  static std::string metric(const GatewayUnderTest& gateway, const std::string& name) {
    const std::string page = gateway.connect().get("/metrics").body;
    const auto at = page.find("\n" + name + " ");
    return at == page.npos ? "none" : page.substr(at + name.size() + 2, page.find('\n', at + 1) - at - name.size() - 2);
  }
};

TEST_F(PriceLists, AreInForceOnceFetchedAndKeptBesideTheStore) {
  lists.when("/data.json").reply(200, json, list_with(5e-6));
  GatewayUnderTest gateway(yaml());
  ASSERT_TRUE(soon([&] { return metric(gateway, "sluice_price_list_age_seconds") != "none"; }));
  EXPECT_EQ(lists.requests().front().target, "/data.json?x=1");
  gateway.chat(ask);
  const auto row = gateway.log(1)[0];
  EXPECT_EQ(row.cost_nano_usd, 10 * 5000);
  EXPECT_THAT(row.price_version, testing::MatchesRegex("20[0-9-]*-[0-9a-f]*/.*"));
  EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(gateway.store_path()).parent_path() / "prices.json"));
  EXPECT_EQ(metric(gateway, "sluice_price_list_failures_total"), "0");
}

TEST_F(PriceLists, FarFromTheOneInForceChangeNothing) {
  lists.when("/data.json").reply(200, json, list_with(1e-3));
  GatewayUnderTest gateway(yaml());
  EXPECT_TRUE(soon([&] { return metric(gateway, "sluice_price_list_failures_total") == "1"; }));
  EXPECT_EQ(metric(gateway, "sluice_price_list_age_seconds"), "none");
  gateway.chat(ask);
  EXPECT_EQ(gateway.log(1)[0].cost_nano_usd, 10 * 2500);
}

TEST_F(PriceLists, ThatCannotBeFetchedOrReadChangeNothing) {
  lists.when("/none").reply(503, json, "{}");
  lists.when("/moved").reply(302, {{"location", "/data.json"}}, "");
  lists.when("/page").reply(200, json, "<html>");
  for (const char* path : {"/none", "/moved", "/page"}) {
    GatewayUnderTest gateway(yaml(path));
    EXPECT_TRUE(soon([&] { return metric(gateway, "sluice_price_list_failures_total") == "1"; })) << path;
    gateway.chat(ask);
    EXPECT_EQ(gateway.log(1)[0].cost_nano_usd, 10 * 2500) << path;
  }
}

}  // namespace
}  // namespace sluice::test
