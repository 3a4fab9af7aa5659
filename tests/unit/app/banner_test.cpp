#include "app/banner.hpp"

#include <gmock/gmock.h>

namespace sluice::app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string shown(config::Target target) {
  config::Config config;
  config.accounts.emplace_back().targets.push_back(std::move(target));
  return banner(config, 8080, true);
}

config::Target passing_on(std::string pattern) {
  config::Target target;
  target.models = {std::move(pattern)};
  return target;
}

TEST(Banner, AsksForAModelThatIsThere) {
  config::Target pinned;
  pinned.model = "my-model";
  EXPECT_THAT(shown(pinned), HasSubstr("\"model\":\"my-model\""));
  EXPECT_THAT(shown(passing_on("llama3")), HasSubstr("\"model\":\"llama3\""));
  EXPECT_THAT(shown(passing_on("claude-*")), HasSubstr("\"model\":\"claude-sonnet-4-20250514\""));
}

TEST(Banner, NamesNoModelThatIsAnswered404) {
  EXPECT_THAT(shown(passing_on("llama*")), HasSubstr("Try it with a model that llama* stands for:"));
  EXPECT_THAT(shown(passing_on("llama*")), HasSubstr("\"model\":\"MODEL\""));
  EXPECT_THAT(banner(config::Config(), 8080, true), Not(HasSubstr("Try it")));
}

}  // namespace
}  // namespace sluice::app
