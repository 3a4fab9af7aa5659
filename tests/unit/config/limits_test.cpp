// Text made to hurt: it is refused at its place, quickly.
#include <gtest/gtest.h>

#include <chrono>

#include "unit/config/loading.hpp"

namespace sluice::config {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out.append(text);
  return out;
}

TEST(Limits, Nesting) {
  EXPECT_EQ(bad("server:\n  " + repeated("[", 100) + repeated("]", 100)), "c.yaml:2:34: nested too deeply\n");
  EXPECT_EQ(bad(repeated("- ", 100)), "c.yaml:1:65: nested too deeply\n");
}

TEST(Limits, AliasesCountAsWhatTheyRepeat) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + repeated(", " + before, 9) + "]\n";
  }
  EXPECT_EQ(bad(bomb), "c.yaml:5:55: too many values, counting what aliases repeat\n");
}

TEST(Limits, AFewAliasesAreFine) {
  const auto loaded = good(
      "accounts: [{id: a, providers: [&one {id: t, type: simulated, model: m}]}, "
      "{id: b, providers: [{id: u, type: simulated, models: &m [m, n]}, {id: v, type: simulated, models: *m}]}]\n"
      "virtual_keys: [{id: k, account: b}]");
  EXPECT_EQ(loaded.config.accounts.at(1).targets.at(1).models, (std::vector<std::string>{"m", "n"}));
}

TEST(Limits, Size) {
  EXPECT_EQ(bad(std::string((4 << 20) + 1, '#')), "c.yaml: larger than 4 MiB\n");
  EXPECT_EQ(good(std::string(4 << 20, '#')).config.accounts.size(), 0u);
}

TEST(Limits, NothingTakesLong) {
  const std::string heads[] = {"", "server: ", "- ", "a: "};
  const std::string tails[] = {"[",       "{",  "- ",  "? ",    "a: ",   "\"",  "'a' ", "*a ", "&a ",
                               "!",       "a,", "[a,", "{a: ",  "- a\n", "a\n", " \n",  ": ",  "|\n",
                               ">\n a\n", "%",  "#\n", "---\n", "\t",    "\\",  "${A}", "x"};
  for (const auto& head : heads)
    for (const auto& tail : tails) {
      const auto began = std::chrono::steady_clock::now();
      bad(head + repeated(tail, (1 << 15) / tail.size()));
      const auto took = std::chrono::steady_clock::now() - began;
      EXPECT_LT(took, std::chrono::seconds(20)) << head << tail;
    }
}

}  // namespace
}  // namespace sluice::config
