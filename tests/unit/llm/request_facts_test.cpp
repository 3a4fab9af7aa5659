#include "sluice/llm/request_facts.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace sluice::llm {
namespace {

RequestFacts facts_of(std::string_view body) {
  auto facts = read_facts(body);
  EXPECT_TRUE(facts) << body << ": " << (facts ? "" : facts.error().message());
  return facts ? std::move(*facts) : RequestFacts{};
}

Error refusal_of(std::string_view body) {
  auto facts = read_facts(body);
  EXPECT_FALSE(facts) << body;
  return facts ? Error(Code::internal, "accepted") : std::move(facts).error();
}

void expect_refusal(std::string_view body, std::string_view message, std::string_view name, std::string_view param) {
  const Error error = refusal_of(body);
  EXPECT_EQ(error.code(), Code::bad_request) << body;
  EXPECT_EQ(error.message(), message) << body;
  EXPECT_EQ(error.name(), name) << body;
  EXPECT_EQ(error.param(), param) << body;
}

TEST(RequestFacts, ReadsWhatTheGatewayActsOn) {
  const std::string body =
      R"({ "messages":[{"role":"user","content":"\"model\":\"x\""}], "model" : "gpt-4o", "stream":true,)"
      R"( "stream_options":{"include_usage":true},"max_tokens":10,"n":3})";
  const RequestFacts facts = facts_of(body);
  EXPECT_EQ(facts.model, "gpt-4o");
  EXPECT_EQ(body.substr(facts.model_begin, facts.model_end - facts.model_begin), "\"gpt-4o\"");
  EXPECT_TRUE(facts.stream);
  EXPECT_TRUE(facts.include_usage);
  EXPECT_EQ(facts.max_tokens, 10);
  EXPECT_EQ(facts.n, 3);
}

TEST(RequestFacts, DefaultsWhatIsAbsentOrNull) {
  for (const char* body :
       {R"({"model":"m"})", R"({"model":"m","stream":null,"stream_options":null,"max_tokens":null,"n":null})"}) {
    const RequestFacts facts = facts_of(body);
    EXPECT_FALSE(facts.stream);
    EXPECT_FALSE(facts.include_usage);
    EXPECT_EQ(facts.max_tokens, std::nullopt);
    EXPECT_EQ(facts.n, std::nullopt);
  }
  EXPECT_FALSE(facts_of(R"({"model":"m","stream_options":{"x":{"include_usage":true}}})").include_usage);
}

TEST(RequestFacts, PrefersMaxCompletionTokens) {
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":1,"max_completion_tokens":2})").max_tokens, 2);
  EXPECT_EQ(facts_of(R"({"model":"m","max_completion_tokens":2,"max_tokens":1})").max_tokens, 2);
  EXPECT_EQ(facts_of(R"({"model":"m","max_completion_tokens":null,"max_tokens":1})").max_tokens, 1);
}

TEST(RequestFacts, DecodesTheModelsName) {
  const std::string body = R"({"model":"a\/b\u00e9\ud83d\ude00"})";
  const RequestFacts facts = facts_of(body);
  EXPECT_EQ(facts.model, "a/b\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(facts.model_end - facts.model_begin, body.size() - 10);
}

TEST(RequestFacts, SaysWhereTheJsonIsBroken) {
  expect_refusal(R"({"model":"m",})",
                 "We could not parse the JSON body of your request: expected a string as object key at byte 13. "
                 "The body must be one JSON object in UTF-8.", "invalid_json", "");
  expect_refusal("", "We could not parse the JSON body of your request: the text ends too early at byte 0. "
                 "The body must be one JSON object in UTF-8.", "invalid_json", "");
  for (const char* body : {"[]", "\"model\"", "null", "{\"model\":\"m\"}x", "{\"model\":\"m\",\"a\":\"\xff\"}",
                           "{\"model\":\"m\"", "\xef\xbb\xbf{\"model\":\"m\"}"}) {
    EXPECT_EQ(refusal_of(body).name(), "invalid_json") << body;
  }
  EXPECT_EQ(refusal_of(R"({"model":"m","x":)" + std::string(128, '[') + std::string(128, ']') + "}").name(),
            "invalid_json");
}

TEST(RequestFacts, WantsAModel) {
  const std::string_view missing = "Missing required parameter: 'model'.";
  expect_refusal("{}", missing, "missing_required_parameter", "model");
  expect_refusal(R"({"model":null})", missing, "missing_required_parameter", "model");
  expect_refusal(R"({"x":{"model":"m"}})", missing, "missing_required_parameter", "model");
  expect_refusal(R"({"model":1})", "Invalid type for 'model': expected a string, but got a number instead.",
                 "invalid_type", "model");
  expect_refusal(R"({"model":["m"]})", "Invalid type for 'model': expected a string, but got an array instead.",
                 "invalid_type", "model");
  EXPECT_EQ(refusal_of(R"({"model":""})").name(), "empty_string");
  EXPECT_EQ(facts_of("{\"model\":\"" + std::string(512, 'm') + "\"}").model.size(), 512u);
  EXPECT_EQ(refusal_of("{\"model\":\"" + std::string(513, 'm') + "\"}").name(), "string_above_max_length");
  EXPECT_EQ(refusal_of(R"({"model":"a\r\nb"})").name(), "invalid_value");
}

TEST(RequestFacts, WantsBooleansWhereTheyDecide) {
  expect_refusal(R"({"model":"m","stream":"true"})",
                 "Invalid type for 'stream': expected a boolean, but got a string instead.", "invalid_type", "stream");
  expect_refusal(R"({"model":"m","stream":1})",
                 "Invalid type for 'stream': expected a boolean, but got a number instead.", "invalid_type", "stream");
  expect_refusal(R"({"model":"m","stream_options":true})",
                 "Invalid type for 'stream_options': expected an object, but got a boolean instead.", "invalid_type",
                 "stream_options");
  expect_refusal(R"({"model":"m","stream_options":{"include_usage":"yes"}})",
                 "Invalid type for 'stream_options.include_usage': expected a boolean, but got a string instead.",
                 "invalid_type", "stream_options.include_usage");
}

TEST(RequestFacts, RefusesKeysTheProviderMightReadOtherwise) {
  expect_refusal(R"({"model":"a","model":"b"})",
                 "Duplicate parameter: 'model' appears more than once in the JSON body.", "duplicate_parameter",
                 "model");
  for (const std::string key : {"stream", "stream_options", "max_tokens", "max_completion_tokens", "n"}) {
    const Error error = refusal_of("{\"model\":\"m\",\"" + key + "\":null,\"" + key + "\":null}");
    EXPECT_EQ(error.name(), "duplicate_parameter") << key;
    EXPECT_EQ(error.param(), key);
  }
  EXPECT_EQ(refusal_of(R"({"model":"a","\u006dodel":"b"})").name(), "invalid_parameter_name");
  EXPECT_EQ(refusal_of(R"({"\u006dodel":"b"})").param(), "model");
  EXPECT_EQ(refusal_of(R"({"model":"m","s\u0074ream":true})").param(), "stream");
  EXPECT_EQ(refusal_of(R"({"model":"m","stream_options":{"include_usage":true,"include_usage":false}})").name(),
            "duplicate_parameter");
  EXPECT_EQ(refusal_of(R"({"model":"m","stream_options":{"\u0069nclude_usage":true}})").name(),
            "invalid_parameter_name");
}

TEST(RequestFacts, LeavesOtherKeysAlone) {
  EXPECT_EQ(facts_of(R"({"temperature":1,"temperature":2,"te\u006dp":0,"\ud800":1,"model":"m","":1})").model, "m");
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":"many"})").max_tokens, std::nullopt);
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":1e400,"n":1.5,"x":"\ud800"})").n, 128) << "as many as there may be";
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":9,"max_completion_tokens":1})").max_tokens, 9) << "the one that allows most";
}

TEST(RequestFacts, SplicesAnotherModelAndNothingElse) {
  const std::string body = "{ \"model\" :  \"gpt-4o\" ,\"seed\":12345678901234567890, \"t\":1.00 }";
  EXPECT_EQ(splice_model(body, facts_of(body), "claude \"3\""),
            "{ \"model\" :  \"claude \\\"3\\\"\" ,\"seed\":12345678901234567890, \"t\":1.00 }");
}

}  // namespace
}  // namespace sluice::llm
