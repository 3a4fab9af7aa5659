// What cannot be written down is not begun; what was begun is written down.
#include <gtest/gtest.h>

#include "support/full_disk.hpp"
#include "support/gateway_under_test.hpp"

namespace sluice::test {
namespace {

const std::string simulated = "providers:\n  - { id: s, type: simulated }\naccounts:\n  - { id: a, providers: [ { id: t, provider: s, models: [\"*\"] } ] }\n";
const std::string ask = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
constexpr std::size_t half_a_segment = 512 << 10;
constexpr std::size_t most_requests = 5000;

TEST(GatewayFullDisk, RefusesRequestsUntilThereIsRoomAndLosesNone) {
  GatewayUnderTest gateway(simulated);
  PlainClient client = gateway.connect();
  std::size_t served = 0;
  {
    const FullDisk full(half_a_segment);
    HttpAnswer answer;
    for (answer.status = 200; answer.status == 200 && served < most_requests;) {
      answer = client.post("/v1/chat/completions", ask);
      if (answer.status == 200) ++served;
    }
    ASSERT_EQ(answer.status, 503) << served;
    EXPECT_NE(answer.body.find("\"journal_full\""), std::string::npos) << answer.body;
    EXPECT_EQ(answer.header("retry-after"), "1");
    EXPECT_EQ(gateway.connect().get("/readyz").status, 503);
    EXPECT_EQ(gateway.connect().get("/healthz").status, 200);
  }
  EXPECT_EQ(gateway.chat(ask).status, 200);
  EXPECT_EQ(gateway.log(served + 1).size(), served + 1);
  EXPECT_EQ(gateway.connect().get("/readyz").status, 200);
}

}  // namespace
}  // namespace sluice::test
