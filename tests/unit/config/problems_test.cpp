// Every class of mistake, with the exact message and place.
#include <gtest/gtest.h>

#include "unit/config/loading.hpp"

namespace sluice::config {
namespace {

struct Mistake {
  const char* yaml;
  const char* problems;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.yaml; }

// A working account for files whose mistake is elsewhere: their second line is the first of the mistake.
const std::string account = "accounts: [{id: a, providers: [{id: t, type: simulated, model: m}]}]\n";

class OfOneValue : public testing::TestWithParam<Mistake> {};
TEST_P(OfOneValue, IsAProblemAtItsPlace) { EXPECT_EQ(bad(account + GetParam().yaml), GetParam().problems); }

INSTANTIATE_TEST_SUITE_P(
    Yaml, OfOneValue,
    testing::Values(Mistake{"server: {listen: \"\\q\"}", "c.yaml:2:21: unknown escape character: q\n"},
                    Mistake{"server: [", "c.yaml:2:1: end of sequence flow not found, it began at 2:9\n"},
                    Mistake{"server: &a {limits: *a}", "c.yaml:2:21: this alias refers to what it is part of\n"},
                    Mistake{"server: !!map {}", "c.yaml:2:9: YAML tags are not used here\n"},
                    Mistake{"? [a]\n: b", "c.yaml:2:3: a key must be text\n"},
                    Mistake{"store: {path: a\xff}", "c.yaml:2:16: this is not UTF-8 text\n"},
                    Mistake{"store: {path: \"a\x01\"}", "c.yaml:2:17: control characters are not allowed\n"},
                    Mistake{"---\nstore: {}", "c.yaml:3:1: a second YAML document: only one is read\n"},
                    Mistake{"server: {}\nserver: {}", "c.yaml:3:1: server: duplicate key 'server', first on line 2\n"},
                    Mistake{"<<: {}", "c.yaml:2:1: <<: unknown key '<<'\n"}));

INSTANTIATE_TEST_SUITE_P(
    Keys, OfOneValue,
    testing::Values(
        Mistake{"serber: {}", "c.yaml:2:1: serber: unknown key 'serber', did you mean 'server'?\n"},
        Mistake{"nonsense: {}", "c.yaml:2:1: nonsense: unknown key 'nonsense'\n"},
        Mistake{"server:\n  timeouts: {heder: 1s, idle: 5}",
                "c.yaml:3:14: server.timeouts.heder: unknown key 'heder', did you mean 'header'?\n"
                "c.yaml:3:31: server.timeouts.idle: must be a duration such as 200ms, 30s, 15m or 1h, not '5'\n"},
        Mistake{"server: {tls: {}}",
                "c.yaml:2:15: server.tls.certificate: is missing: PEM text\nc.yaml:2:15: server.tls.key: is missing: "
                "PEM text\n"},
        Mistake{"server: [1]", "c.yaml:2:9: server: must be server settings, not a list\n"},
        Mistake{"virtual_keys: {a: b}", "c.yaml:2:15: virtual_keys: must be a list of virtual keys, not a mapping\n"},
        Mistake{"virtual_keys: [a]",
                "c.yaml:2:16: virtual_keys[0]: must be a mapping of keys to values, not a single value\n"}));

INSTANTIATE_TEST_SUITE_P(
    Values, OfOneValue,
    testing::Values(
        Mistake{"server: {listen: 8080}",
                "c.yaml:2:18: server.listen: must be an address and port such as 127.0.0.1:8080, 0.0.0.0:8080 or "
                "[::1]:8080, not '8080'\n"},
        Mistake{"server: {listen: \"127.0.0.1:99999\"}",
                "c.yaml:2:18: server.listen: must be an address and port such as 127.0.0.1:8080, "
                "0.0.0.0:8080 or [::1]:8080, not '127.0.0.1:99999'\n"},
        Mistake{"server: {threads: 0}", "c.yaml:2:19: server.threads: must be from 1 to 1024, not '0'\n"},
        Mistake{"server: {threads: \"4\"}",
                "c.yaml:2:19: server.threads: must be auto or a whole number, not text in quotes\n"},
        Mistake{"server: {threads: }", "c.yaml:2:19: server.threads: must be auto or a whole number, not nothing\n"},
        Mistake{
            "server: {limits: {max_body: 32MB3}}",
            "c.yaml:2:29: server.limits.max_body: must be a size such as 65536, 32KiB, 32MiB or 10GiB, not '32MB3'\n"},
        Mistake{"server: {limits: {max_headers: 10GiB}}",
                "c.yaml:2:32: server.limits.max_headers: must be from 1024 to 1048576 bytes, not '10GiB'\n"},
        Mistake{"server: {limits: {max_connections: -1}}",
                "c.yaml:2:36: server.limits.max_connections: must not be negative, not '-1'\n"},
        Mistake{
            "server: {timeouts: {drain: 1M}}",
            "c.yaml:2:28: server.timeouts.drain: is too long a duration: use ms, s, m (minutes), h or d, not '1M'\n"},
        Mistake{"server: {timeouts: {drain: 0s}}",
                "c.yaml:2:28: server.timeouts.drain: must be from 1ms to 1d, not '0s'\n"},
        Mistake{"store: {path: 5}", "c.yaml:2:15: store.path: must be text: put it in quotes\n"},
        Mistake{"store: {path: \"\"}", "c.yaml:2:15: store.path: must not be empty\n"},
        Mistake{"store: {type: postgres, url: \"postgres://u:p@h/d\"}",
                "c.yaml:2:15: store.type: store type postgres is not in this version: use sqlite\n"},
        Mistake{"store: {type: sqlit}",
                "c.yaml:2:15: store.type: must be one of sqlite, postgres, not 'sqlit', did you mean 'sqlite'?\n"},
        Mistake{"store: {url: \"postgres://u:p@h/d\"}", "c.yaml:2:14: store.url: is for type postgres\n"},
        Mistake{"logging: {content: full}",
                "c.yaml:2:20: logging.content: must be none: this version keeps no content, not 'full'\n"},
        Mistake{"logging: {retain: 0d}", "c.yaml:2:19: logging.retain: must be longer than zero, not '0d'\n"},
        Mistake{
            "logging: {retain: 1y}",
            "c.yaml:2:19: logging.retain: must be a period such as 30s, 15m, 1h, 1d, 1w, 1M (month) or 1Y, not '1y'\n"},
        Mistake{"cache: {semantic: {enabled: yes}}",
                "c.yaml:2:29: cache.semantic.enabled: must be true or false, not 'yes'\n"},
        Mistake{
            "pricing: {overrides: [{model: m, input: 0.0000001, output: .nan}]}",
            "c.yaml:2:41: pricing.overrides[0].input: has more than 6 digits after the point, not '0.0000001'\n"
            "c.yaml:2:60: pricing.overrides[0].output: must be an amount in US dollars such as 12.50, not '.nan'\n"},
        Mistake{"pricing: {default_max_output: 0, overrides: [{model: m, input: 1, output: 1, request: 10000000, web_search: x}]}",
                "c.yaml:2:31: pricing.default_max_output: must be from 1 to 10000000, not '0'\n"
                "c.yaml:2:87: pricing.overrides[0].request: is too large an amount, not '10000000'\n"
                "c.yaml:2:109: pricing.overrides[0].web_search: must be an amount in US dollars such as 12.50, not 'x'\n"},
        Mistake{"pricing: {overrides: [{model: m, input: 1, output: 1, customer: acme, team: b, key: c, provider: tt}]}",
                "c.yaml:2:65: pricing.overrides[0].customer: no customer has the id 'acme'\n"
                "c.yaml:2:77: pricing.overrides[0].team: no team has the id 'b'\n"
                "c.yaml:2:85: pricing.overrides[0].key: no virtual key has the id 'c'\n"
                "c.yaml:2:98: pricing.overrides[0].provider: no provider has the id 'tt', did you mean 't'?\n"}));

INSTANTIATE_TEST_SUITE_P(
    Elsewhere, OfOneValue,
    testing::Values(
        Mistake{"store: {path: env.NOT_SET}", "c.yaml:2:15: store.path: the environment variable NOT_SET is not set\n"},
        Mistake{"store: {path: \"a/${NOT_SET}/b\"}",
                "c.yaml:2:15: store.path: the environment variable NOT_SET is not set\n"},
        Mistake{"store: {path: \"a/${NOT\"}",
                "c.yaml:2:15: store.path: has '${' without '}' (write $${ for a plain ${)\n"},
        Mistake{"store: {path: \"${a-b}\"}",
                "c.yaml:2:15: store.path: does not name an environment variable (letters, digits and _)\n"},
        Mistake{"store: {path: \"file:no/such/file\"}",
                "c.yaml:2:15: store.path: cannot read no/such/file: No such file or directory\n"},
        Mistake{"store: {path: \"file:/dev/zero\"}",
                "c.yaml:2:15: store.path: cannot read /dev/zero: not a regular file\n"},
        Mistake{"server: {tls: {certificate: server.pem, key: server.key}}",
                "c.yaml:2:29: server.tls.certificate: must be PEM text: write file:PATH to take it from a file\n"
                "c.yaml:2:46: server.tls.key: must be PEM text: write file:PATH to take it from a file\n"}));

INSTANTIATE_TEST_SUITE_P(
    VirtualKeys, OfOneValue,
    testing::Values(
        Mistake{"virtual_keys: [{id: a}, {id: a}]",
                "c.yaml:2:30: virtual_keys[1].id: duplicate virtual key id 'a', also at virtual_keys[0]\n"},
        Mistake{"virtual_keys: [{id: \"a b\"}]",
                "c.yaml:2:21: virtual_keys[0].id: may only have letters, digits and . _ - @, not 'a b'\n"},
        Mistake{"virtual_keys: [{id: a, key: short-secret}]",
                "c.yaml:2:29: virtual_keys[0].key: must have at least 16 characters\n"},
        Mistake{"virtual_keys: [{id: a, key: \"with space in the secret\"}]",
                "c.yaml:2:29: virtual_keys[0].key: must be visible ASCII characters without spaces\n"},
        Mistake{"virtual_keys: [{id: a, key: 0123456789abcdef}, {id: b, key: 0123456789abcdef}]",
                "c.yaml:2:61: virtual_keys[1].key: is the same as the key of virtual_keys[0]\n"},
        Mistake{"virtual_keys: [{id: a, account: b}]",
                "c.yaml:2:33: virtual_keys[0].account: no account has the id 'b', did you mean 'a'?\n"},
        Mistake{"virtual_keys: [{id: a, team: blue}]",
                "c.yaml:2:30: virtual_keys[0].team: no team has the id 'blue'\n"},
        Mistake{"teams: [{id: a, customer: acme}]", "c.yaml:2:27: teams[0].customer: no customer has the id 'acme'\n"},
        Mistake{"virtual_keys: [{id: a, enabled: \"true\"}]",
                "c.yaml:2:33: virtual_keys[0].enabled: must be true or false, not text in quotes\n"},
        Mistake{
            "virtual_keys: [{id: a, expires_at: 2027-02-29T00:00:00Z}]",
            "c.yaml:2:36: virtual_keys[0].expires_at: is no date and time that exists, not '2027-02-29T00:00:00Z'\n"},
        Mistake{
            "virtual_keys: [{id: a, expires_at: tomorrow}]",
            "c.yaml:2:36: virtual_keys[0].expires_at: must be a time such as 2027-01-01T00:00:00Z, not 'tomorrow'\n"},
        Mistake{"teams: [{id: .}, {id: ..}, {id: ...}]",
                "c.yaml:2:14: teams[0].id: must have more than dots: in a path that is a directory, not '.'\n"
                "c.yaml:2:23: teams[1].id: must have more than dots: in a path that is a directory, not '..'\n"},
        Mistake{"pricing: {overrides: [{model: m, input: 10000.000001, output: 10000, request: 10.01, web_search: 10001}]}",
                "c.yaml:2:41: pricing.overrides[0].input: must be at most 10,000 dollars, not '10000.000001'\n"
                "c.yaml:2:79: pricing.overrides[0].request: must be at most 10 dollars, not '10.01'\n"
                "c.yaml:2:98: pricing.overrides[0].web_search: must be at most 10,000 dollars, not '10001'\n"},
        Mistake{"virtual_keys: [{id: a, models: []}]",
                "c.yaml:2:32: virtual_keys[0].models: is empty: leave it out to admit all of the account\n"},
        Mistake{"virtual_keys: [{id: a, models: }]", "c.yaml:2:32: virtual_keys[0].models: is empty: leave it out to admit all of the account\n"},
        Mistake{"virtual_keys: [{id: a, networks: [], endpoints: []}]",
                "c.yaml:2:34: virtual_keys[0].networks: is empty: leave it out to allow all\n"
                "c.yaml:2:49: virtual_keys[0].endpoints: is empty: leave it out to allow all\n"},
        Mistake{"virtual_keys: [{id: a, networks: ~, endpoints: ~, providers: ~}]",
                "c.yaml:2:34: virtual_keys[0].networks: is empty: leave it out to allow all\n"
                "c.yaml:2:48: virtual_keys[0].endpoints: is empty: leave it out to allow all\n"
                "c.yaml:2:62: virtual_keys[0].providers: is empty: leave it out to set no limit\n"},
        Mistake{"virtual_keys: [{id: a, budget: ~, rate_limit: ~}]",
                "c.yaml:2:32: virtual_keys[0].budget: is empty: leave it out to set no limit\n"
                "c.yaml:2:47: virtual_keys[0].rate_limit: is empty: leave it out to set no limit\n"},
        Mistake{"virtual_keys: [{id: a, budgets: ~, rate_limits: []}]",
                "c.yaml:2:33: virtual_keys[0].budgets: is empty: leave it out to set no limit\n"
                "c.yaml:2:49: virtual_keys[0].rate_limits: is empty: leave it out to set no limit\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: 5, reset_duration: 1d, models: ~}}]",
                "c.yaml:2:75: virtual_keys[0].budget.models: is empty: leave it out to count all models\n"},
        Mistake{"virtual_keys: [{id: a, models: [m, \"a b\", m]}]",
                "c.yaml:2:36: virtual_keys[0].models[1]: must not have spaces or control characters, not 'a b'\n"
                "c.yaml:2:43: virtual_keys[0].models[2]: is in the list twice\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: -5}}]",
                "c.yaml:2:32: virtual_keys[0].budget.reset_duration: is missing: a period\n"
                "c.yaml:2:44: virtual_keys[0].budget.max_spend: must not be negative, not '-5'\n"},
        Mistake{"virtual_keys: [{id: a, rate_limit: {reset_duration: 1d}}]",
                "c.yaml:2:36: virtual_keys[0].rate_limit: needs at least one of max_requests, max_tokens, max_input_tokens, max_output_tokens and max_concurrent\n"},
        Mistake{"virtual_keys: [{id: a, rate_limit: {max_tokens: 1}}]",
                "c.yaml:2:36: virtual_keys[0].rate_limit: needs reset_duration: the period of "
                "what it counts\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: 1, reset_duration: 1M, time_zone: Europe/Berlim}}]",
                "c.yaml:2:78: virtual_keys[0].budget.time_zone: must be the name of a time zone such as UTC or Europe/Berlin (the system's list: /usr/share/zoneinfo), not 'Europe/Berlim'\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: 1, reset_duration: 1M, override: {max_spend: 2}}}]",
                "c.yaml:2:77: virtual_keys[0].budget.override: needs either until or periods\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: 1, reset_duration: 1M, override: {max_spend: 2, periods: 2}}}]",
                "c.yaml:2:77: virtual_keys[0].budget.override: needs from: the first period it is for\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: 1, reset_duration: 1M, on_exhausted_mid_stream: stop}}]",
                "c.yaml:2:92: virtual_keys[0].budget.on_exhausted_mid_stream: needs reserve: expected or capped: what is reserved in full cannot run out\n"},
        Mistake{"virtual_keys: [{id: a, budget: {max_spend: 1, reset_duration: 1M, enforcement: soft, reserve: capped}}]",
                "c.yaml:2:95: virtual_keys[0].budget.reserve: is only for enforcement: hard, which reserves\n"},
        Mistake{"virtual_keys: [{id: a, networks: [10.0.0.0/33]}]",
                "c.yaml:2:35: virtual_keys[0].networks[0]: must be a network such as 10.0.0.0/8 or 2001:db8::/32, or one address, not '10.0.0.0/33'\n"},
        Mistake{"virtual_keys: [{id: a, providers: [{provider: t}]}]",
                "c.yaml:2:36: virtual_keys[0].providers[0]: needs a budget or a rate limit\n"},
        Mistake{"virtual_keys: [{id: a, rate_limit: {max_concurrent: 1}, rate_limits: [{max_concurrent: 1}]}]",
                "c.yaml:2:70: virtual_keys[0].rate_limits: give either rate_limit or rate_limits\n"}));

class OfAProvider : public testing::TestWithParam<Mistake> {};
TEST_P(OfAProvider, IsAProblemAtItsPlace) {
  EXPECT_EQ(bad(account + "providers:\n- " + GetParam().yaml), GetParam().problems);
}
INSTANTIATE_TEST_SUITE_P(
    Each, OfAProvider,
    testing::Values(
        Mistake{"{id: p}", "c.yaml:3:3: providers[0].type: is missing: a provider type\n"},
        Mistake{"{id: p, type: opnai}",
                "c.yaml:3:17: providers[0].type: there is no provider type 'opnai', did you mean 'openai'? "
                "(docs/providers.md lists them)\n"},
        Mistake{"{id: p, type: snowflake}",
                "c.yaml:3:3: providers[0]: needs base_url: type snowflake has an address for each account, "
                "https://<account>.snowflakecomputing.com/api/v2/cortex/v1\n"},
        Mistake{"{id: p, type: anthropic, quirks: {images: false}, auth_header: x, operations: [chat]}",
                "c.yaml:3:36: providers[0].quirks: is for services that speak OpenAI's dialect, not for type anthropic\n"
                "c.yaml:3:66: providers[0].auth_header: is for services that speak OpenAI's dialect, not for type anthropic\n"
                "c.yaml:3:81: providers[0].operations: is for services that speak OpenAI's dialect, not for type anthropic\n"},
        Mistake{"{id: p, type: openai, quirks: {imagse: false}}",
                "c.yaml:3:34: providers[0].quirks.imagse: unknown key 'imagse', did you mean 'images'?\n"},
        Mistake{"{id: p, type: openai, quirks: {images: \"no\", refuses: seed, call_id_length: 1000}}",
                "c.yaml:3:42: providers[0].quirks.images: must be true or false, not text in quotes\n"
                "c.yaml:3:57: providers[0].quirks.refuses: must be a list of names, not a single value\n"
                "c.yaml:3:79: providers[0].quirks.call_id_length: must be from 0 to 256, not '1000'\n"},
        Mistake{"{id: p, type: groq, quirks: {reasoning_history: thoughts, renames: {a: 1, \"b c\": d}}}",
                "c.yaml:3:51: providers[0].quirks.reasoning_history: must be one of reasoning_content, reasoning, reasoning_details, "
                "content, extra_content, none, not 'thoughts'\n"
                "c.yaml:3:74: providers[0].quirks.renames.a: must be text: put it in quotes\n"
                "c.yaml:3:77: providers[0].quirks.renames.b c: is not the name of a member\n"},
        Mistake{"{id: p, type: openai, quirks: {models: {\"a*\": {models: {}}, \"b*\": 1}}}",
                "c.yaml:3:50: providers[0].quirks.models.a*.models: unknown key 'models'\n"
                "c.yaml:3:69: providers[0].quirks.models.b*: must be a mapping of quirks\n"},
        Mistake{"{id: p, type: openai, auth_header: \"x key\", operations: [chat, dance]}",
                "c.yaml:3:38: providers[0].auth_header: must be a header's name, or a name, a colon, a space and what stands before "
                "the key, not 'x key'\n"
                "c.yaml:3:66: providers[0].operations[1]: must be one of chat, responses, completions, embeddings, rerank, moderations, "
                "images, image_generations, image_edits, image_variations, audio, speech, transcriptions, translations, not 'dance'\n"},
        Mistake{"{id: t, type: openai}",
                "c.yaml:1:37: accounts[0].providers[0].id: duplicate provider id 't', also at providers[0]\n"},
        Mistake{"{id: p, type: openai, base_url: api.openai.com}",
                "c.yaml:3:35: providers[0].base_url: must begin with http:// or https://\n"},
        Mistake{"{id: p, type: openai, base_url: \"https://user:secret@host/v1\"}",
                "c.yaml:3:35: providers[0].base_url: must not have a user or password: use api_key or headers\n"},
        Mistake{"{id: p, type: openai, base_url: \"https://host:0/v1\"}",
                "c.yaml:3:35: providers[0].base_url: must be a URL such as https://api.openai.com/v1\n"},
        Mistake{"{id: p, type: openai, base_url: \"https://host/v1?a=b\"}",
                "c.yaml:3:35: providers[0].base_url: must not have a query or fragment\n"},
        Mistake{"{id: p, type: openai, base_url: \"https://a/v1/chat/completions\"}",
                "c.yaml:3:35: providers[0].base_url: must end before /chat/completions: each request's own path is put behind it\n"},
        Mistake{"{id: p, type: openai, base_url: \"https://a/openai/deployments/x\"}",
                "c.yaml:3:35: providers[0].base_url: must end before /openai/deployments/: a deployment is named as the model\n"},
        Mistake{"{id: p, type: openai, api_key: sk-1, keys: [{value: sk-2}]}",
                "c.yaml:3:34: providers[0].api_key: give either api_key or keys\n"},
        Mistake{"{id: p, type: openai, keys: [{value: \"secret with space\", weight: -1}, {weight: .inf}, {}]}",
                "c.yaml:3:40: providers[0].keys[0].value: must be visible ASCII characters without spaces\n"
                "c.yaml:3:69: providers[0].keys[0].weight: must not be negative, not '-1'\n"
                "c.yaml:3:74: providers[0].keys[1].value: is missing: text\n"
                "c.yaml:3:83: providers[0].keys[1].weight: must be a number, not '.inf'\n"
                "c.yaml:3:90: providers[0].keys[2].value: is missing: text\n"},
        Mistake{"{id: p, type: openai, keys: []}", "c.yaml:3:31: providers[0].keys: must not be an empty list\n"},
        Mistake{"{id: p, type: openai, headers: {Host: a, \"a b\": c, X-A: \"1\", x-a: \"2\", X-B: 3, X-C: \"a\\nb\"}}",
                "c.yaml:3:35: providers[0].headers.Host: is set by the gateway itself\n"
                "c.yaml:3:44: providers[0].headers.a b: is not an HTTP header name\n"
                "c.yaml:3:64: providers[0].headers.x-a: duplicate header, first on line 3\n"
                "c.yaml:3:79: providers[0].headers.X-B: must be text: put it in quotes\n"
                "c.yaml:3:87: providers[0].headers.X-C: must not have control characters\n"},
        Mistake{"{id: p, type: openai, api_key: sk-1, headers: {Authorization: \"Bearer sk-2\"}}",
                "c.yaml:3:49: providers[0].headers: Authorization is a second credential beside the key: give one of "
                "them\n"},
        Mistake{"{id: p, type: openai, proxy: \"socks5://user:secret@host:1\"}",
                "c.yaml:3:32: providers[0].proxy: must be an http:// proxy; others are not supported\n"},
        Mistake{"{id: p, type: openai, ca_file: no/such.pem}",
                "c.yaml:3:34: providers[0].ca_file: must name a file that exists, not 'no/such.pem'\n"},
        Mistake{"{id: p, type: openai, simulation: {latency: 1s}}",
                "c.yaml:3:37: providers[0].simulation: is for type simulated\n"},
        Mistake{"{id: p, type: simulated, api_key: sk-1}",
                "c.yaml:3:37: providers[0].api_key: has no meaning for type simulated, which sends nothing anywhere\n"},
        Mistake{"{id: p, type: simulated, simulation: {error_rate: 1.5, error_status: 200}}",
                "c.yaml:3:53: providers[0].simulation.error_rate: must be a number from 0 to 1, not '1.5'\n"
                "c.yaml:3:72: providers[0].simulation.error_status: must be from 400 to 599, not '200'\n"},
        Mistake{"{id: p, type: openai, retry: {backoff: 10s, max_backoff: 1s}}",
                "c.yaml:3:32: providers[0].retry: max_backoff must not be shorter than backoff\n"}));

class OfAnAccount : public testing::TestWithParam<Mistake> {};
TEST_P(OfAnAccount, IsAProblemAtItsPlace) {
  EXPECT_EQ(bad(std::string("providers: [{id: p, type: simulated}]\naccounts:\n- ") + GetParam().yaml),
            GetParam().problems);
}
INSTANTIATE_TEST_SUITE_P(
    Each, OfAnAccount,
    testing::Values(
        Mistake{"{id: a}", "c.yaml:3:3: accounts[0].providers: is missing: a list of targets\n"},
        Mistake{"{id: a, providers: []}",
                "c.yaml:3:22: accounts[0].providers: must have at least one target: nothing could be answered\n"},
        Mistake{"{id: a, providers: }", "c.yaml:3:22: accounts[0].providers: must be a list of targets, not nothing\n"},
        Mistake{"{id: a, providers: [{id: t, provider: q, model: m}]}",
                "c.yaml:3:41: accounts[0].providers[0].provider: no provider has the id 'q', did you mean 'p'?\n"},
        Mistake{"{id: a, providers: [{id: t, model: m}]}",
                "c.yaml:3:23: accounts[0].providers[0]: needs either provider (the id of a shared one) or type\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, api_key: sk-1, model: m}]}",
                "c.yaml:3:53: accounts[0].providers[0].api_key: belongs to the provider: set it there, or leave out "
                "`provider` and write "
                "the whole provider here\n"},
        Mistake{
            "{id: a, providers: [{id: t, provider: p}]}",
            "c.yaml:3:23: accounts[0].providers[0]: needs a model, or models it passes on (models: [\"*\"] for all)\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, model: m, models: [n]}]}",
                "c.yaml:3:23: accounts[0].providers[0]: give either model (answers everything with it) or models "
                "(passed on as asked)\n"},
        Mistake{
            "{id: a, providers: [{id: t, provider: p, model: \"m*\"}]}",
            "c.yaml:3:51: accounts[0].providers[0].model: is one model, not a pattern: use models for '*', not 'm*'\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, model: m, weight: -1}]}",
                "c.yaml:3:62: accounts[0].providers[0].weight: must not be negative, not '-1'\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, model: m, weight: nan}]}",
                "c.yaml:3:62: accounts[0].providers[0].weight: must be a number, not 'nan'\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, model: m, weight: 0}, {id: u, provider: p, model: m, weight: "
                "0.0}]}",
                "c.yaml:3:22: accounts[0].providers: every weight is 0: at least one target must have a weight\n"},
        Mistake{
            "{id: a, providers: [{id: t, provider: p, model: m}, {id: t, provider: p, model: m}]}",
            "c.yaml:3:60: accounts[0].providers[1].id: duplicate target id 't', also at accounts[0].providers[0]\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, model: m}], failover: {on: [conect, 200, 5xx, 5xx], "
                "max_attempts: 0}}",
                "c.yaml:3:72: accounts[0].failover.on[0]: must be timeout, connect, 5xx or a status from 400 to 599, "
                "not 'conect'\n"
                "c.yaml:3:80: accounts[0].failover.on[1]: must be timeout, connect, 5xx or a status from 400 to 599, "
                "not '200'\n"
                "c.yaml:3:90: accounts[0].failover.on[3]: is in the list twice\n"
                "c.yaml:3:110: accounts[0].failover.max_attempts: must be from 1 to 100, not '0'\n"},
        Mistake{"{id: a, providers: [{id: t, provider: p, model: m}]}\n- {id: a, providers: [{id: t, provider: p, "
                "model: m}]}\n"
                "virtual_keys: [{id: k}]",
                "c.yaml:4:8: accounts[1].id: duplicate account id 'a', also at accounts[0]\n"
                "c.yaml:5:16: virtual_keys[0]: needs account: there are several\n"}));

TEST(Problems, ATabIsCalledATab) {
  const char* const indented[] = {"accounts:\n\t- id: a\n", "server:\n\tlisten: x\n", "accounts:\n  -\tid: a\n",
                                  "server:\n  listen: \"127.0.0.1:1\"\n\tthreads: 2\n", "accounts:\n  - id: a\n  \tproviders: []\n", "\tserver: {}\n"};
  const char* const places[] = {"2:1", "2:1", "2:4", "3:1", "3:3", "1:1"};
  for (std::size_t i = 0; i < std::size(indented); ++i)
    EXPECT_EQ(bad(indented[i]), "c.yaml:" + std::string(places[i]) + ": YAML does not allow tabs for indentation: use spaces\n");
  EXPECT_EQ(format(good("server: {\n\tthreads:\t2}\n").warnings), "c.yaml:1:1: there are no accounts: no model can be asked for\n") << "where they are allowed";
}

std::string warned(const std::string& of_key, const std::string& more = "") {
  return format(good(account + "virtual_keys: [{id: k, " + of_key + "}]\n" + more).warnings);
}

TEST(Warnings, TellWhatDoesNothing) {
  const std::string budget = "budget: {max_spend: 5, reset_duration: ";
  EXPECT_EQ(warned(budget + "1d, override: {max_spend: 9, until: 2020-01-01T00:00:00Z}}"),
            "c.yaml:2:77: virtual_keys[0].budget.override: has ended, so it does nothing\n");
  EXPECT_EQ(warned(budget + "1d, override: {max_spend: 9, from: 2900-01-02T00:00:00Z, until: 2900-01-01T00:00:00Z}}"),
            "c.yaml:2:77: virtual_keys[0].budget.override: ends before it begins, so it does nothing\n");
  EXPECT_EQ(warned(budget + "1d, reserve_output: 5}"), "c.yaml:2:83: virtual_keys[0].budget.reserve_output: does nothing without reserve: capped\n");
  for (const std::string slides : {"1h, time_zone: Europe/Berlin}", "1d, time_zone: Europe/Berlin, alignment: rolling}"})
    EXPECT_EQ(warned(budget + slides), "c.yaml:2:78: virtual_keys[0].budget.time_zone: does nothing: this period slides and follows no calendar\n");
  EXPECT_EQ(warned("rate_limit: {max_requests: 5, reset_duration: 1h, time_zone: Europe/Berlin}"),
            "c.yaml:2:85: virtual_keys[0].rate_limit.time_zone: does nothing: this period slides and follows no calendar\n");
  EXPECT_EQ(warned("queue: {max_wait: 5s}"),
            "c.yaml:2:31: virtual_keys[0].queue: does nothing: neither the key nor its team, its customer or a tag has a rate limit\n");
  EXPECT_EQ(warned("expires_at: 2020-01-01T00:00:00Z"), "c.yaml:2:36: virtual_keys[0].expires_at: is over: the key is refused\n");
}

TEST(Warnings, AreNotOfWhatDoesSomething) {
  EXPECT_EQ(warned("expires_at: 2900-01-01T00:00:00Z, budget: {max_spend: 5, reset_duration: 1M, time_zone: Europe/Berlin, reserve: capped, reserve_output: 5, "
                   "override: {max_spend: 9, until: 2900-01-01T00:00:00Z}}"), "");
  EXPECT_EQ(warned("rate_limit: {max_requests: 5, reset_duration: 1d, time_zone: Europe/Berlin}, queue: {max_wait: 5s}"), "");
  EXPECT_EQ(warned("team: t, queue: {max_wait: 5s}", "teams: [{id: t, customer: c}]\ncustomers: [{id: c, rate_limit: {max_concurrent: 2}}]"), "");
  EXPECT_EQ(warned("queue: {max_wait: 5s}", "tags: [{id: t, rate_limit: {max_concurrent: 2}}]"), "") << "a request may carry the tag";
}

TEST(Problems, AQuoteThatIsNeverClosedSwallowsNothing) {
  const std::string head = "accounts:\n- {id: a, providers: [{id: t, type: simulated, model: m}]}\nlogging:\n  level: ";
  for (const char* quote : {"\"", "'"}) {
    const auto loaded = load(head + quote + "info\nvirtual_keys: [{id: k}]\n", "c.yaml", [](const std::string&) { return std::optional<std::string>(); });
    ASSERT_TRUE(std::holds_alternative<std::vector<Problem>>(loaded));
    EXPECT_EQ(format(std::get<std::vector<Problem>>(loaded)), "c.yaml:4:10: this quote is never closed\n");
  }
}

}  // namespace
}  // namespace sluice::config
