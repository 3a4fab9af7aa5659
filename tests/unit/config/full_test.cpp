// The full forms: the one of the contract, word for word, and config/full.yaml.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "config/drafts.hpp"
#include "config/tree.hpp"
#include "support/places.hpp"
#include "unit/config/loading.hpp"
#include "unit/config/scratch.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view contract_form = R"(server:
  listen: "0.0.0.0:8080"            # default 127.0.0.1:8080
  tls: { certificate: "file:server.pem", key: "file:server.key" }
  threads: auto
  limits: { max_connections: 20000, max_in_flight: 10000, max_body: 32MiB, max_headers: 32KiB }
  timeouts: { header: 10s, idle: 75s, drain: 30s }
  admin: { listen: "127.0.0.1:8081", token: env.SLUICE_ADMIN_TOKEN }   # absent: same listener, token made at first start
store: { type: sqlite, path: "data/sluice.db" }                        # or type: postgres, url: env.DATABASE_URL
providers:                                                             # shared credentials
  - id: openai
    type: openai
    base_url: "https://api.openai.com/v1"
    keys:
      - { value: env.OPENAI_API_KEY, weight: 2 }
      - { value: env.OPENAI_API_KEY_2, weight: 1, models: ["gpt-4o*"] }
    headers: { "OpenAI-Organization": "org-1" }
    timeouts: { connect: 3s, first_event: 60s, between_events: 30s, total: 10m }
    retry: { max_attempts: 3, backoff: 200ms, max_backoff: 5s }
accounts:
  - id: production
    providers:
      - { id: fast, provider: openai, models: ["gpt-4o-mini", "gpt-4.1*"], weight: 1 }
      - { id: main, provider: openai, model: "gpt-4o", weight: 70 }
      - { id: spare, type: anthropic, api_key: env.ANTHROPIC_API_KEY, model: "claude-sonnet-4-20250514", weight: 30,
          budget: { max_spend: 50, reset_duration: "1d" } }
    failover: { on: [timeout, connect, 408, 409, 425, 429, 5xx], max_attempts: 4 }
customers: [ { id: acme, budget: { max_spend: 10000, reset_duration: "1M" } } ]
teams:     [ { id: ml, customer: acme, rate_limit: { max_tokens: 2000000, reset_duration: "1h" } } ]
virtual_keys:
  - id: ml-team-key
    key: env.ML_TEAM_KEY
    team: ml
    account: production
    models: ["gpt-4o", "gpt-4o-mini"]                                   # default: all the account admits
    budget: { max_spend: 500, reset_duration: "1M", enforcement: hard }  # or budgets: [ … ]
    rate_limit: { max_requests: 10000, reset_duration: "1d" }            # or rate_limits: [ … ]; also max_tokens, max_concurrent
    expires_at: "2099-01-01T00:00:00Z"
cache:   { exact: { ttl: 1h, max_size: 256MiB }, semantic: { enabled: false } }
logging: { content: none, retain: 30d, max_size: 10GiB }
pricing: { unknown_model: deny, overrides: [ { model: "my-*", input: 0.5, output: 1.5 } ] }   # USD per million tokens
)";

const Variables full_variables{{"OPENAI_API_KEY", "sk-one"},
                               {"OPENAI_API_KEY_2", "sk-two"},
                               {"ANTHROPIC_API_KEY", "sk-ant"},
                               {"MY_AWS_SECRET", "aws-secret"},
                               {"MY_AWS_SESSION_TOKEN", "aws-token"},
                               {"MY_AZURE_SECRET", "azure-secret"},
                               {"ML_TEAM_KEY", "sk-sl-0123456789"},
                               {"SLUICE_ADMIN_TOKEN", "admin-0123456789"}};

class Full : public testing::Test {
 protected:
  Full() {
    scratch.write("server.pem", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");
    scratch.write("server.key", "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n");
    scratch.write("ca.pem", "");
    scratch.write("service-account.json", R"({"type":"service_account","client_email":"s@p","private_key":"k"})");
  }
  std::string file() const { return (scratch.path() / "c.yaml").string(); }
  Scratch scratch;
};

void expect_contract(const Config& config) {
  EXPECT_EQ(config.server.listen.host, "0.0.0.0");
  ASSERT_TRUE(config.server.tls);
  EXPECT_EQ(config.server.tls->certificate, "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----");
  EXPECT_EQ(config.server.limits.max_body, 32u << 20);
  EXPECT_EQ(config.server.limits.max_headers, 32u << 10);
  EXPECT_EQ(config.server.timeouts.idle, Milliseconds(75'000));
  const Provider& openai = config.providers.at(0);
  ASSERT_EQ(openai.keys.size(), 2u);
  EXPECT_EQ(openai.keys[1].value.reveal(), "sk-two");
  EXPECT_EQ(openai.keys[0].weight, 2);
  EXPECT_THAT(openai.keys[1].models, testing::ElementsAre("gpt-4o*"));
  EXPECT_EQ(openai.headers.at("OpenAI-Organization"), "org-1");
  EXPECT_EQ(openai.timeouts.total, Milliseconds(600'000));
  EXPECT_EQ(openai.retry.max_attempts, 3u);
  EXPECT_THAT(config.accounts.at(0).failover.on_status, testing::ElementsAre(408, 409, 425, 429));
  EXPECT_TRUE(config.accounts[0].failover.on_5xx && config.accounts[0].failover.on_timeout &&
              config.accounts[0].failover.on_connect);
  EXPECT_EQ(config.accounts[0].targets.at(2).provider, "spare");
  EXPECT_EQ(config.accounts[0].targets[2].budgets.at(0).max_spend, 50'000'000'000);
  EXPECT_EQ(config.customers.at(0).id, "acme");
  EXPECT_EQ(config.teams.at(0).customer, "acme");
  const VirtualKey& key = config.virtual_keys.at(0);
  ASSERT_TRUE(key.key);
  EXPECT_EQ(key.key->reveal(), "sk-sl-0123456789");
  EXPECT_EQ(key.expires_at, 4'070'908'800);
  EXPECT_EQ(config.logging.max_size, 10ull << 30);
  EXPECT_EQ(config.logging.retain->count, 30);
  EXPECT_EQ(config.pricing.unknown_model, Pricing::UnknownModel::deny);
  EXPECT_EQ(config.pricing.overrides.at(0).input, 500'000);
  EXPECT_EQ(config.pricing.overrides[0].output, 1'500'000);
}

TEST_F(Full, TheFormOfTheContract) {
  const auto loaded = good(contract_form, full_variables, file());
  expect_contract(loaded.config);
  std::vector<std::string> warned;
  for (const auto& warning : loaded.warnings) warned.push_back(std::to_string(warning.line) + " " + warning.path);
  EXPECT_THAT(warned, testing::ElementsAre("38 cache.exact", "39 logging.max_size"));
  EXPECT_THAT(loaded.files,
              testing::UnorderedElementsAre(scratch.path() / "server.pem", scratch.path() / "server.key"));
}

TEST_F(Full, TheSampleOfEveryKey) {
  const auto loaded = good(contents(test::source_root() / "config/full.yaml"), full_variables, file());
  expect_contract(loaded.config);
  EXPECT_EQ(loaded.config.providers.at(0).ca_file, scratch.path() / "ca.pem");
  EXPECT_EQ(loaded.config.providers.at(3).simulation.text, "Hello from Sluice.");
  EXPECT_EQ(loaded.config.providers.at(3).simulation.output_tokens, 20);
  EXPECT_EQ(loaded.config.providers.at(4).access.platform, CloudAccess::Platform::google);
  EXPECT_EQ(loaded.config.providers.at(5).access.aws.session_token.reveal(), "aws-token");
  EXPECT_EQ(loaded.config.pricing.overrides.at(0).cache_write, 625'000);
  EXPECT_EQ(loaded.config.pricing.overrides[0].cache_write_1h, 1'000'000);
  EXPECT_EQ(loaded.config.pricing.overrides[0].web_search, 10'000'000'000) << "dollars per thousand";
  EXPECT_EQ(loaded.config.pricing.overrides[0].request, 1'000'000'000) << "a thousandth of a dollar each";
  EXPECT_EQ(loaded.config.pricing.overrides.at(1).team, "ml");
  const VirtualKey& key = loaded.config.virtual_keys.at(0);
  EXPECT_EQ(key.rate_limits.at(1).max_concurrent, 20);
  EXPECT_EQ(key.rate_limits.at(2).max_input_tokens, 1'000'000);
  EXPECT_EQ(key.budgets.at(0).enforcement, Budget::Enforcement::hard);
  EXPECT_EQ(key.budgets.at(0).warn_at, (std::vector<std::uint32_t>{50, 80, 95}));
  EXPECT_TRUE(key.budgets.at(0).clamps);
  EXPECT_EQ(key.budgets.at(0).raises.at(0).limit, 800'000'000'000);
  EXPECT_EQ(key.budgets.at(0).raises.at(0).periods, 1);
  EXPECT_EQ(key.budgets.at(1).reserve, Budget::Reserve::capped);
  EXPECT_EQ(key.budgets.at(1).reserve_output, 2048);
  EXPECT_TRUE(key.budgets.at(1).stops_streams);
  EXPECT_EQ(key.budgets.at(1).models, std::vector<std::string>{"gpt-4.1*"});
  EXPECT_EQ(key.networks.at(0).bits, 104u);
  EXPECT_EQ(key.networks.at(1).bits, 128u);
  EXPECT_EQ(key.queue.max_wait, std::chrono::seconds(5));
  EXPECT_EQ(key.queue.max_length, 50u);
  EXPECT_EQ(key.providers.at(0).budgets.at(0).max_spend, 200'000'000'000);
  EXPECT_EQ(loaded.config.tags.at(0).budgets.at(0).enforcement, Budget::Enforcement::observe);
}

TEST_F(Full, EveryUnsetVariableIsNamedWhereItStands) {
  EXPECT_EQ(
      bad(contract_form, {}, "none/c.yaml"),
      "none/c.yaml:3:23: server.tls.certificate: cannot read none/server.pem: No such file or directory\n"
      "none/c.yaml:3:47: server.tls.key: cannot read none/server.key: No such file or directory\n"
      "none/c.yaml:7:45: server.admin.token: the environment variable SLUICE_ADMIN_TOKEN is not set\n"
      "none/c.yaml:14:18: providers[0].keys[0].value: the environment variable OPENAI_API_KEY is not set\n"
      "none/c.yaml:15:18: providers[0].keys[1].value: the environment variable OPENAI_API_KEY_2 is not set\n"
      "none/c.yaml:24:48: accounts[0].providers[2].api_key: the environment variable ANTHROPIC_API_KEY is not set\n"
      "none/c.yaml:31:10: virtual_keys[0].key: the environment variable ML_TEAM_KEY is not set\n");
}

// Where each key of the file is; those of `headers` and `renames`, and the patterns of `models`, may be anything.
void collect_keys(const Node& node, std::vector<Node::Entry>& out, bool free = false) {
  for (const auto& item : node.items) collect_keys(*item, out);
  for (const auto& entry : node.entries) {
    if (!free) out.push_back(entry);
    if (entry.key != "headers" && entry.key != "renames") collect_keys(*entry.value, out, entry.key == "models");
  }
}

std::vector<std::string> misspellings(const std::string& key) {
  std::vector<std::string> out{key + "x", key.substr(0, key.size() - 1), key};
  std::swap(out[2][0], out[2][1]);
  out.push_back(key);
  out.back()[key.size() / 2] = 'q';
  std::set<std::string_view> known;
  for (const auto& section : root_sections())
    for (const auto& real : section.keys) known.insert(real.name);
  std::erase_if(out, [&](const std::string& word) { return known.contains(word); });
  return out;
}

TEST_F(Full, AnyMisspeltKeyIsOneProblemAtItsPlace) {
  const std::string full = contents(test::source_root() / "config/full.yaml");
  const Tree tree = parse_tree(full);
  std::vector<Node::Entry> keys;
  collect_keys(*tree.root, keys);
  ASSERT_GT(keys.size(), 100u);
  std::vector<std::size_t> lines{0, 0};
  for (std::size_t i = 0; i < full.size(); ++i)
    if (full[i] == '\n') lines.push_back(i + 1);

  for (const auto& key : keys)
    for (const auto& wrong : misspellings(key.key)) {
      std::string text = full;
      const std::size_t at =
          lines.at(static_cast<std::size_t>(key.mark.line)) + static_cast<std::size_t>(key.mark.column) - 1;
      ASSERT_EQ(text.substr(at, key.key.size()), key.key);
      text.replace(at, key.key.size(), wrong);
      const auto result = load(text, file(), environment(full_variables));
      const auto* problems = std::get_if<std::vector<Problem>>(&result);
      ASSERT_NE(problems, nullptr) << wrong << " loaded";
      ASSERT_EQ(problems->size(), 1u) << format(*problems);
      EXPECT_EQ(problems->front().line, key.mark.line);
      EXPECT_EQ(problems->front().column, key.mark.column);
      EXPECT_EQ(problems->front().message, "unknown key '" + wrong + "', did you mean '" + key.key + "'?");
    }
}

}  // namespace
}  // namespace sluice::config
