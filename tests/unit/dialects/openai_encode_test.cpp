// Neutral requests written as chat completions requests, for services of many quirks.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/openai_rules.hpp"

namespace sluice::dialects::openai_tests {
namespace {

using Json = nlohmann::ordered_json;

Quirks everything() {
  Quirks quirks;
  quirks.audio = quirks.files = quirks.images_in_tool_results = quirks.cache_marks = true;
  quirks.reasoning_history = "reasoning_details";
  return quirks;
}

struct Written { Json body; std::vector<std::string> dropped; Error error{Code::internal, ""}; bool ok = false; };

Written write(const llm::ChatRequest& request, const Quirks& quirks = no_quirks(), std::string_view model = "m") {
  const auto encoded = openai::wire().encode(request, {model, quirks});
  if (!encoded) return {{}, {}, encoded.error(), false};
  EXPECT_EQ(Rules::broken_by(encoded->body, quirks), std::vector<std::string>()) << encoded->body;
  return {Json::parse(encoded->body), encoded->dropped, Error(Code::internal, ""), true};
}

llm::ChatRequest asking(std::vector<llm::Message> messages) {
  llm::ChatRequest request;
  request.caller = llm::Dialect::anthropic;
  request.model = "any";
  request.messages = std::move(messages);
  return request;
}
llm::ChatRequest hello() { return asking({{llm::Role::user, {llm::Text{"hi"}}, ""}}); }

// Without what says nothing, and a text alone as a string.
Json normal(Json value) {
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      const bool nothing = it->is_null() || (it.key() == "tool_calls" && it->empty()) || (it.key() == "description" && *it == "");
      if (nothing) {
        it = value.erase(it);
        continue;
      }
      *it = normal(*it);
      if (it.key() == "image_url" && it->is_string()) *it = Json{{"url", *it}};   // as old clients say it
      const bool text = it.key() == "content" && it->is_array() && it->size() == 1 && it->front().is_object() && it->front().value("type", "") == "text";
      if (text) *it = Json(it->front()["text"]);
      ++it;
    }
  } else if (value.is_array()) {
    for (Json& one : value) one = normal(one);
  }
  return value;
}

class EachRequest : public testing::TestWithParam<const test::Exchange*> {};

TEST_P(EachRequest, ComesBackAsItWas) {
  const auto request = openai::caller().read_chat(GetParam()->request);
  ASSERT_TRUE(request);
  Quirks quirks = everything();
  if (GetParam()->request.find("\"type\":\"thinking\"") != std::string::npos) quirks.reasoning_history = "content";
  else quirks.reasoning_history = GetParam()->request.find("\"reasoning_details\"") != std::string::npos ? "reasoning_details"
                             : GetParam()->request.find("\"reasoning_content\"") != std::string::npos ? "reasoning_content" : "reasoning";
  quirks.reasoning_request = GetParam()->request.find("\"reasoning\":{") != std::string::npos ? "reasoning" : "reasoning_effort";
  const Written written = write(*request, quirks, request->model);
  ASSERT_TRUE(written.ok) << written.error.message();
  // What is said comes back the same, whatever cannot be said is named.
  auto expected = nlohmann::json(normal(Json::parse(GetParam()->request))), got = nlohmann::json(normal(written.body));
  if (expected.contains("max_completion_tokens")) {
    expected["max_tokens"] = expected["max_completion_tokens"];
    expected.erase("max_completion_tokens");
  }
  for (auto* one : {&expected, &got}) {
    one->erase("stream_options");
    if (!one->contains("tools")) one->erase("parallel_tool_calls");
    for (auto& message : (*one)["messages"]) {   // some clients send both names with the same text
      if (message.contains("reasoning_content") && message.value("reasoning", "") == message["reasoning_content"]) message.erase("reasoning");
    }
    if (one->contains("tool_choice") && (*one)["tool_choice"] == "any") (*one)["tool_choice"] = "required";
    if (one->contains("stop") && (*one)["stop"].is_string()) (*one)["stop"] = {(*one)["stop"]};
    if (one->contains("stream") && (*one)["stream"] == false) one->erase("stream");
    if (one->contains("n") && (*one)["n"] == 1) one->erase("n");
  }
  for (const auto& [name, value] : expected.items()) {
    const bool named = std::any_of(written.dropped.begin(), written.dropped.end(), [&](const auto& d) { return d.starts_with(name); });
    if (named) continue;
    EXPECT_EQ(value, got.contains(name) ? got[name] : nlohmann::json()) << name;
  }
}

std::vector<const test::Exchange*> requests() {
  auto found = test::exchanges_where([](const test::Exchange& one) {
    return one.operation == "chat.completions" && test::speaks_openai(one) && one.request.starts_with('{') && one.status < 400;
  });
  // Other services' additions are refused, and functions of old go on as tools.
  std::erase_if(found, [](const test::Exchange* one) {
    const auto request = openai::caller().read_chat(one->request);
    return !request || request->old_functions;
  });
  return found;
}
std::string name_of(const testing::TestParamInfo<const test::Exchange*>& info) {
  std::string name = info.param->id;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(OpenAiRecorded, EachRequest, testing::ValuesIn(requests()), name_of);
TEST(OpenAiRecordedRequests, AreAllThere) { EXPECT_GE(requests().size(), 60u); }

TEST(OpenAiEncode, AsksForUsageInStreams) {
  auto request = hello();
  request.stream = true;
  EXPECT_EQ(write(request).body.dump(),
            R"({"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"stream_options":{"include_usage":true}})");
  Quirks quirks;
  quirks.stream_usage = false;
  EXPECT_FALSE(write(request, quirks).body.contains("stream_options"));
}

TEST(OpenAiEncode, RenamesAndLeavesOutWhatTheServiceRefuses) {
  auto request = hello();
  request.max_tokens = 5;
  request.temperature = 0.25;
  request.top_p = 1;
  request.frequency_penalty = 0;
  request.stop = {"a", "b"};
  Quirks quirks;
  quirks.renames = {{"max_tokens", "max_completion_tokens"}};
  quirks.refuses = {"temperature", "top_p", "frequency_penalty", "stop"};
  const Written written = write(request, quirks);
  EXPECT_EQ(written.body["max_completion_tokens"], 5);
  // What is the model's own way anyway is no loss.
  EXPECT_EQ(written.dropped, (std::vector<std::string>{"temperature", "stop_sequences"}));
}

TEST(OpenAiEncode, AsksForSamplingBesideTheEffortsThatTakeIt) {
  auto request = hello();
  request.temperature = 0.25;
  request.top_p = 1;
  request.logprobs = true;
  request.top_logprobs = 2;
  const auto taken = [&](std::string effort, std::vector<std::string> beside, std::vector<std::string> efforts = {}) {
    request.reasoning_effort = std::move(effort);
    Quirks quirks;
    quirks.sampling_efforts = std::move(beside);
    quirks.efforts = std::move(efforts);
    const Written written = write(request, quirks);
    if (!written.body.contains("temperature")) {
      for (const char* name : {"top_p", "logprobs", "top_logprobs"}) EXPECT_FALSE(written.body.contains(name)) << name;
      for (const char* name : {"temperature", "logprobs", "top_logprobs"}) {
        EXPECT_EQ(std::count(written.dropped.begin(), written.dropped.end(), name), 1) << name;
      }
      EXPECT_EQ(std::count(written.dropped.begin(), written.dropped.end(), "top_p"), 0);   // 1 is what it does anyway
    }
    return written.body.contains("temperature") && written.body.contains("top_logprobs");
  };
  EXPECT_TRUE(taken("high", {}));
  EXPECT_TRUE(taken("none", {"none"}));
  EXPECT_FALSE(taken("", {"none"}));
  EXPECT_TRUE(taken("", {"unasked", "none"}));
  EXPECT_FALSE(taken("low", {"unasked", "none"}));
  EXPECT_FALSE(taken("none", {"none"}, {"low", "high"}));   // it is asked for the nearest
  request.thinking_budget = 0;
  EXPECT_TRUE(taken("", {"none"}));
}

TEST(OpenAiEncode, KeepsFourStopsAndSaysSo) {
  auto request = hello();
  request.stop = {"a", "b", "c", "d", "e"};
  const Written written = write(request);
  EXPECT_EQ(written.body["stop"].size(), 4u);
  EXPECT_EQ(written.dropped, std::vector<std::string>{"stop_sequences"});
}

TEST(OpenAiEncode, AsksForEffortAsTheServiceWantsIt) {
  const auto asked = [](std::string form, std::string effort, std::optional<std::int64_t> budget, std::vector<std::string> known = {}) {
    auto request = hello();
    request.reasoning_effort = std::move(effort);
    request.thinking_budget = budget;
    Quirks quirks;
    quirks.reasoning_request = std::move(form);
    quirks.efforts = std::move(known);
    Json body = write(request, quirks).body;
    body.erase("model");
    body.erase("messages");
    return body.dump();
  };
  EXPECT_EQ(asked("reasoning_effort", "low", {}), R"({"reasoning_effort":"low"})");
  EXPECT_EQ(asked("reasoning_effort", "", 1024), R"({"reasoning_effort":"low"})");
  EXPECT_EQ(asked("reasoning_effort", "", 8000), R"({"reasoning_effort":"medium"})");
  EXPECT_EQ(asked("reasoning_effort", "", 32000), R"({"reasoning_effort":"high"})");
  EXPECT_EQ(asked("reasoning_effort", "", 0), R"({"reasoning_effort":"none"})");
  EXPECT_EQ(asked("reasoning_effort", "", -1), R"({})");
  EXPECT_EQ(asked("reasoning_effort", "minimal", {}, {"none", "low", "high"}), R"({"reasoning_effort":"low"})");
  EXPECT_EQ(asked("reasoning_effort", "xhigh", {}, {"low", "high"}), R"({"reasoning_effort":"high"})");
  EXPECT_EQ(asked("reasoning", "high", {}), R"({"reasoning":{"effort":"high"}})");
  EXPECT_EQ(asked("reasoning", "", 2000), R"({"reasoning":{"max_tokens":2000}})");
  EXPECT_EQ(asked("thinking", "high", {}), R"({"thinking":{"type":"enabled"}})");
  EXPECT_EQ(asked("thinking", "none", {}), R"({"thinking":{"type":"disabled"}})");
  EXPECT_EQ(asked("enable_thinking", "", 500), R"({"enable_thinking":true,"thinking_budget":500})");
  EXPECT_EQ(asked("chat_template_kwargs", "none", {}), R"({"chat_template_kwargs":{"enable_thinking":false,"thinking":false}})");
  EXPECT_EQ(asked("", "high", {}), R"({})");
}

TEST(OpenAiEncode, SaysOrReportsWhetherThoughtsAreShown) {
  auto request = hello();
  request.reasoning_effort = "low";
  request.thinking_detail = "detailed";
  const auto dropped = [&](std::optional<bool> shown, bool shows, std::string form = "reasoning_effort") {
    request.show_thinking = shown;
    Quirks quirks;
    quirks.shows_thoughts = shows;
    quirks.reasoning_request = std::move(form);
    return write(request, quirks).dropped;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(dropped(std::nullopt, false), Names{"reasoning.summary"});
  EXPECT_EQ(dropped(true, false), (Names{"thinking.display", "reasoning.summary"}));
  EXPECT_EQ(dropped(true, true), Names{"reasoning.summary"});
  EXPECT_EQ(dropped(false, true), (Names{"thinking.display", "reasoning.summary"}));
  EXPECT_EQ(dropped(false, true, "reasoning"), Names{});
}

TEST(OpenAiEncode, AsksInWordsForJsonWhereTheServiceHasNoModeForIt) {
  auto request = asking({{llm::Role::user, {llm::Text{"Answer in json."}}, ""}});
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_object, "", "", std::nullopt};
  Quirks quirks;
  quirks.refuses = {"response_format.json_object"};
  const Written written = write(request, quirks);
  EXPECT_EQ(written.body["messages"].size(), 2u);
  EXPECT_EQ(written.dropped.size(), 1u);
}

// A turn as Anthropic has it: calls, then all results and a text in one message of the user.
llm::ChatRequest tool_loop() {
  llm::ToolResult first{"toolu_1", {llm::Text{"sunny"}, llm::Image{"image/png", "AAAA", "", ""}}};
  llm::ToolResult second{"toolu_2", {llm::Text{"cold"}}, true};
  return asking({{llm::Role::user, {llm::Text{"weather?"}}, ""},
                 {llm::Role::assistant,
                  {llm::Thinking{"hm", "sig", false, llm::Maker::anthropic}, llm::Text{"I look."},
                   llm::ToolCall{"toolu_1", "get", R"({"a":1})"}, llm::ToolCall{"toolu_2", "get", ""}},
                  ""},
                 {llm::Role::user, {first, second, llm::Text{"go on"}}, ""}});
}

TEST(OpenAiEncode, CarriesPicturesOfToolResultsIntoTheNextMessageOfTheUser) {
  const Written written = write(tool_loop());
  const Json& messages = written.body["messages"];
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(messages[1].dump(),
            R"({"role":"assistant","content":"I look.","tool_calls":[)"
            R"({"id":"toolu_1","type":"function","function":{"name":"get","arguments":"{\"a\":1}"}},)"
            R"({"id":"toolu_2","type":"function","function":{"name":"get","arguments":"{}"}}]})");
  EXPECT_EQ(messages[2].dump(), R"({"role":"tool","tool_call_id":"toolu_1","content":"sunny"})");
  EXPECT_EQ(messages[3].dump(), R"({"role":"tool","tool_call_id":"toolu_2","content":"cold"})");
  EXPECT_EQ(messages[4]["content"][1]["image_url"]["url"], "data:image/png;base64,AAAA");
  EXPECT_EQ(messages[4]["content"][2]["text"], "go on");
  EXPECT_EQ(written.dropped, (std::vector<std::string>{"messages.thinking", "messages.is_error"}));
}

TEST(OpenAiEncode, LeavesPicturesInToolResultsWhereTheyMayStand) {
  const Written written = write(tool_loop(), everything(), "anthropic/claude-sonnet-4");
  EXPECT_EQ(written.body["messages"][2]["content"][1]["type"], "image_url");
  EXPECT_EQ(written.body["messages"][4]["content"], "go on");
}

TEST(OpenAiEncode, ShowsSignaturesToTheirMakerOnly) {
  Quirks quirks = everything();
  const Json own = write(tool_loop(), quirks, "anthropic/claude-sonnet-4").body["messages"][1];
  EXPECT_EQ(own["reasoning_details"].dump(),
            R"([{"type":"reasoning.text","text":"hm","signature":"sig","format":"anthropic-claude-v1","index":0}])");
  const Written other = write(tool_loop(), quirks, "google/gemini-2.5-pro");
  EXPECT_FALSE(other.body["messages"][1].contains("reasoning_details"));
  EXPECT_EQ(other.dropped.front(), "messages.thinking");
}

TEST(OpenAiEncode, TellsEarlierThoughtsAsTheServiceKnowsThem) {
  for (const std::string form : {"reasoning_content", "reasoning"}) {
    Quirks quirks;
    quirks.reasoning_history = form;
    EXPECT_EQ(write(tool_loop(), quirks).body["messages"][1][form], "hm");
  }
  Quirks quirks;
  quirks.reasoning_history = "content";
  EXPECT_EQ(write(tool_loop(), quirks).body["messages"][1]["content"].dump(),
            R"([{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"I look."}])");
}

TEST(OpenAiEncode, SignsCallsWithGooglesProof) {
  auto request = asking({{llm::Role::user, {llm::Text{"?"}}, ""},
                         {llm::Role::assistant, {llm::ToolCall{"c1", "get", "{}", "GSIG", llm::Maker::google}}, ""},
                         {llm::Role::tool, {llm::ToolResult{"c1", {llm::Text{"1"}}}}, ""}});
  Quirks quirks;
  quirks.reasoning_history = "extra_content";
  EXPECT_EQ(write(request, quirks).body["messages"][1]["tool_calls"][0]["extra_content"]["google"]["thought_signature"], "GSIG");
  quirks.reasoning_history = "reasoning_details";
  EXPECT_EQ(write(request, quirks, "google/gemini-3").body["messages"][1]["reasoning_details"].dump(),
            R"([{"type":"reasoning.encrypted","data":"GSIG","id":"c1","format":"google-gemini-v1","index":0}])");
}

TEST(OpenAiEncode, MakesCallIdsFit) {
  const std::string long_id(60, 'x');
  auto request = asking({{llm::Role::user, {llm::Text{"?"}}, ""},
                         {llm::Role::assistant, {llm::ToolCall{long_id, "a", "{}"}, llm::ToolCall{"", "b", "{}"}, llm::ToolCall{"", "c", "{}"}}, ""},
                         {llm::Role::user, {llm::ToolResult{"", {llm::Text{"b"}}}, llm::ToolResult{long_id, {}}, llm::ToolResult{"", {}}}, ""}});
  Quirks mistral;
  mistral.call_id_length = 9;
  for (const Quirks& quirks : {Quirks{}, mistral}) {
    const Json messages = write(request, quirks).body["messages"];
    EXPECT_EQ(messages[2]["tool_call_id"], messages[1]["tool_calls"][1]["id"]);
    EXPECT_EQ(messages[3]["tool_call_id"], messages[1]["tool_calls"][0]["id"]);
    EXPECT_EQ(messages[4]["tool_call_id"], messages[1]["tool_calls"][2]["id"]);
  }
}

TEST(OpenAiEncode, PutsSystemMessagesWhereTheServiceWantsThem) {
  auto request = asking({{llm::Role::system, {llm::Text{"one"}}, ""}, {llm::Role::user, {llm::Text{"hi"}}, ""}, {llm::Role::developer, {llm::Text{"two"}}, ""},
                         {llm::Role::user, {llm::Text{"ho"}}, ""}});
  EXPECT_EQ(write(request).body["messages"][2].dump(), R"({"role":"developer","content":"two"})");
  Quirks quirks;
  quirks.developer_role = quirks.many_systems = quirks.content_lists = false;
  const Json messages = write(request, quirks).body["messages"];
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_EQ(messages[0].dump(), R"({"role":"system","content":"one\n\ntwo"})");
}

TEST(OpenAiEncode, SaysASchemaInWordsWhereItCannotBeAsked) {
  auto request = hello();
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_schema, "", R"({"type":"object","properties":{},"additionalProperties":false,"required":[]})", {}};
  const Json exact = write(request).body["response_format"];
  EXPECT_EQ(exact["json_schema"]["name"], "response");
  EXPECT_EQ(exact["json_schema"]["strict"], true);   // others enforce every schema
  Quirks quirks;
  quirks.json_schema = false;
  const Written words = write(request, quirks);
  EXPECT_EQ(words.body["response_format"]["type"], "json_object");
  EXPECT_NE(words.body["messages"][0]["content"].get<std::string>().find("additionalProperties"), std::string::npos);
  EXPECT_EQ(words.dropped, std::vector<std::string>{"output_config.format"});
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_object, "", "", {}};
  EXPECT_NE(write(request).body["messages"][0]["content"].get<std::string>().find("JSON"), std::string::npos);
}

TEST(OpenAiEncode, LeavesSchemasOutOfStrictModeThatItWouldRefuse) {
  auto request = hello();
  request.response_format = llm::ResponseFormat{llm::ResponseFormat::Kind::json_schema, "a b", R"({"type":"object","properties":{"x":{"type":"string"}}})", {}};
  const Json format = write(request).body["response_format"]["json_schema"];
  EXPECT_FALSE(format.contains("strict"));
  EXPECT_EQ(format["name"], "a_b");
}

TEST(OpenAiEncode, AsksForASearchWhereNoToolsAreTaken) {
  auto request = hello();
  const llm::ServerTool search{llm::ServerTool::Kind::web_search, "web_search", R"({"type":"web_search_20250305","name":"web_search"})",
                               llm::Dialect::anthropic};
  request.server_tools = {search, search};
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::automatic, ""};
  Quirks quirks;
  quirks.refuses = {"tools"};
  quirks.web_search = "web_search_options";
  const Written alone = write(request, quirks);
  EXPECT_EQ(alone.body["web_search_options"].dump(), "{}");
  EXPECT_TRUE(alone.dropped.empty());
  request.tools = {{"get", "gets", "", {}}};
  const Written both = write(request, quirks);
  EXPECT_TRUE(both.body.contains("web_search_options"));
  EXPECT_FALSE(both.body.contains("tools") || both.body.contains("tool_choice"));
  EXPECT_EQ(both.dropped, std::vector<std::string>{"tools"});
  quirks.web_search.clear();
  EXPECT_EQ(write(request, quirks).dropped, std::vector<std::string>{"tools"});
}

TEST(OpenAiEncode, WritesToolsAndTheChoiceAmongThem) {
  auto request = hello();
  request.tools = {{"get", "gets", R"({"type":"object","properties":{"z":{"const":12345678901234567890}}})", true}, {"put", "", "", {}}};
  request.tools.push_back({"shell", "runs", R"({"type":"grammar","syntax":"lark","definition":"x"})", {}, {}, true});
  request.tool_choice = llm::ToolChoice{llm::ToolChoice::Kind::required, "", {"get", "shell"}};
  request.parallel_tool_calls = false;
  const auto encoded = openai::wire().encode(request, {"m", no_quirks()});
  ASSERT_TRUE(encoded);
  EXPECT_NE(encoded->body.find("12345678901234567890"), std::string::npos);
  const Json body = write(request).body;
  EXPECT_EQ(body["tools"][2]["custom"]["format"].dump(), R"({"type":"grammar","grammar":{"syntax":"lark","definition":"x"}})");
  EXPECT_EQ(body["tool_choice"].dump(),
            R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"get"}},{"type":"custom","custom":{"name":"shell"}}]}})");
  Quirks quirks;
  quirks.refuses = {"tool_choice.allowed_tools", "tools.custom", "parallel_tool_calls"};
  quirks.strict_tools = false;
  const Written less = write(request, quirks);
  ASSERT_EQ(less.body["tools"].size(), 2u);   // only those that may be called; free text as a function's one string
  EXPECT_EQ(less.body["tools"][1]["function"]["parameters"]["required"].dump(), R"(["input"])");
  EXPECT_EQ(less.body["tool_choice"], "required");
  EXPECT_EQ(less.dropped, (std::vector<std::string>{"tools.strict", "tools.format", "tool_choice.disable_parallel_tool_use"}));
}

TEST(OpenAiEncode, RefusesWhatCannotBeLeftOut) {
  const auto refused = [](const std::function<void(llm::ChatRequest&, Quirks&)>& change) {
    auto request = hello();
    Quirks quirks;
    change(request, quirks);
    const Written written = write(request, quirks);
    EXPECT_FALSE(written.ok);
    EXPECT_EQ(written.error.code(), Code::bad_request);
    return written.error.param();
  };
  EXPECT_EQ(refused([](auto& r, auto& q) { r.n = 2, q.refuses = {"n"}; }), "n");
  EXPECT_EQ(refused([](auto& r, auto&) { r.others = {{"previous_response_id", "\"r\""}}; }), "previous_response_id");
  EXPECT_EQ(refused([](auto& r, auto& q) { r.messages[0].parts = {llm::Image{"image/png", "AA", "", ""}}, q.images = false; }), "messages");
  EXPECT_EQ(refused([](auto& r, auto&) { r.messages[0].parts = {llm::File{"application/pdf", "AA", "", "", ""}}; }), "messages");
  EXPECT_EQ(refused([](auto& r, auto& q) { r.messages[0].parts = {llm::File{"video/mp4", "AA", "", "", ""}}, q.files = true; }), "messages");
  EXPECT_EQ(refused([](auto& r, auto& q) { r.messages[0].parts = {llm::File{"", "", "file_1", "", ""}}, q.files = true; }), "messages");
  EXPECT_EQ(refused([](auto& r, auto&) { r.messages[0].parts = {llm::Audio{"wav", "AA"}}; }), "messages");
  EXPECT_EQ(refused([](auto& r, auto& q) { r.messages.push_back({llm::Role::assistant, {llm::Text{"a"}}, ""}), q.last_may_be_assistant = false; }), "messages");
}

TEST(OpenAiEncode, WritesFilesSoundAndMarks) {
  auto request = asking({{llm::Role::user, {llm::File{"application/pdf", "AAAA", "", "a.pdf", ""}, llm::CacheMark{true}, llm::Audio{"audio/mpeg", "BBBB"},
                                            llm::File{"text/plain", "aGk=", "", "n", ""}, llm::CacheMark{}}, ""}});
  const Written written = write(request, everything());
  EXPECT_EQ(written.body["messages"][0]["content"].dump(),
            R"([{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"},"cache_control":{"type":"ephemeral","ttl":"1h"}},)"
            R"({"type":"input_audio","input_audio":{"data":"BBBB","format":"mp3"}},)"
            R"({"type":"text","text":"<document title=\"n\">\nhi\n</document>","cache_control":{"type":"ephemeral"}}])");
  EXPECT_EQ(written.dropped, std::vector<std::string>());
  Quirks quirks = everything();
  quirks.cache_marks = false;
  EXPECT_EQ(write(request, quirks).dropped, std::vector<std::string>{"cache_control"});
}

}  // namespace
}  // namespace sluice::dialects::openai_tests
