// Streams of the Responses API: metered and decoded, whole and however cut, against an independent reading.
#include <gtest/gtest.h>

#include "responses_support.hpp"

namespace sluice::dialects {
namespace {

using namespace responses_tests;

std::vector<std::string_view> cut(std::string_view stream, std::size_t piece) {
  std::vector<std::string_view> pieces;
  for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) pieces.push_back(stream.substr(0, piece));
  return pieces;
}

TEST(ResponsesTraffic, HasTheRecordingsThatTheTestsAreAbout) {
  EXPECT_GE(recorded().size(), 19u);
  EXPECT_GE(streams().size(), 11u);
  EXPECT_GE(answers().size(), 6u);
}

std::int64_t text_in(const std::string& stream) {
  std::int64_t size = 0;
  for (const Json& payload : payloads(stream)) {
    const std::string type = payload.value("type", "");
    if (type.ends_with(".delta")) size += static_cast<std::int64_t>(payload.at("delta").get<std::string>().size());
  }
  return size;
}

TEST(ResponsesMeter, FindsUsageModelTextAndEndOfEveryRecordedStream) {
  for (const Exchange* one : streams()) {
    const auto facts = facts_of({one->response});
    const Json last = final_response(one->response);
    EXPECT_TRUE(facts.begun && facts.finished && facts.done) << one->id;
    EXPECT_FALSE(facts.garbled) << one->id;
    EXPECT_FALSE(facts.failure) << one->id;
    EXPECT_EQ(facts.model, last.at("model")) << one->id;
    EXPECT_EQ(facts.text_bytes, text_in(one->response)) << one->id;
    EXPECT_EQ(facts.events, static_cast<std::int64_t>(payloads(one->response).size())) << one->id;
    ASSERT_TRUE(facts.usage) << one->id;
    const Json& usage = last.at("usage");
    EXPECT_EQ(facts.usage->input, usage.at("input_tokens")) << one->id;
    EXPECT_EQ(facts.usage->output, usage.at("output_tokens")) << one->id;
    EXPECT_EQ(facts.usage->cache_read, usage.at("input_tokens_details").at("cached_tokens")) << one->id;
    EXPECT_EQ(facts.usage->reasoning, usage.at("output_tokens_details").at("reasoning_tokens")) << one->id;
    EXPECT_EQ(facts.usage->input + facts.usage->output, usage.at("total_tokens")) << one->id;
  }
}

TEST(ResponsesMeter, XaiStatesItsCostAndSearchesInTheUsage) {
  const auto facts = facts_of({test::exchange("xai-responses-req-llm-grok-4-fast-reasoning-web-search-streaming-0").response});
  EXPECT_EQ(facts.usage->reported_cost_nano_usd, 5746250);
  EXPECT_EQ(facts.usage->web_searches, 1);
}

TEST(ResponsesMeter, SearchesThatAreNotStatedAreCounted) {
  const auto facts = facts_of({test::exchange("openai-responses-pydantic-ai-test-openai-include-raw-annotations-streaming-0").response});
  EXPECT_EQ(facts.usage->web_searches, 2);
}

// What is done with a stream does not depend on how its bytes come.
TEST(ResponsesStream, EverySplitGivesTheSameFactsAndEvents) {
  for (const Exchange* one : streams()) {
    const std::string_view stream = one->response;
    const std::string facts = describe(facts_of({stream})), events = describe(decode_pieces({stream}).events);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
      EXPECT_EQ(facts, describe(facts_of(cut(stream, piece)))) << one->id << " in pieces of " << piece;
      EXPECT_EQ(events, describe(decode_pieces(cut(stream, piece)).events)) << one->id << " in pieces of " << piece;
    }
    const std::size_t step = stream.size() <= 5000 ? 1 : stream.size() / 60;
    for (std::size_t at = 1; at < stream.size(); at += step) {
      ASSERT_EQ(facts, describe(facts_of({stream.substr(0, at), stream.substr(at)}))) << one->id << " cut at " << at;
      ASSERT_EQ(events, describe(decode_pieces({stream.substr(0, at), stream.substr(at)}).events)) << one->id << " cut at " << at;
    }
  }
}

std::vector<std::string> signatures_of_items(const std::string& stream) {
  std::vector<std::string> out;
  for (const Json& payload : payloads(stream)) {
    if (payload.value("type", "") == "response.output_item.done" && payload.at("item").contains("encrypted_content"))
      out.push_back(payload.at("item").at("encrypted_content"));
  }
  return out;
}

TEST(ResponsesDecoder, EveryRecordedStreamAddsUpToItsLastEvent) {
  for (const Exchange* one : streams()) {
    const Decoded decoded = decode_pieces({one->response});
    ASSERT_EQ(decoded.error, "") << one->id;
    const Json last = final_response(one->response);
    const Sum told = sum_of(decoded.events), stated = sum_of_output(last);
    EXPECT_TRUE(told.ended) << one->id;
    EXPECT_EQ(told.id, stated.id) << one->id;
    EXPECT_EQ(told.model, stated.model) << one->id;
    EXPECT_EQ(told.text, stated.text) << one->id;
    EXPECT_EQ(told.thinking, stated.thinking) << one->id;
    // OpenAI encrypts anew for the last event.
    EXPECT_EQ(told.signatures, signatures_of_items(one->response)) << one->id;
    EXPECT_EQ(told.signatures.size(), stated.signatures.size()) << one->id;
    EXPECT_EQ(told.urls, stated.urls) << one->id;
    EXPECT_EQ(told.server_items.size(), stated.server_items.size()) << one->id;
    ASSERT_EQ(told.calls.size(), stated.calls.size()) << one->id;
    for (std::size_t i = 0; i < told.calls.size(); ++i) {
      EXPECT_EQ(told.calls[i].id, stated.calls[i].id) << one->id;
      EXPECT_EQ(told.calls[i].name, stated.calls[i].name) << one->id;
      EXPECT_EQ(told.calls[i].arguments, stated.calls[i].arguments) << one->id;
    }
    const auto expected = last.at("status") == "incomplete" ? llm::Finish::length : stated.calls.empty() ? llm::Finish::stop : llm::Finish::tool_calls;
    EXPECT_EQ(told.finish, expected) << one->id;
    EXPECT_EQ(told.usage, *facts_of({one->response}).usage) << one->id;
  }
}

TEST(ResponsesDecoder, AWholeAnswerSaysWhatItsOutputSays) {
  for (const Exchange* one : answers()) {
    const auto answer = wire().decode(one->response);
    ASSERT_TRUE(answer) << one->id;
    const Sum stated = sum_of_output(Json::parse(one->response));
    Sum told;
    for (const llm::Part& part : answer->choices.at(0).parts) {
      if (const auto* text = std::get_if<llm::Text>(&part)) {
        told.text += text->text;
        for (const auto& citation : text->citations) told.urls.push_back(citation.url);
      }
      if (const auto* thought = std::get_if<llm::Thinking>(&part)) {
        told.thinking += thought->text;
        told.signatures.push_back(thought->signature);
        EXPECT_EQ(thought->maker, llm::Maker::openai);
        EXPECT_TRUE(thought->id.starts_with("rs_"));
      }
      if (const auto* call = std::get_if<llm::ToolCall>(&part)) told.calls.push_back(*call);
      if (const auto* server = std::get_if<llm::ServerPart>(&part)) told.server_items.push_back(server->raw);
    }
    EXPECT_EQ(answer->id, stated.id) << one->id;
    EXPECT_EQ(told.text, stated.text) << one->id;
    EXPECT_EQ(told.signatures, stated.signatures) << one->id;
    EXPECT_EQ(told.urls, stated.urls) << one->id;
    EXPECT_EQ(told.calls.size(), stated.calls.size()) << one->id;
    EXPECT_EQ(told.server_items.size(), stated.server_items.size()) << one->id;
    EXPECT_EQ(answer->usage, *wire().usage_of(llm::Operation::chat, one->response)) << one->id;
  }
}

TEST(ResponsesUsage, WritesToTheCacheAreCountedInside) {
  const auto usage = wire().usage_of(llm::Operation::chat, test::exchange("openai-responses-pydantic-ai-test-openai-responses-prompt-cache-e2e-0").response);
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->input, 4020);
  EXPECT_EQ(usage->cache_write_5m, 4012);
}

// ---- oddities

TEST(ResponsesOddities, KeepaliveEventsAreNoPartOfTheAnswer) {
  const std::string& stream = test::exchange("openai-responses-chatlas-test-chat-tool-request-reject-1").response;
  ASSERT_NE(stream.find("\"keepalive\""), std::string::npos);
  EXPECT_EQ(decode_pieces({stream}).error, "");
  EXPECT_EQ(sum_of(decode_pieces({stream}).events).text, "Joe unknown Hadley red");
}

TEST(ResponsesOddities, TheTypeIsInTheDataWhereNoEventLineIs) {
  const std::string& stream = test::exchange("bedrock-responses-ruby-llm-providers-bedrock-mantle-responses-chat-streams-through-the-responses--0").response;
  ASSERT_EQ(stream.find("event:"), std::string::npos);
  EXPECT_TRUE(facts_of({stream}).finished);
  const Sum sum = sum_of(decode_pieces({stream}).events);
  EXPECT_EQ(sum.thinking, "We simply count: 1, 2, 3, 4, 5.");   // gpt-oss shows its thoughts themselves
  EXPECT_TRUE(sum.signatures.empty());
}

TEST(ResponsesOddities, OpenRouterEndsWithDoneAndSendsBareComments) {
  const std::string stream = ": \n\n" + test::exchange("openai-responses-req-llm-o3-object-streaming-0").response + "data: [DONE]\n\n";
  const auto facts = facts_of({stream});
  EXPECT_TRUE(facts.finished && facts.done && facts.begun);
  EXPECT_EQ(facts.usage->output, 145);
  EXPECT_EQ(decode_pieces({stream}).error, "");
}

// ---- endings

std::string created() { return event_of({{"type", "response.created"}, {"response", {{"id", "resp_1"}, {"model", "m"}, {"status", "in_progress"}, {"usage", nullptr}}}}); }

TEST(ResponsesStream, OneThatBreaksOffIsNeverWhole) {
  for (const Exchange* one : streams()) {
    const std::size_t last = one->response.rfind("\"response\":{");
    const std::string_view half = std::string_view(one->response).substr(0, last);
    EXPECT_FALSE(facts_of({half}).finished) << one->id;
    EXPECT_NE(decode_pieces({half}).error, "") << one->id;
  }
  EXPECT_NE(decode_pieces({created() + "data: [DONE]\n\n"}).error, "");
}

TEST(ResponsesStream, AFailedResponseIsAFailure) {
  const std::string failed = event_of({{"type", "response.failed"}, {"response", {{"id", "resp_1"}, {"status", "failed"}, {"error", {{"code", "rate_limit_exceeded"}, {"message", "Slow down."}}}}}});
  const auto facts = facts_of({created() + failed});
  ASSERT_TRUE(facts.failure);
  EXPECT_EQ(facts.failure->status, 429);
  EXPECT_TRUE(facts.failure->try_next);
  EXPECT_EQ(facts.failure->error.name(), "rate_limit_exceeded");
  EXPECT_TRUE(facts.begun);
  EXPECT_FALSE(facts_of({failed}).begun);   // alone it commits to nothing
  EXPECT_EQ(describe(decode_pieces({created() + failed}).events), "started resp_1 m\nfailed 429 Slow down.\n");
}

// Also when much has been said; what it cost all the same is charged.
TEST(ResponsesStream, AFailureAfterABeginningIsOneAndKeepsItsUsage) {
  const std::string delta = event_of({{"type", "response.output_text.delta"}, {"delta", "Hel"}});
  const Json usage = {{"input_tokens", 7}, {"output_tokens", 3}, {"total_tokens", 10}};
  const std::string failed = event_of({{"type", "response.failed"}, {"response", {{"id", "resp_1"}, {"status", "failed"}, {"usage", usage},
      {"error", {{"code", "server_error"}, {"message", "It broke."}}}}}});
  const auto facts = facts_of({created() + delta + delta + failed});
  ASSERT_TRUE(facts.failure);
  EXPECT_EQ(facts.failure->error.message(), "It broke.");
  EXPECT_TRUE(facts.begun && facts.done);
  ASSERT_TRUE(facts.usage);
  EXPECT_EQ(facts.usage->input, 7);
  EXPECT_EQ(facts.usage->output, 3);
  const std::string cut = event_of({{"type", "response.incomplete"}, {"response", {{"id", "resp_1"}, {"status", "incomplete"}, {"usage", usage},
      {"incomplete_details", {{"reason", "max_output_tokens"}}}}}});
  EXPECT_FALSE(facts_of({created() + delta + cut}).failure);
}

TEST(ResponsesStream, ErrorEventsComeFlatAndNested) {
  const Json flat = {{"type", "error"}, {"code", "server_error"}, {"message", "It broke."}, {"param", nullptr}, {"sequence_number", 2}};
  const Json nested = {{"type", "error"}, {"sequence_number", 2}, {"error", {{"type", "server_error"}, {"code", "server_error"}, {"message", "It broke."}, {"param", nullptr}}}};
  const Json bare = {{"error", {{"code", 502}, {"message", "It broke."}}}};   // OpenRouter
  for (const Json& payload : {flat, nested, bare}) {
    const auto facts = facts_of({event_of(payload)});
    ASSERT_TRUE(facts.failure) << payload;
    EXPECT_EQ(facts.failure->error.message(), "It broke.") << payload;
    EXPECT_GE(facts.failure->status, 500) << payload;
    EXPECT_TRUE(facts.failure->try_next) << payload;
    EXPECT_FALSE(facts.begun) << payload;
    EXPECT_NE(describe(decode_pieces({event_of(payload)}).events).find("failed 50"), std::string::npos) << payload;
  }
}

TEST(ResponsesStream, ImagesThatCannotBeUsedAreTheCallersFault) {
  const Json error = {{"code", "image_too_large"}, {"message", "Too large."}};
  const auto facts = facts_of({event_of({{"type", "response.failed"}, {"response", {{"error", error}}}})});
  EXPECT_EQ(facts.failure->status, 400);
  EXPECT_FALSE(facts.failure->try_next);
}

TEST(ResponsesMeter, AnotherApisStreamIsGarbled) {
  EXPECT_TRUE(facts_of({"data: {\"id\":\"chatcmpl-1\",\"choices\":[]}\n\n"}).garbled);
  EXPECT_TRUE(facts_of({"<html>\n"}).garbled);
  EXPECT_NE(decode_pieces({"data: {\"id\":\"chatcmpl-1\",\"choices\":[]}\n\n"}).error, "");
}

TEST(ResponsesMeter, EscapesInDeltasCountAsWhatTheyStandFor) {
  const std::string first = created();
  const auto with = [&](std::string_view delta) {
    return facts_of({first + "data: {\"type\":\"response.output_text.delta\",\"delta\":" + std::string(delta) + ",\"output_index\":0}\n\n"}).text_bytes;
  };
  EXPECT_EQ(with(R"("abc")"), 3);
  EXPECT_EQ(with(R"("a\"b\\")"), 4);
  EXPECT_EQ(with(R"("\\\"delta\":\"x")"), static_cast<std::int64_t>(std::string_view("\\\"delta\":\"x").size()));
  EXPECT_EQ(with(R"("")"), 0);
  for (const char* odd : {"data:\n\n", "data: {\n\n", "data: {\"sequence_number\":1,\n\n", "data: {\"type\":\"response.x.delta\",\"delta\":\"\\\n\n"})
    EXPECT_EQ(facts_of({first + odd}).text_bytes, 0) << odd;
}

TEST(ResponsesMeter, AVeryLongLastEventIsReadAllTheSame) {
  const Json image = {{"type", "image_generation_call"}, {"id", "ig_1"}, {"status", "completed"}, {"result", std::string(3 << 20, 'A')}};
  const Json response = {{"id", "resp_1"}, {"status", "completed"}, {"output", Json::array({image})}, {"usage", {{"input_tokens", 3}, {"output_tokens", 4}, {"total_tokens", 7}}}};
  const std::string stream = created() + event_of({{"type", "response.completed"}, {"response", response}});
  const auto facts = facts_of(cut(stream, 65536));
  EXPECT_TRUE(facts.finished);
  EXPECT_EQ(facts.usage->output, 4);
}

// ---- stored responses

TEST(ResponsesStored, WhatWasPaidForIsNotChargedAgain) {
  for (const Exchange* one : streams()) {
    EXPECT_EQ(facts_of({one->response}, llm::Operation::stored_response).usage, llm::Usage{}) << one->id;
    EXPECT_TRUE(facts_of({one->response}, llm::Operation::stored_response).done) << one->id;
  }
  for (const Exchange* one : answers()) EXPECT_EQ(wire().usage_of(llm::Operation::stored_response, one->response), llm::Usage{}) << one->id;
  EXPECT_EQ(wire().usage_of(llm::Operation::stored_response, R"({"id":"resp_1","object":"response.deleted","deleted":true})"), llm::Usage{});
}

TEST(ResponsesStored, AStoredFailureIsAGoodAnswer) {
  const std::string failed = R"({"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error","message":"It broke."},"output":[]})";
  EXPECT_FALSE(wire().failure_in_success(llm::Operation::stored_response, {}, failed));
  const auto made = wire().failure_in_success(llm::Operation::chat, {}, failed);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->status, 500);
  EXPECT_EQ(made->error.message(), "It broke.");
  for (const char* good : {R"({"object":"list","data":[]})", R"({"id":"resp_1","object":"response.deleted","deleted":true})"})
    EXPECT_FALSE(wire().failure_in_success(llm::Operation::stored_response, {}, good)) << good;
  EXPECT_TRUE(wire().failure_in_success(llm::Operation::stored_response, {}, "<html>"));
}

TEST(ResponsesFailure, GoodAnswersAreGoodAndOthersAreNot) {
  for (const Exchange* one : answers()) EXPECT_FALSE(wire().failure_in_success(llm::Operation::chat, {}, one->response)) << one->id;
  for (const char* bad : {"<html>", "{}", R"({"error":{"message":"no"}})", R"({"object":"error","message":"no"})"})
    EXPECT_TRUE(wire().failure_in_success(llm::Operation::chat, {}, bad)) << bad;
  EXPECT_FALSE(wire().failure_in_success(llm::Operation::chat, {}, R"({"id":"r","object":"response","status":"queued","output":[],"usage":null})"));
}

TEST(ResponsesFailure, XaiSaysABadKeyWith400) {
  const Exchange& one = test::exchange("xai-responses-ruby-llm-chat-error-handling-with-xai-grok-4-1-fast-non-reasoning-raises-approp-0");
  const auto failure = wire().read_failure(one.status, test::fields_of(one), one.response);
  EXPECT_EQ(failure.status, 400);
  EXPECT_NE(failure.error.message().find("Incorrect API key"), std::string::npos);
}

// ---- what other services may do

TEST(ResponsesDecoder, CallsThatAreWrittenAtTheSameTimeAreToldOneAfterTheOther) {
  const auto added = [](int i) {
    return event_of({{"type", "response.output_item.added"}, {"output_index", i}, {"item", {{"type", "function_call"}, {"id", "fc_" + std::to_string(i)}, {"call_id", "c" + std::to_string(i)}, {"name", "f"}, {"arguments", ""}}}});
  };
  const auto piece = [](int i, const char* text) { return event_of({{"type", "response.function_call_arguments.delta"}, {"output_index", i}, {"delta", text}}); };
  const auto done = [](int i, const char* all) {
    return event_of({{"type", "response.output_item.done"}, {"output_index", i}, {"item", {{"type", "function_call"}, {"call_id", "c" + std::to_string(i)}, {"name", "f"}, {"arguments", all}}}});
  };
  const std::string end = event_of({{"type", "response.completed"}, {"response", {{"status", "completed"}, {"output", Json::array()}}}});
  const Decoded decoded = decode_pieces({created() + added(0) + added(1) + piece(0, "{\"a\"") + piece(1, "{\"b\"") + piece(0, ":1}") + piece(1, ":2}") +
                                         done(1, "{\"b\":2}") + done(0, "{\"a\":1}") + end});
  const Sum sum = sum_of(decoded.events);
  ASSERT_EQ(sum.calls.size(), 2u);
  EXPECT_EQ(sum.calls[0].arguments, "{\"a\":1}");
  EXPECT_EQ(sum.calls[1].arguments, "{\"b\":2}");
  EXPECT_EQ(sum.finish, llm::Finish::tool_calls);
}

TEST(ResponsesDecoder, WhatCameInNoPiecesIsTakenFromTheItemOrTheLastEvent) {
  const Json message = {{"type", "message"}, {"content", Json::array({{{"type", "output_text"}, {"text", "Hi"}}})}};
  const std::string end = event_of({{"type", "response.completed"}, {"response", {{"status", "completed"}, {"output", Json::array({message})}}}});
  const std::string item = event_of({{"type", "response.output_item.done"}, {"output_index", 0}, {"item", message}});
  EXPECT_EQ(sum_of(decode_pieces({created() + item + end}).events).text, "Hi");
  EXPECT_EQ(sum_of(decode_pieces({created() + end}).events).text, "Hi");
}

TEST(ResponsesDecoder, RefusalsCustomToolsAndImagesAreRead) {
  const std::string refusal = event_of({{"type", "response.refusal.delta"}, {"output_index", 0}, {"delta", "I will not."}});
  const std::string custom = event_of({{"type", "response.output_item.added"}, {"output_index", 1}, {"item", {{"type", "custom_tool_call"}, {"call_id", "c"}, {"name", "sql"}, {"input", ""}}}}) +
                             event_of({{"type", "response.custom_tool_call_input.delta"}, {"output_index", 1}, {"delta", "select 1"}}) +
                             event_of({{"type", "response.custom_tool_call_input.done"}, {"output_index", 1}, {"input", "select 1"}});
  const std::string image = event_of({{"type", "response.output_item.done"}, {"output_index", 2}, {"item", {{"type", "image_generation_call"}, {"result", "QUJD"}, {"output_format", "webp"}}}});
  const std::string end = event_of({{"type", "response.completed"}, {"response", {{"status", "completed"}, {"output", Json::array()}}}});
  const Decoded decoded = decode_pieces({created() + refusal + custom + image + end});
  const Sum sum = sum_of(decoded.events);
  EXPECT_EQ(sum.refusal, "I will not.");
  ASSERT_EQ(sum.calls.size(), 1u);
  EXPECT_TRUE(sum.calls[0].custom);
  EXPECT_EQ(sum.calls[0].arguments, "select 1");
  bool seen = false;
  for (const auto& e : decoded.events) {
    const auto* part = std::get_if<llm::event::PartSeen>(&e);
    const auto* picture = part != nullptr ? std::get_if<llm::Image>(&part->part) : nullptr;
    seen = seen || (picture != nullptr && picture->media_type == "image/webp" && picture->base64 == "QUJD");
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace sluice::dialects
