// `sluice keys` and `sluice logs` as a user runs them: arguments in, texts and exit code out, over a real store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <streambuf>
#include <thread>

#include <nlohmann/json.hpp>

#include "sluice/app/keys_command.hpp"
#include "sluice/app/logs_command.hpp"
#include "sluice/app/spend_command.hpp"
#include "sluice/auth/key_table.hpp"
#include "sluice/base/time.hpp"
#include "sluice/store/store.hpp"

namespace sluice::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* one_account = R"(
accounts:
  - id: production
    providers:
      - { id: main, type: simulated, model: sim }
teams:
  - { id: ml }
virtual_keys:
  - { id: in-yaml, key: "sk-sl-given-in-the-configuration" }
)";

struct Ran { int code; std::string out, err; };

class Commands : public testing::Test {
 protected:
  Commands() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-app-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) directory = name;
    configure(one_account);
  }
  ~Commands() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }

  void configure(const std::string& yaml) {
    std::ofstream(config()) << "store: { path: \"" << database() << "\" }\n" << yaml;
  }
  std::string config() const { return (directory / "sluice.yaml").string(); }
  std::string database() const { return (directory / "sluice.db").string(); }

  Ran run(int (*command)(std::span<const std::string>, std::ostream&, std::ostream&),
          std::vector<std::string> arguments) {
    arguments.push_back("--config");
    arguments.push_back(config());
    std::ostringstream out, err;
    const int code = command(arguments, out, err);
    return {code, out.str(), err.str()};
  }
  Ran keys(std::vector<std::string> arguments) { return run(keys_command, std::move(arguments)); }
  Ran logs(std::vector<std::string> arguments) { return run(logs_command, std::move(arguments)); }

  std::unique_ptr<store::Store> store() { return std::move(*store::open_sqlite(database())); }
  std::vector<store::StoredKey> stored() { return *store()->keys(); }
  void write(std::vector<store::RequestRecord> records) { ASSERT_TRUE(store()->write(records)); }

  std::filesystem::path directory;
};

store::RequestRecord record(const std::string& id) {
  store::RequestRecord r;
  r.id = id;
  r.at_us = 1'763'879'471'000'000;   // 2025-11-23T06:31:11Z
  r.key_id = "ml-team-key", r.model_asked = r.model_served = "gpt-4o", r.provider = "openai", r.status = 200;
  r.usage.input = 1200, r.usage.output = 340, r.usage.cache_read = 1000;
  r.cost_nano_usd = 1'234'500, r.priced = true;
  r.first_byte_us = 123'400, r.total_us = 12'345'678;
  r.attempts.resize(1);
  return r;
}

TEST_F(Commands, CreatePrintsTheKeyAloneAndKeepsOnlyItsHash) {
  const auto ran = keys({"create", "--id", "ci", "--team", "ml", "--models", "gpt-4o*,sim", "--expires", "30d"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("sk-sl-"));
  const auto text = ran.out.substr(0, ran.out.size() - 1);
  EXPECT_EQ(text.find_first_of(" \n"), std::string::npos);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("not shown again"), Not(HasSubstr(text))));
  const auto all = stored();
  ASSERT_EQ(all.size(), 1u);
  const auto digest = auth::sha256(text);
  EXPECT_EQ(all[0].sha256, std::string(digest.begin(), digest.end()));
  EXPECT_EQ(all[0].hint, text.substr(text.size() - 4));
  EXPECT_THAT(all[0].models, ElementsAre("gpt-4o*", "sim"));
  EXPECT_NEAR(static_cast<double>(*all[0].expires_at), static_cast<double>(unix_seconds() + 30 * 86400), 60);
}

TEST_F(Commands, CreateRefusesWhatCannotBeMeant) {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"create"}, "--id"},
      {{"create", "--id", "a b"}, "--id"},
      {{"create", "--id", "in-yaml"}, "configuration has"},
      {{"create", "--id", "x", "--account", "none"}, "production"},
      {{"create", "--id", "x", "--team", "none"}, "no team"},
      {{"create", "--id", "x", "--models", ","}, "--models"},
      {{"create", "--id", "x", "--expires", "soon"}, "--expires"},
      {{"create", "--id", "x", "--expires", "2001-01-01T00:00:00Z"}, "passed"},
      {{"create", "--id", "x", "extra"}, "too many"},
      {{"create", "--id"}, "needs a value"},
      {{"create", "--ids", "x"}, "unknown option"},
      {{"destroy"}, "unknown command"},
      {{}, "what to do"},
      {{"revoke"}, "which key"},
      {{"revoke", "nobody"}, "no virtual key"},
      {{"rotate", "in-yaml"}, "change it there"},
  };
  for (const auto& [arguments, why] : cases) {
    const auto ran = keys(arguments);
    EXPECT_EQ(ran.code, 1) << why;
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_THAT(ran.err, HasSubstr(why));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  }
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(Commands, CreateRefusesAnIdTwice) {
  ASSERT_EQ(keys({"create", "--id", "x"}).code, 0);
  const auto again = keys({"create", "--id", "x"});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("exists already"));
}

TEST_F(Commands, CreateAsksForTheAccountWhenThereAreSeveral) {
  configure(R"(
accounts:
  - { id: one, providers: [ { id: a, type: simulated, model: sim } ] }
  - { id: two, providers: [ { id: b, type: simulated, model: sim } ] }
virtual_keys: [ { id: k, account: one } ]
)");
  const auto refused = keys({"create", "--id", "x"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("one, two"));
  ASSERT_EQ(keys({"create", "--id", "x", "--account", "two"}).code, 0);
  EXPECT_EQ(stored().at(0).account, "two");
}

TEST_F(Commands, RotateDisableEnableAndRevokeDoWhatTheySay) {
  const auto made = keys({"create", "--id", "x"});
  const auto before = stored().at(0);
  const auto rotated = keys({"rotate", "x"});
  ASSERT_EQ(rotated.code, 0);
  EXPECT_THAT(rotated.out, AllOf(StartsWith("sk-sl-"), Not(made.out)));
  EXPECT_NE(stored().at(0).sha256, before.sha256);
  EXPECT_EQ(keys({"rotate", "x", "--grace", "90d"}).code, 0);
  const auto too_long = keys({"rotate", "x", "--grace", "91d"});
  EXPECT_EQ(too_long.code, 1);
  EXPECT_THAT(too_long.err, HasSubstr("--grace \"91d\" is longer than 90d"));
  ASSERT_EQ(keys({"disable", "x"}).code, 0);
  EXPECT_FALSE(stored().at(0).enabled);
  ASSERT_EQ(keys({"enable", "x"}).code, 0);
  EXPECT_TRUE(stored().at(0).enabled);
  ASSERT_EQ(keys({"revoke", "x"}).code, 0);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(Commands, SettingsFromTheConfigurationAreNotChangedInTheStore) {
  store::StoredKey key;
  key.id = "made-at-start", key.sha256.assign(32, 'x'), key.from_config = true;
  ASSERT_TRUE(store()->add_key(key));
  for (const auto* command : {"disable", "enable", "revoke"})
    EXPECT_EQ(keys({command, "made-at-start"}).code, 1) << command;
  EXPECT_EQ(keys({"rotate", "made-at-start"}).code, 0);
  EXPECT_TRUE(stored().at(0).from_config);
}

TEST_F(Commands, ListShowsEverythingButTheKeys) {
  const auto made = keys({"create", "--id", "x", "--models", "a,b"});
  const auto text = made.out.substr(0, made.out.size() - 1);
  ASSERT_EQ(keys({"disable", "x"}).code, 0);
  const auto listed = keys({"list"});
  ASSERT_EQ(listed.code, 0);
  EXPECT_THAT(listed.out,
              AllOf(HasSubstr("x "), HasSubstr(text.substr(text.size() - 4)), HasSubstr("disabled"), HasSubstr("a,b")));
  EXPECT_THAT(listed.err, HasSubstr("1 more"));
  EXPECT_THAT(listed.out + listed.err, AllOf(Not(HasSubstr(text)), Not(HasSubstr("sk-sl-given"))));
  const auto json = nlohmann::json::parse(keys({"list", "--json"}).out);
  EXPECT_EQ(json.at(0).at("id"), "x");
  EXPECT_EQ(json.at(0).at("state"), "disabled");
}

TEST_F(Commands, CreateAsJsonHasTheKey) {
  const auto json = nlohmann::json::parse(keys({"create", "--json", "--id", "x"}).out);
  EXPECT_THAT(json.at("key").get<std::string>(), StartsWith("sk-sl-"));
  EXPECT_EQ(json.at("id"), "x");
}

TEST_F(Commands, HelpAndBadConfigurationsAreTold) {
  EXPECT_THAT(keys({"--help"}).out, HasSubstr("examples:"));
  EXPECT_THAT(logs({"--help"}).out, HasSubstr("examples:"));
  configure("nonsense: 1\n");
  const auto ran = keys({"list"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("sluice.yaml:"));
}

TEST_F(Commands, AStoreThatCannotBeUsedIsCodeTwo) {
  std::ofstream(database()) << std::string(8192, 'z');
  EXPECT_EQ(keys({"list"}).code, 2);
  EXPECT_EQ(logs({}).code, 2);
  std::filesystem::remove(database());
  EXPECT_EQ(logs({}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(database()));
}

TEST_F(Commands, LogsAreATableThatFitsATerminal) {
  auto other = record("req_00000000000000000000000002");
  other.at_us += 1, other.model_served = "claude-sonnet-4-20250514", other.attempts.resize(2);
  other.key_id = std::string(300, 'k'), other.provider = std::string(300, 'p'), other.priced = false, other.cost_nano_usd = 0;
  other.error = "upstream_error", other.error_message = "line\x1b[31m\n" + std::string(500, 'm');
  write({record("req_00000000000000000000000001"), other});
  const auto ran = logs({});
  ASSERT_EQ(ran.code, 0) << ran.err;
  std::istringstream lines(ran.out);
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_THAT(all[0], StartsWith("TIME (UTC)"));
  EXPECT_THAT(all[1], AllOf(StartsWith("11-23 06:31:11 00000001 ml-team-key"), HasSubstr("1200/340 (1000)"),
                            HasSubstr(" $0.001235 "), HasSubstr("123ms"), HasSubstr("12s")));
  EXPECT_THAT(all[2], AllOf(HasSubstr("gpt-4o→claude-sonnet"), HasSubstr("×2"), Not(HasSubstr("$"))));
  EXPECT_THAT(all[3], AllOf(HasSubstr("upstream_error: line?[31m?"), Not(HasSubstr("\x1b"))));
  for (const auto& line : all) {
    const auto characters = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
    EXPECT_LE(characters, 120) << line;
  }
}

// An answer that was lost is booked, though nothing priced it.
TEST_F(Commands, LogsShowWhatFailedRequestsCost) {
  auto lost = record("req_00000000000000000000000001"), refused = record("req_00000000000000000000000002");
  lost.status = 502, lost.priced = false, lost.error = "upstream_error";
  refused.status = 401, refused.priced = false, refused.cost_nano_usd = 0;
  write({lost, refused});
  const auto ran = logs({"--json"});
  std::istringstream lines(ran.out);
  std::vector<nlohmann::json> costs;
  for (std::string line; std::getline(lines, line);) costs.push_back(nlohmann::json::parse(line)["cost_nano_usd"]);
  EXPECT_EQ(costs, (std::vector<nlohmann::json>{1'234'500, nullptr}));
  EXPECT_THAT(logs({}).out, HasSubstr(" $0.001235 "));
}

TEST_F(Commands, ComplaintsEndWithOneFullStop) {
  const auto ran = run(spend_command, {"--by", "year"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("day and month. `sluice spend --help`"), Not(HasSubstr(".."))));
}

TEST_F(Commands, LogsFilter) {
  auto bad = record("req_bbbbbbbb"), other = record("req_cccccccc");
  bad.status = 429, bad.error = "rate_limit_exceeded", bad.at_us = unix_us() - 60'000'000;
  other.key_id = "k2", other.model_asked = other.model_served = "sim", other.provider = "simulated";
  write({record("req_aaaaaaaa"), bad, other});
  const auto ids = [this](std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const auto ran = logs(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    std::vector<std::string> found;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) found.push_back(nlohmann::json::parse(line).at("id"));
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre("req_aaaaaaaa", "req_cccccccc", "req_bbbbbbbb"));
  EXPECT_THAT(ids({"--limit", "1"}), ElementsAre("req_bbbbbbbb"));
  EXPECT_THAT(ids({"--errors"}), ElementsAre("req_bbbbbbbb"));
  EXPECT_THAT(ids({"--status", "429"}), ElementsAre("req_bbbbbbbb"));
  EXPECT_THAT(ids({"--since", "1h"}), ElementsAre("req_bbbbbbbb"));
  EXPECT_THAT(ids({"--since=2025-11-23T06:31:12Z"}), ElementsAre("req_bbbbbbbb"));
  EXPECT_THAT(ids({"--key", "k2"}), ElementsAre("req_cccccccc"));
  EXPECT_THAT(ids({"--model", "si*"}), ElementsAre("req_cccccccc"));
  EXPECT_THAT(ids({"--provider", "simulated"}), ElementsAre("req_cccccccc"));
  EXPECT_THAT(ids({"--request", "req_aaaaaaaa"}), ElementsAre("req_aaaaaaaa"));
  EXPECT_THAT(ids({"--request", "aaaaaaaa"}), ElementsAre("req_aaaaaaaa"));
  EXPECT_THAT(ids({"--request", "a"}), IsEmpty());
  for (const auto* option : {"--limit", "--status", "--since"}) EXPECT_EQ(logs({option, "-x"}).code, 1) << option;
  EXPECT_EQ(logs({"stray"}).code, 1);
}

TEST_F(Commands, LogsAsJsonHaveMoneyExactly) {
  auto r = record("r");
  r.cost_nano_usd = 12'000'000'007;
  write({r});
  const auto json = nlohmann::json::parse(logs({"--json"}).out);
  EXPECT_EQ(json.at("cost_nano_usd"), 12'000'000'007);
  EXPECT_EQ(json.at("cost_usd"), "12.000000007");
}

// Takes lines, tells how many came, and refuses more than `most`: a reader that goes away.
class ClosingBuffer final : public std::streambuf {
 public:
  explicit ClosingBuffer(int most) : x_most(most) {}
  std::string text;
  std::atomic<int> lines{0};

 protected:
  int overflow(int c) override {
    if (lines >= x_most) return traits_type::eof();
    text += static_cast<char>(c);
    if (c == '\n') ++lines;
    return c;
  }
  int sync() override { return lines >= x_most ? -1 : 0; }

 private:
  const int x_most;
};

TEST_F(Commands, FollowPrintsNewRequestsOnceUntilTheReaderLeaves) {
  auto early = record("early");
  write({early});
  ClosingBuffer buffer(3);
  std::thread follower([&] {
    std::ostream out(&buffer);
    std::ostringstream err;
    const std::vector<std::string> arguments{"--follow", "--json", "--config", config()};
    EXPECT_EQ(logs_command(arguments, out, err), 0) << err.str();
  });
  while (buffer.lines < 1) std::this_thread::yield();
  auto older = record("older");
  older.at_us -= 3'600'000'000;   // a long request: it arrived earlier than what is printed already
  write({older});
  while (buffer.lines < 2) std::this_thread::yield();
  write({record("last")});
  follower.join();
  std::vector<std::string> ids;
  std::istringstream lines(buffer.text);
  for (std::string line; std::getline(lines, line);) ids.push_back(nlohmann::json::parse(line).at("id"));
  EXPECT_THAT(ids, ElementsAre("early", "older", "last"));
}

}  // namespace
}  // namespace sluice::app
