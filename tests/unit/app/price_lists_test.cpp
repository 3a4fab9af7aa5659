#include "app/price_lists.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "sluice/base/time.hpp"
#include "sluice/pricing/price_list.hpp"

namespace sluice::app {
namespace {

class KeptPriceList : public testing::Test {
 protected:
  KeptPriceList() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-prices-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) directory = name;
  }
  ~KeptPriceList() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }
  std::filesystem::path file() const { return directory / "prices.json"; }
  std::filesystem::path directory;
};

TEST_F(KeptPriceList, IsThereAtTheNextStart) {
  std::int64_t kept_at = 0;
  auto none = kept_price_list(file(), kept_at);
  ASSERT_TRUE(none);
  EXPECT_EQ(*none, nullptr);
  EXPECT_EQ(kept_at, 0);
  const auto list = pricing::read_price_list(R"({"gpt-4o":{"input_cost_per_token":5e-06,"output_cost_per_token":1e-05,"litellm_provider":"openai"}})", "2026-11-27");
  ASSERT_TRUE(keep_price_list(file(), *list));
  auto kept = kept_price_list(file(), kept_at);
  ASSERT_TRUE(kept);
  EXPECT_EQ(**kept, *list);
  EXPECT_LE(std::abs(unix_seconds() - kept_at), 60);
  EXPECT_FALSE(std::filesystem::exists(file().string() + ".new"));
}

TEST_F(KeptPriceList, ThatIsBrokenIsNotUsed) {
  for (const char* text : {"", "{", "{\"format\":1,\"version\":\"v\",\"lists\":[{}]}"}) {
    std::ofstream(file(), std::ios::trunc) << text;
    std::int64_t kept_at = 0;
    EXPECT_FALSE(kept_price_list(file(), kept_at)) << text;
  }
}

TEST_F(KeptPriceList, IsNotReplacedWhereNothingCanBeWritten) {
  EXPECT_FALSE(keep_price_list(directory / "no-such-folder" / "prices.json", "{}"));
}

}  // namespace
}  // namespace sluice::app
