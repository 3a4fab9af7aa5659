// The Gemini API as our callers speak it: requests read and written again, answers and streams written and read back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gemini_rules.hpp"
#include "gemini_support.hpp"
#include "sluice/base/base64.hpp"

namespace sluice::dialects::gemini_tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Both ways of writing names and enums, and both forms of schemas, brought to one; an independent reading of what Google
// takes as the same.
std::string camel(const std::string& key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '_' && i + 1 < key.size()) out += static_cast<char>(std::toupper(key[++i]));
    else out += key[i];
  }
  return out;
}

Json plain_schema(const Json& s) {
  static const char* const names[] = {"", "string", "number", "integer", "boolean", "array", "object", "null"};
  if (s.is_array()) {
    Json out = Json::array();
    for (const Json& one : s) out.push_back(plain_schema(one));
    return out;
  }
  if (!s.is_object()) return s;
  Json out = Json::object();
  for (const auto& [key, value] : s.items()) {
    if (key == "properties") {
      for (const auto& [name, one] : value.items()) out["properties"][name] = plain_schema(one);
    } else if (key == "type") {
      std::string type = value.is_number() ? names[value.get<int>()] : value.is_string() ? value.get<std::string>() : value.dump();
      std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      out["type"] = type;
    } else if (!value.empty() || !value.is_array()) {
      out[camel(key)] = plain_schema(value);
    }
  }
  if (out.contains("properties") && out["properties"].is_null()) out.erase("properties");
  if (out.value("type", "") == "object" && out.size() <= 2 && !out.contains("properties")) return Json();   // no arguments
  return out;
}

Json plain(const Json& value, const std::string& under = "") {
  if (under == "args" || under == "response") return value;
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& one : value) {
      Json made = plain(one, under);
      if (under == "parts" && made == Json{{"text", ""}}) continue;   // an empty text says nothing
      out.push_back(std::move(made));
    }
    return out;
  }
  if (!value.is_object()) return value.is_number() ? Json(value.get<double>()) : value;
  Json out = Json::object();
  for (const auto& [raw, inner] : value.items()) {
    std::string key = camel(raw);
    if (key == "parameters" || key == "parametersJsonSchema" || key == "responseSchema" || key == "responseJsonSchema") {
      const Json schema = plain_schema(inner);
      if (!schema.is_null()) out[key.starts_with("param") ? "parameters" : "responseSchema"] = schema;
    } else if (key == "parts" && inner.is_object()) {
      out[key] = plain(Json::array({inner}), key);
    } else if (key == "description" && inner == "") {
      continue;
    } else {
      out[key] = plain(inner, key);
    }
  }
  if (out.contains("contents")) {
    for (Json& turn : out["contents"]) turn.emplace("role", "user");
  }
  if (out.contains("systemInstruction")) {
    out["systemInstruction"].erase("role");
    if (out["systemInstruction"]["parts"].empty()) out.erase("systemInstruction");
  }
  if (out.contains("generationConfig") && out["generationConfig"].empty()) out.erase("generationConfig");
  if (under.empty()) out.erase("model");
  return out;
}

TEST(GeminiCaller, RecordedRequestsReadAndWrittenAgainSayTheSame) {
  std::size_t count = 0;
  for (const auto& one : test::exchanges()) {
    if (!speaks_gemini(one) || one.operation.find("enerateContent") == std::string::npos) continue;
    SCOPED_TRACE(one.id);
    const auto read = gemini::caller().read_chat(one.request);
    ASSERT_TRUE(read) << read.error().message();
    const std::size_t at = one.path.find("/models/") + 8;
    const std::string model = one.path.substr(at, one.path.find(':', at) - at);
    const auto written = gemini::wire().encode(*read, {model, no_quirks()});
    ASSERT_TRUE(written) << written.error().message();
    EXPECT_EQ(plain(Json::parse(written->body)).dump(1), plain(Json::parse(one.request)).dump(1));
    EXPECT_THAT(written->dropped, IsEmpty());
    ++count;
  }
  EXPECT_GE(count, 28u);
}

// A cache holds the beginning of the conversation: without it the answer would be to another question.
TEST(GeminiCaller, WhatOnlyGoogleHasIsRefusedElsewhere) {
  for (const char* name : {"cachedContent", "cached_content"}) {
    const auto request = gemini::caller().read_chat("{\"contents\":[{\"parts\":[{\"text\":\"a\"}]}],\"" + std::string(name) + "\":\"cachedContents/1\"}");
    ASSERT_TRUE(request);
    const auto can = gemini::caller().translatable(*request);
    ASSERT_FALSE(can);
    EXPECT_EQ(can.error().param(), "cachedContent");
  }
  EXPECT_TRUE(gemini::caller().translatable(*gemini::caller().read_chat(R"({"contents":[{"parts":[{"text":"a"}]}],"safetySettings":[]})")));
}

TEST(GeminiCaller, BothSpellingsOfNamesAndEnums) {
  const auto camel_case = gemini::caller().read_chat(R"({"systemInstruction":{"parts":[{"text":"S"}]},"contents":[{"parts":[{"text":"a"}]}],
    "generationConfig":{"maxOutputTokens":5,"topK":3.0,"thinkingConfig":{"thinkingBudget":0,"includeThoughts":false},"responseModalities":["TEXT"]},
    "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f","g"]}},"tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}]})");
  const auto snake_case = gemini::caller().read_chat(R"({"system_instruction":{"parts":{"text":"S"}},"contents":{"parts":[{"text":"a"}]},
    "generation_config":{"max_output_tokens":5,"top_k":3,"thinking_config":{"thinking_budget":0,"include_thoughts":false},"response_modalities":[1]},
    "tool_config":{"function_calling_config":{"mode":2,"allowed_function_names":["f","g"]}},"tools":[{"function_declarations":{"name":"f"},"google_search":{}}]})");
  ASSERT_TRUE(camel_case);
  ASSERT_TRUE(snake_case) << snake_case.error().message();
  for (const auto& request : {*camel_case, *snake_case}) {
    EXPECT_EQ(request.max_tokens, 5);
    EXPECT_EQ(request.top_k, 3);
    EXPECT_EQ(request.thinking_budget, 0);
    EXPECT_EQ(request.show_thinking, false);
    EXPECT_EQ(request.tool_choice->kind, llm::ToolChoice::Kind::required);
    EXPECT_THAT(request.tool_choice->allowed, ElementsAre("f", "g"));
    ASSERT_EQ(request.server_tools.size(), 1u);
    EXPECT_EQ(request.server_tools[0].raw, R"({"googleSearch":{}})");
    EXPECT_THAT(request.modalities, ElementsAre("text"));
    ASSERT_EQ(request.messages.size(), 2u);
    EXPECT_EQ(request.messages[0].role, llm::Role::system);
    EXPECT_THAT(request.others, IsEmpty());
  }
}

TEST(GeminiCaller, WordsWithoutANeutralPlaceGoOutAsTheyCame) {
  const std::string body = R"({"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"responseMimeType":"text/x.enum",)"
                           R"("responseSchema":{"type":"STRING","enum":["x"]},"mediaResolution":"MEDIA_RESOLUTION_LOW","speechConfig":{"languageCode":"de"}},)"
                           R"("labels":{"a":"b"},"toolConfig":{"retrievalConfig":{"languageCode":"de"}}})";
  const auto read = gemini::caller().read_chat(body);
  ASSERT_TRUE(read);
  const auto written = gemini::wire().encode(*read, {"gemini-2.5-flash", no_quirks()});
  ASSERT_TRUE(written);
  EXPECT_EQ(Json::parse(written->body), Json::parse(body));
  EXPECT_THAT(written->dropped, IsEmpty());
}

TEST(GeminiCaller, TheServiceTierIsForOthersToo) {
  const auto read = gemini::caller().read_chat(R"({"contents":[{"role":"user","parts":[{"text":"a"}]}],"serviceTier":"flex"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->service_tier, "flex");
  EXPECT_EQ(Json::parse(gemini::wire().encode(*read, {"gemini-3-flash", no_quirks()})->body).at("serviceTier"), "flex");
  EXPECT_EQ(Json::parse(openai::wire().encode(*read, {"gpt-5", no_quirks()})->body).at("service_tier"), "flex");
}

TEST(GeminiCaller, GooglesSchemasBecomeJsonSchema) {
  const auto read = gemini::caller().read_chat(R"({"contents":[{"parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":
    {"type":"OBJECT","properties":{"any_of":{"type":1,"nullable":true,"enum":["x"]},"b":{"type":"ARRAY","items":{"type":"INTEGER"},"max_items":"3"},"c":{"anyOf":[{"type":"STRING"}],"nullable":true}},"property_ordering":["b"]}}]}]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tools.at(0).parameters, R"({"type":"object","properties":{"any_of":{"type":["string","null"],"enum":["x",null]},"b":{"type":"array","items":{"type":"integer"},"maxItems":3},)"
                                          R"("c":{"anyOf":[{"type":"string"},{"type":"null"}]}},"propertyOrdering":["b"]})");
}

TEST(GeminiCaller, CallsAndResultsFindEachOtherByNameAndOrder) {
  const auto read = gemini::caller().read_chat(R"({"contents":[{"role":"user","parts":[{"text":"a"}]},
    {"role":"model","parts":[{"functionCall":{"name":"f","args":{"n":1}}},{"functionCall":{"name":"f","args":{"n":2}}},{"functionCall":{"id":"x","name":"g"}}]},
    {"role":"user","parts":[{"functionResponse":{"id":"x","name":"g","response":{"error":"bad"}}},{"functionResponse":{"name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"f","response":{"output":"2"}}},{"text":"b"}]}]})");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->messages.size(), 6u);
  std::vector<std::string> calls, results;
  for (const auto& part : read->messages[1].parts) calls.push_back(std::get<llm::ToolCall>(part).id);
  for (std::size_t i = 2; i < 5; ++i) {
    EXPECT_EQ(read->messages[i].role, llm::Role::tool);
    results.push_back(std::get<llm::ToolResult>(read->messages[i].parts.at(0)).call_id);
  }
  EXPECT_THAT(results, ElementsAre(calls[2], calls[0], calls[1]));
  EXPECT_NE(calls[0], calls[1]);
  EXPECT_TRUE(std::get<llm::ToolResult>(read->messages[2].parts[0]).is_error);
  EXPECT_EQ(read->messages[5].role, llm::Role::user);
}

TEST(GeminiCaller, RefusesWithTheFieldAtFault) {
  struct Row { const char* body; const char* param; };
  for (const Row& row : {Row{"{}", "contents"}, {R"({"contents":[{"role":"robot","parts":[]}]})", "contents[0].role"}, {R"({"contents":5})", "contents"},
                         {R"({"contents":[{"parts":[{"functionCall":{}}]}]})", "contents[0].parts[0].functionCall.name"},
                         {R"({"contents":[],"generationConfig":{"temperature":3}})", "generationConfig.temperature"},
                         {R"({"contents":[],"tools":[{"functionDeclarations":[{"description":"x"}]}]})", "tools[0].functionDeclarations[0].name"}}) {
    const auto read = gemini::caller().read_chat(row.body);
    ASSERT_FALSE(read) << row.body;
    EXPECT_EQ(read.error().param(), row.param);
  }
  EXPECT_FALSE(gemini::caller().read_chat("{"));
}

TEST(GeminiCaller, CountsAndEmbeddings) {
  const auto wrapped = gemini::caller().read_count_tokens(R"({"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{"name":"f"}]}]}})");
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(wrapped->tools.size(), 1u);
  EXPECT_EQ(wrapped->messages.size(), 1u);
  EXPECT_TRUE(gemini::caller().read_count_tokens(test::exchange("gemini-countTokens-pydantic-ai-testgoogle-test-count-tokens-error-0").request));
  EXPECT_EQ(gemini::caller().write_token_count(5), R"({"totalTokens":5})");

  const auto batch = gemini::caller().read_embedding(test::exchange("gemini-batchEmbedContents-pydantic-ai-testgoogle-test-embed-error-0").request);
  ASSERT_TRUE(batch);
  EXPECT_TRUE(batch->batch);
  EXPECT_EQ(batch->purpose, "query");
  EXPECT_EQ(batch->inputs.at(0).text, "Hello, world!");
  const auto again = gemini::wire().encode_embedding(*batch, {"nonexistent-model", no_quirks()});
  EXPECT_EQ(Json::parse(again->body), Json::parse(test::exchange("gemini-batchEmbedContents-pydantic-ai-testgoogle-test-embed-error-0").request));

  const auto single = gemini::caller().read_embedding(R"({"content":{"parts":[{"text":"a"},{"text":"b"}]},"task_type":2,"title":"T","output_dimensionality":64})");
  ASSERT_TRUE(single);
  EXPECT_FALSE(single->batch);
  EXPECT_EQ(single->inputs.at(0).text, "a\nb");
  EXPECT_EQ(single->purpose, "document");
  EXPECT_EQ(single->dimensions, 64);
  llm::EmbeddingResponse answer;
  answer.vectors = {"[0.10]"};
  EXPECT_EQ(gemini::caller().write_embedding(*single, answer, {}), R"({"embedding":{"values":[0.10]}})");
  EXPECT_EQ(gemini::caller().write_embedding(*batch, answer, {}), R"({"embeddings":[{"values":[0.10]}]})");
  EXPECT_FALSE(gemini::caller().read_embedding(R"({"requests":[{"content":{"parts":[{"text":"a"}]},"taskType":1},{"content":{"parts":[{"text":"a"}]}}]})"));
  EXPECT_FALSE(gemini::caller().read_embedding(R"({"content":{"parts":[{"inlineData":{}}]}})"));
}

llm::ChatResponse answer_of(const std::string& recorded) { return *gemini::wire().decode(recorded); }

// Written and read back, an answer is the same answer.
TEST(GeminiCaller, RecordedAnswersSurviveWriting) {
  for (const auto& one : answers()) {
    SCOPED_TRACE(one.id);
    const llm::ChatResponse before = answer_of(one.response);
    const std::string written = gemini::caller().write_chat({}, before, {"id", 0, {}});
    const auto after = gemini::wire().decode(written);
    if (before.choices[0].parts.empty() && before.choices[0].finish == llm::Finish::unknown) {   // nothing, and no reason
      EXPECT_FALSE(after);
      continue;
    }
    ASSERT_TRUE(after);
    EXPECT_EQ(after->choices.size(), before.choices.size());
    EXPECT_EQ(after->model, before.model);
    EXPECT_EQ(after->usage.input, before.usage.input);
    EXPECT_EQ(after->usage.output, before.usage.output);
    EXPECT_EQ(after->usage.reasoning, before.usage.reasoning);
    EXPECT_EQ(after->usage.cache_read, before.usage.cache_read);
    for (std::size_t i = 0; i < before.choices.size(); ++i) {
      if (before.choices[i].finish != llm::Finish::unknown) { EXPECT_EQ(after->choices[i].finish, before.choices[i].finish); }
      ASSERT_EQ(after->choices[i].parts.size(), before.choices[i].parts.size());
      for (std::size_t p = 0; p < before.choices[i].parts.size(); ++p) {
        const auto& was = before.choices[i].parts[p];
        if (const auto* text = std::get_if<llm::Text>(&was)) {
          const auto& is = std::get<llm::Text>(after->choices[i].parts[p]);
          EXPECT_EQ(is.text, text->text);
          EXPECT_EQ(is.signature, text->signature);
          ASSERT_EQ(is.citations.size(), text->citations.size());
          for (std::size_t c = 0; c < is.citations.size(); ++c) {
            EXPECT_EQ(is.citations[c].url, text->citations[c].url);
            EXPECT_EQ(is.citations[c].start, text->citations[c].start);
            EXPECT_EQ(is.citations[c].end, text->citations[c].end);
          }
        }
        if (const auto* call = std::get_if<llm::ToolCall>(&was)) {
          const auto& is = std::get<llm::ToolCall>(after->choices[i].parts[p]);
          EXPECT_EQ(is.id + is.name + is.arguments + is.signature, call->id + call->name + call->arguments + call->signature);
        }
      }
    }
  }
}

std::string written(const std::vector<llm::StreamEvent>& events, const std::string& query) {
  std::string out;
  const auto writer = gemini::caller().stream_writer({}, {"id", 0, query});
  EXPECT_EQ(writer->content_type(), query.empty() ? "application/json; charset=UTF-8" : "text/event-stream");
  for (const auto& event : events) writer->write(event, out);
  return out;
}

// In either framing, what is written reads back as the same stream.
TEST(GeminiCaller, RecordedStreamsSurviveWriting) {
  for (const auto& one : streams()) {
    SCOPED_TRACE(one.id);
    const Decoded before = decode_pieces({one.response});
    const Sum was = sum_of(before.events);
    for (const char* query : {"", "alt=sse"}) {
      const std::string stream = written(before.events, query);
      EXPECT_NO_THROW(chunks_of(stream));
      const Decoded after = decode_pieces({stream});
      EXPECT_EQ(after.error, "");
      const Sum is = sum_of(after.events);
      EXPECT_EQ(is.text, was.text);
      EXPECT_EQ(is.thinking, was.thinking);
      EXPECT_EQ(is.signatures, was.signatures);
      EXPECT_EQ(is.server_parts, was.server_parts);
      EXPECT_EQ(is.finishes, was.finishes);
      EXPECT_EQ(is.citations, was.citations);
      EXPECT_EQ(is.usage.input, was.usage.input);
      EXPECT_EQ(is.usage.output, was.usage.output);
      EXPECT_EQ(is.model, was.model);
      EXPECT_EQ(is.id, was.id.empty() ? "id" : was.id);
      ASSERT_EQ(is.tools.size(), was.tools.size());
      for (std::size_t i = 0; i < is.tools.size(); ++i) EXPECT_EQ(is.tools[i].id + is.tools[i].arguments, was.tools[i].id + was.tools[i].arguments);
    }
  }
}

TEST(GeminiCaller, PiecesOfACallBecomeOneCall) {
  namespace event = llm::event;
  llm::Usage used;
  used.input = 3;
  used.output = 2;
  const std::vector<llm::StreamEvent> events = {event::Started{"r", "m"}, event::TextDelta{0, "a"}, event::ToolCallStarted{0, 0, "c1", "f"},
                                                event::ToolCallDelta{0, 0, "{\"x\""}, event::ToolCallDelta{0, 0, ":1}"}, event::ToolCallStarted{0, 1, "c2", "g"},
                                                event::Finished{0, llm::Finish::tool_calls, {}}, event::UsageSeen{used}, event::Ended{}};
  const auto chunks = chunks_of(written(events, "alt=sse"));
  ASSERT_EQ(chunks.size(), 4u);
  EXPECT_EQ(chunks[1]["candidates"][0]["content"]["parts"][0], Json::parse(R"({"functionCall":{"id":"c1","name":"f","args":{"x":1}}})"));
  EXPECT_EQ(chunks[2]["candidates"][0]["content"]["parts"][0], Json::parse(R"({"functionCall":{"id":"c2","name":"g","args":{}}})"));
  EXPECT_FALSE(chunks[2]["candidates"][0].contains("finishReason"));
  EXPECT_EQ(chunks[3]["candidates"][0]["finishReason"], "STOP");
  EXPECT_EQ(chunks[3]["usageMetadata"]["totalTokenCount"], 5);
}

// error.code is the HTTP status, and error.status its name (google/rpc/code.proto), whatever a provider answered with.
TEST(GeminiCaller, AnErrorSaysTheStatusItIsAnsweredWith) {
  for (const auto& [status, name] : std::vector<std::pair<int, std::string>>{{409, "ABORTED"},
           {500, "INTERNAL"}, {502, "UNAVAILABLE"}, {503, "UNAVAILABLE"}, {504, "DEADLINE_EXCEEDED"}, {529, "UNAVAILABLE"}}) {
    const Json body = Json::parse(gemini::caller().write_error(Error(code_of(status), "m").answered_with(status)));
    EXPECT_EQ(body["error"]["code"], status);
    EXPECT_EQ(body["error"]["status"], name) << status;
  }
  EXPECT_EQ(Json::parse(gemini::caller().write_error(Error(Code::upstream_failed, "m")))["error"]["code"], 502);
}

TEST(GeminiCaller, AnErrorEndsTheArrayItStandsIn) {
  namespace event = llm::event;
  const Error error = Error(Code::rate_limited, "slow down").retry_in(std::chrono::milliseconds(1500));
  const std::string array = written({event::Started{"r", "m"}}, "") + gemini::caller().write_error_event(error, {"id", 0, ""});
  const Json chunks = Json::parse(array);
  EXPECT_EQ(chunks.back()["error"]["code"], 429);
  EXPECT_EQ(chunks.back()["error"]["status"], "RESOURCE_EXHAUSTED");
  EXPECT_EQ(chunks.back()["error"]["details"][1]["retryDelay"], "1.500s");
  const std::string events = gemini::caller().write_error_event(error, {"id", 0, "key=x&alt=sse"});
  EXPECT_TRUE(events.starts_with("data: {\"error\""));
  // Our own errors read as Google's are.
  const Failure read = gemini::wire().read_failure(429, {}, gemini::caller().write_error(error));
  EXPECT_EQ(read.error.message(), "slow down");
  EXPECT_EQ(read.error.retry_after(), std::chrono::milliseconds(1500));
}

// Another maker's proof goes through Google's SDKs, which decode it as bytes and encode it in the other alphabet.
TEST(GeminiCaller, AnotherMakersSignaturesSurviveTheRoundTrip) {
  const std::vector<llm::Thinking> thoughts = {{"because", "EqQB+/==", false, llm::Maker::anthropic},
                                               {"", "opaque/data+", true, llm::Maker::anthropic},
                                               {"sum", "gAAAA", false, llm::Maker::openai, "rs_1"},
                                               {"own", "CvIFAdHt", false, llm::Maker::google}};
  llm::ChatResponse response;
  llm::Choice& choice = response.choices.emplace_back();
  for (const auto& thought : thoughts) choice.parts.emplace_back(thought);
  choice.parts.emplace_back(llm::ToolCall{"c", "f", "{}", "c2lnbmVk", llm::Maker::google});
  const Json content = Json::parse(gemini::caller().write_chat({}, response, {"id", 0, {}}))["candidates"][0]["content"];
  EXPECT_EQ(content["parts"][3]["thoughtSignature"], "CvIFAdHt");
  Json sent = content;
  for (Json& part : sent["parts"]) {
    const auto bytes = from_base64(part["thoughtSignature"].get<std::string>());
    ASSERT_TRUE(bytes);
    if (part.contains("functionCall")) continue;
    std::string url_safe = to_base64url(*bytes);
    while (url_safe.size() % 4 != 0) url_safe += '=';
    part["thoughtSignature"] = url_safe;
  }
  const auto read = gemini::caller().read_chat(Json{{"contents", {sent}}}.dump());
  ASSERT_TRUE(read);
  for (std::size_t i = 0; i < thoughts.size(); ++i) {
    const auto& back = std::get<llm::Thinking>(read->messages.at(0).parts.at(i));
    EXPECT_EQ(back.text, thoughts[i].text);
    EXPECT_EQ(back.signature, thoughts[i].signature);
    EXPECT_EQ(back.maker, thoughts[i].maker);
    EXPECT_EQ(back.redacted, thoughts[i].redacted);
    EXPECT_EQ(back.id, thoughts[i].id);
  }
  EXPECT_EQ(std::get<llm::ToolCall>(read->messages[0].parts[4]).maker, llm::Maker::google);
}

}  // namespace
}  // namespace sluice::dialects::gemini_tests
