// What comes from variables and files, and that none of it comes out again.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/addresses.hpp"
#include "unit/config/loading.hpp"
#include "unit/config/scratch.hpp"

namespace sluice::config {
namespace {

Provider provider(const std::string& keys, const Variables& variables) {
  const auto loaded =
      good("providers: [{id: p, " + keys + "}]\naccounts: [{id: a, providers: [{id: t, provider: p, model: m}]}]",
           variables);
  return loaded.config.providers.empty() ? Provider{} : loaded.config.providers.front();
}

std::string path_of(const std::string& value, const Variables& variables, const std::string& file = "c.yaml") {
  return good("store: {path: " + value + "}", variables, file).config.store.path;
}

TEST(Elsewhere, VariablesAreReplacedOnce) {
  const Variables variables{{"A", "one"}, {"_B2", "two"}, {"NESTED", "${A}env.A$${"}, {"EMPTY", ""}};
  EXPECT_EQ(path_of("env.A", variables), "one");
  EXPECT_EQ(path_of("\"x${A}-${_B2}y\"", variables), "xone-twoy");
  EXPECT_EQ(path_of("\"a$b$$c${EMPTY}\"", variables), "a$b$$c");
  EXPECT_EQ(path_of("\"$${A}${A}\"", variables), "${A}one");
  EXPECT_EQ(path_of("env.NESTED", variables), "${A}env.A$${");
  EXPECT_EQ(path_of("\"an env.A\"", variables), "an env.A");
  EXPECT_EQ(bad("store: {path: env.EMPTY}", variables), "c.yaml:1:15: store.path: stands for an empty value\n");
  EXPECT_EQ(bad("store: {path: env.}", variables),
            "c.yaml:1:15: store.path: does not name an environment variable (letters, digits and _)\n");
}

TEST(Elsewhere, NumbersMayComeFromVariables) {
  EXPECT_EQ(good("server: {threads: env.N, limits: {max_in_flight: \"${N}0\"}}", {{"N", "4"}}).config.server.threads,
            4u);
  EXPECT_EQ(bad("server: {threads: env.N}", {{"N", "secret"}}),
            "c.yaml:1:19: server.threads: must be a whole number, not 'env.N'\n");
}

TEST(Elsewhere, FilesAreBesideTheConfiguration) {
  const Scratch scratch;
  scratch.write("value", "text\r\n\n");
  scratch.write("env.A", "literal");
  scratch.write("large", std::string((1 << 20) + 1, 'x'));
  const std::string file = (scratch.path() / "c.yaml").string();
  EXPECT_EQ(path_of("\"file:value\"", {}, file), "text");
  EXPECT_EQ(path_of("\"file:./${NAME}\"", {{"NAME", "value"}}, file), "text");
  EXPECT_EQ(path_of("\"file:" + (scratch.path() / "value").string() + "\"", {}, "elsewhere.yaml"), "text");
  EXPECT_EQ(path_of("\"file:env.A\"", {}, file), "literal");
  EXPECT_THAT(bad("store: {path: \"file:large\"}", {}, file), testing::HasSubstr("is larger than 1048576 bytes"));
  EXPECT_THAT(bad("store: {path: \"file:.\"}", {}, file), testing::HasSubstr("not a regular file"));
  EXPECT_THAT(bad("store: {path: \"file:\"}", {}, file), testing::HasSubstr("file: must be followed by a path"));
}

TEST(Elsewhere, APipeIsNotWaitedFor) {
  const Scratch scratch;
  ASSERT_EQ(::mkfifo((scratch.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(bad("store: {path: \"file:pipe\"}", {}, (scratch.path() / "c.yaml").string()),
              testing::HasSubstr("not a regular file"));
}

TEST(Elsewhere, NothingSecretIsShown) {
  const Variables variables{{"SECRET", "hush hush"}, {"URL", "ftp://user:hush@host"}, {"N", "hush"}};
  const auto shown = bad(R"(
server: {listen: env.N, threads: env.N, admin: {token: "hush"}, tls: {certificate: "hush", key: "hush"}}
store: {url: "postgres://u:hush@h/d", path: p}
providers:
- {id: p, type: openai, api_key: env.SECRET, base_url: env.URL, proxy: "socks5://u:hush@h:1", headers: {Authorization: "hush\x01", X: 5}}
- {id: q, type: anthropic, keys: [{value: "hush hush", weight: env.N}]}
virtual_keys: [{id: k, key: hush}, {id: l, expires_at: env.N, key: env.SECRET, models: [env.SECRET]}]
logging: {level: env.N, retain: env.N}
)",
                         variables);
  EXPECT_THAT(shown, testing::HasSubstr("providers[0].api_key"));
  EXPECT_THAT(shown, testing::HasSubstr("virtual_keys[1].key"));
  EXPECT_THAT(shown, testing::Not(testing::HasSubstr("hush"))) << shown;
}

TEST(Provider, TakesTheSdksVariables) {
  const Variables variables{{"OPENAI_BASE_URL", "http://127.0.0.1:9/v1/"},
                            {"ANTHROPIC_BASE_URL", "http://127.0.0.1:8"},
                            {"OPENAI_API_KEY", "sk-o"}};
  EXPECT_EQ(provider("type: openai", variables).base_url, "http://127.0.0.1:9/v1");
  EXPECT_EQ(provider("type: openai", variables).keys.at(0).value.reveal(), "sk-o");
  EXPECT_EQ(provider("type: anthropic", variables).base_url, "http://127.0.0.1:8");
  EXPECT_TRUE(provider("type: anthropic", variables).keys.empty()) << "an address of one's own may need no key";
  EXPECT_TRUE(provider("type: anthropic", variables).usable);
  EXPECT_EQ(provider("type: anthropic, base_url: \"https://api.anthropic.com/v1/\"", both_keys).base_url,
            "https://api.anthropic.com");
  EXPECT_EQ(provider("type: openai, api_key: \"sk-written\"", variables).keys.at(0).value.reveal(), "sk-written");
}

TEST(Provider, IsLeftOutAtThePublicAddressWithoutAKey) {
  const std::string yaml = "accounts:\n- id: a\n  providers:\n  - {id: t, type: openai, model: m, weight: 1}\n";
  for (const Variables& variables : {Variables{}, Variables{{"OPENAI_API_KEY", ""}}}) {
    const auto loaded = good(yaml, variables);
    EXPECT_FALSE(loaded.config.providers.at(0).usable);
    EXPECT_EQ(loaded.config.providers[0].unusable_because, "it has no api_key and OPENAI_API_KEY is not set");
    EXPECT_EQ(format(loaded.warnings),
              "c.yaml:2:3: accounts[0]: has no target that can be used: its requests will fail\n"
              "c.yaml:4:5: accounts[0].providers[0]: is left out: it has no api_key and OPENAI_API_KEY is not set\n");
  }
  EXPECT_TRUE(provider("type: openai, headers: {authorization: \"Bearer x\"}", {}).usable);
  EXPECT_TRUE(provider("type: openai, headers: {api-key: x}", both_keys).keys.empty())
      << "the header is the credential";
  EXPECT_FALSE(provider("type: openai, base_url: \"https://api.openai.com/v1\"", {}).usable);
  EXPECT_TRUE(provider("type: simulated", {}).usable);
}

TEST(Provider, BadVariablesAreProblems) {
  const std::string yaml = "accounts: [{id: a, providers: [{id: t, type: openai, model: m}]}]";
  EXPECT_EQ(bad(yaml, {{"OPENAI_BASE_URL", "nowhere"}, {"OPENAI_API_KEY", "sk"}}),
            "c.yaml:1:32: accounts[0].providers[0]: the environment variable OPENAI_BASE_URL must begin with http:// "
            "or https://\n");
  EXPECT_EQ(bad(yaml, {{"OPENAI_API_KEY", "two words"}}),
            "c.yaml:1:32: accounts[0].providers[0]: the environment variable OPENAI_API_KEY must be visible ASCII "
            "characters without spaces\n");
  EXPECT_EQ(bad(yaml, {{"OPENAI_API_KEY", "sk"}, {"HTTPS_PROXY", "socks5://h:1"}}),
            "c.yaml:1:32: accounts[0].providers[0]: the environment variable HTTPS_PROXY must be an http:// proxy; "
            "others are not "
            "supported (`proxy: none` goes straight)\n");
}

TEST(Proxy, IsTheEnvironmentsUnlessTheFileSays) {
  const Variables variables{{"OPENAI_API_KEY", "k"},
                            {"HTTPS_PROXY", "http://u:p@proxy:3128"},
                            {"http_proxy", "plain:8000"},
                            {"no_proxy", "internal, .corp"}};
  EXPECT_EQ(provider("type: openai", variables).proxy, "http://u:p@proxy:3128");
  EXPECT_EQ(provider("type: openai, base_url: \"http://host/v1\"", variables).proxy, "http://plain:8000");
  EXPECT_EQ(provider("type: openai, base_url: \"http://internal/v1\"", variables).proxy, "");
  EXPECT_EQ(provider("type: openai, base_url: \"http://localhost:1/v1\"", variables).proxy, "");
  EXPECT_EQ(provider("type: openai, proxy: none", variables).proxy, "");
  EXPECT_EQ(provider("type: openai, proxy: \"http://other\"", variables).proxy, "http://other:80");
  EXPECT_EQ(provider("type: openai", {{"OPENAI_API_KEY", "k"}, {"ALL_PROXY", "[::1]:99/"}}).proxy, "http://[::1]:99");
}

TEST(Proxy, ExceptionsAreAsCurlHasThem) {
  const auto bypassed = [](std::string_view list, std::string_view url) {
    return bypasses_proxy(list, origin_of(url));
  };
  EXPECT_TRUE(bypassed("*", "https://a"));
  EXPECT_TRUE(bypassed("b.com,a.com", "https://a.com"));
  EXPECT_TRUE(bypassed("A.com", "https://api.a.COM"));
  EXPECT_TRUE(bypassed(".a.com", "https://api.a.com"));
  EXPECT_TRUE(bypassed("*.a.com", "https://api.a.com"));
  EXPECT_FALSE(bypassed("a.com", "https://notaa.com"));
  EXPECT_FALSE(bypassed("", "https://a.com"));
  EXPECT_TRUE(bypassed("a.com:443", "https://a.com/v1"));
  EXPECT_FALSE(bypassed("a.com:80", "https://a.com/v1"));
  EXPECT_TRUE(bypassed("10.0.0.0/8", "http://10.1.2.3:9"));
  EXPECT_FALSE(bypassed("10.0.0.0/15", "http://10.2.2.3:9"));
  EXPECT_FALSE(bypassed("10.0.0.0/99,10.0.0.0/x,/8", "http://10.2.2.3:9"));
  EXPECT_TRUE(bypassed("fd00::/8", "http://[fd12::1]/"));
  EXPECT_TRUE(bypassed("192.168.1.1", "http://192.168.1.1"));
  EXPECT_FALSE(bypassed("168.1.1", "http://192.168.1.1"));
}

}  // namespace
}  // namespace sluice::config
