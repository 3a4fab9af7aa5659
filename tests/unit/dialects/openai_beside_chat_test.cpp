// Completions of old, embeddings, rerank, and the streams and answers of the operations that pass untouched.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/dialects/openai_support.hpp"

namespace sluice::dialects {
namespace {

using nlohmann::json;
namespace event = llm::event;
using llm::Operation;

// ---- completions

TEST(OpenAiCompletion, APromptIsOneMessageOfTheUser) {
  const auto request = openai::caller().read_completion(
      R"({"model":"m","prompt":["say \"hi\""],"max_tokens":5,"logprobs":2,"stop":"x","echo":true,"best_of":1,"suffix":null,"seed":3,"stream":true})");
  ASSERT_TRUE(request) << request.error().message();
  ASSERT_EQ(request->messages.size(), 1u);
  EXPECT_EQ(std::get<llm::Text>(request->messages[0].parts.at(0)).text, "say \"hi\"");
  EXPECT_EQ(request->max_tokens, 5);
  EXPECT_EQ(request->top_logprobs, 2);
  EXPECT_TRUE(request->stream);
  EXPECT_EQ(request->others, (std::vector<std::pair<std::string, std::string>>{{"echo", "true"}}));
}

TEST(OpenAiCompletion, WhatNoChatTakesIsRefused) {
  for (const std::string prompt : {R"(["a","b"])", "[1,2]", "[[1]]", "5", "null", "[]"}) {
    const auto request = openai::caller().read_completion("{\"model\":\"m\",\"prompt\":" + prompt + "}");
    ASSERT_FALSE(request) << prompt;
    EXPECT_EQ(request.error().param(), "prompt");
  }
  EXPECT_EQ(openai::caller().read_completion(R"({"prompt":"a"})").error().param(), "model");
  EXPECT_FALSE(openai::caller().read_completion("{"));
}

TEST(OpenAiCompletion, TheAnswerIsACompletion) {
  llm::ChatResponse response;
  response.model = "claude";
  response.choices.push_back({0, {llm::Thinking{"hm", "s"}, llm::Text{"hel"}, llm::Text{"lo"}}, llm::Finish::length});
  response.choices[0].logprobs = R"({"content":[{"token":"hello","logprob":-0.5,"top_logprobs":[{"token":"hi","logprob":-1}]}]})";
  response.usage.input = 3;
  response.usage.output = 4;
  const json body = json::parse(openai::caller().write_completion({}, response, {"cmpl-1", 7, ""}));
  EXPECT_EQ(body["object"], "text_completion");
  EXPECT_EQ(body["choices"], json::parse(R"([{"text":"hello","index":0,"finish_reason":"length",
      "logprobs":{"tokens":["hello"],"token_logprobs":[-0.5],"top_logprobs":[{"hi":-1}],"text_offset":[0]}}])"));
  EXPECT_EQ(body["usage"]["total_tokens"], 7);
}

TEST(OpenAiCompletion, StreamsCompletionsThatTheMeterUnderstands) {
  llm::ChatRequest request;
  request.include_usage = true;
  const auto writer = openai::caller().completion_writer(request, {"cmpl-1", 7, ""});
  std::string text;
  llm::Usage usage;
  usage.input = 2;
  for (const llm::StreamEvent& e : std::vector<llm::StreamEvent>{event::Started{"", "m"}, event::ThinkingDelta{0, "hm", ""}, event::TextDelta{0, "hi"},
                                                                 event::Finished{0, llm::Finish::stop}, event::UsageSeen{usage}, event::Ended{}}) {
    writer->write(e, text);
  }
  EXPECT_TRUE(text.starts_with(R"(data: {"id":"cmpl-1","object":"text_completion","created":7,"model":"m","choices":[{"text":"hi","index":0,"logprobs":null,"finish_reason":null}],"usage":null})")) << text;
  const auto meter = openai_wire().meter(Operation::completions);
  meter->feed(text);
  EXPECT_TRUE(meter->facts().finished && meter->facts().done);
  EXPECT_EQ(meter->facts().usage->input, 2);
  EXPECT_EQ(meter->facts().text_bytes, 2);
}

// ---- embeddings

TEST(OpenAiEmbedding, InputsInAllTheirForms) {
  const auto read = [](const std::string& input) {
    auto request = openai::caller().read_embedding("{\"model\":\"m\",\"input\":" + input + "}");
    EXPECT_TRUE(request) << input << request.error().message();
    return request ? *std::move(request) : llm::EmbeddingRequest{};
  };
  EXPECT_FALSE(read(R"("a")").batch);
  EXPECT_EQ(read(R"(["a","b"])").inputs.at(1).text, "b");
  EXPECT_EQ(read("[1,2,3]").inputs.at(0).tokens.size(), 3u);
  EXPECT_FALSE(read("[1,2,3]").batch);
  EXPECT_EQ(read("[[1],[2,3]]").inputs.at(1).tokens.size(), 2u);
  for (const std::string wrong : {"5", "[]", "[[]]", R"([1,"a"])", R"(["a",1])", "{}", "null"}) {
    const auto request = openai::caller().read_embedding("{\"model\":\"m\",\"input\":" + wrong + "}");
    ASSERT_FALSE(request) << wrong;
    EXPECT_TRUE(request.error().param().starts_with("input")) << request.error().param();
  }
}

TEST(OpenAiEmbedding, EveryRecordedRequestAndAnswerOfTheForm) {
  int seen = 0;
  for (const auto* one : test::exchanges_where([](const auto& e) { return e.operation == "embeddings" && test::speaks_openai(e) && e.status == 200; })) {
    const auto request = openai::caller().read_embedding(one->request);
    ASSERT_TRUE(request) << one->id << request.error().message();
    const auto answer = openai_wire().decode_embedding(one->response);
    ASSERT_TRUE(answer) << one->id;
    ASSERT_EQ(answer->vectors.size(), one->json.at("data").size());
    EXPECT_EQ(answer->usage.input, one->json.at("usage").at("total_tokens").get<std::int64_t>()) << one->id;
    EXPECT_EQ(openai_wire().usage_of(Operation::embeddings, one->response)->input, answer->usage.input);
    const json vector = json::parse(answer->vectors[0]);
    EXPECT_TRUE(vector.at(0).is_number()) << one->id;
    if (one->json["data"][0]["embedding"].is_array()) { EXPECT_EQ(answer->vectors[0], one->json["data"][0]["embedding"].dump()); }
    // Written for a caller and read again: the same vectors, as numbers and as float32.
    for (const std::string encoding : {"float", "base64"}) {
      auto asked = *request;
      asked.encoding = encoding;
      const std::string written = openai::caller().write_embedding(asked, *answer, {"", 1, ""});
      EXPECT_EQ(json::parse(written)["data"][0]["embedding"].is_string(), encoding == "base64");
      const json again = json::parse(openai_wire().decode_embedding(written)->vectors.at(0));
      ASSERT_EQ(again.size(), vector.size());
      EXPECT_EQ(again[0].get<float>(), vector[0].get<float>());
      EXPECT_EQ(again.back().get<float>(), vector.back().get<float>());
    }
    ++seen;
  }
  EXPECT_GE(seen, 3);
}

TEST(OpenAiEmbedding, IsAskedForUnderTheServicesNames) {
  llm::EmbeddingRequest asked;
  asked.inputs = {{"a"}, {"b"}};
  asked.dimensions = 256;
  asked.purpose = "document";
  asked.title = "T";
  const auto plain = openai_wire().encode_embedding(asked, {"m", no_quirks()});
  EXPECT_EQ(plain->body, R"({"model":"m","input":["a","b"],"dimensions":256})");
  EXPECT_EQ(plain->dropped, (std::vector<std::string>{"input_type", "title"}));
  Quirks voyage;
  voyage.dimensions = "output_dimension";
  voyage.purpose = "input_type";
  EXPECT_EQ(openai_wire().encode_embedding(asked, {"m", voyage})->body, R"({"model":"m","input":["a","b"],"output_dimension":256,"input_type":"document"})");
  Quirks jina;
  jina.purpose = "task";
  jina.dimensions = "";
  const auto third = openai_wire().encode_embedding(asked, {"m", jina});
  EXPECT_EQ(third->body, R"({"model":"m","input":["a","b"],"task":"retrieval.passage"})");
  EXPECT_EQ(third->dropped, (std::vector<std::string>{"dimensions", "title"}));
  Quirks nvidia;
  nvidia.purpose = "input_type";
  nvidia.renames = {{"input_type.document", "passage"}};
  nvidia.refuses = {"input.tokens"};
  EXPECT_NE(openai_wire().encode_embedding(asked, {"m", nvidia})->body.find("\"passage\""), std::string::npos);
  asked.inputs = {{"", {1, 2}}};
  EXPECT_EQ(openai_wire().encode_embedding(asked, {"m", nvidia}).error().param(), "input");
}

TEST(OpenAiEmbedding, BrokenAnswersAreRefused) {
  for (const std::string body : {"", "{}", R"({"data":[]})", R"({"data":[{"index":0}]})", R"({"data":[{"embedding":"!!"}]})", R"({"data":[{"embedding":5}]})"}) {
    EXPECT_FALSE(openai_wire().decode_embedding(body)) << body;
  }
  const auto answer = openai_wire().decode_embedding(R"({"data":[{"index":1,"embedding":[2]},{"index":0,"embedding":[1.50]}]})");
  EXPECT_EQ(answer->vectors, (std::vector<std::string>{"[1.50]", "[2]"}));
}

// ---- rerank

TEST(OpenAiRerank, GoesToServicesAndBack) {
  const auto request = openai::caller().read_rerank(R"({"model":"m","query":"q","documents":["a",{"text":"b"},{"text":"c","image":"d"}],"top_n":2,"return_documents":true,"max_chunks_per_doc":3})");
  ASSERT_TRUE(request);
  Quirks voyage;
  voyage.top_n = "top_k";
  const auto encoded = openai_wire().encode_rerank(*request, {"v", voyage});
  EXPECT_EQ(encoded->body, R"({"model":"v","query":"q","documents":["a","b",{"text":"c","image":"d"}],"top_k":2,"return_documents":true})");
  EXPECT_EQ(encoded->dropped, std::vector<std::string>{"max_chunks_per_doc"});
  const auto voyages = openai_wire().decode_rerank(R"({"object":"list","data":[{"relevance_score":0.25,"index":1},{"relevance_score":0.50,"index":0}],"model":"rerank-2","usage":{"total_tokens":26}})");
  ASSERT_TRUE(voyages);
  EXPECT_EQ(voyages->usage.input, 26);
  const json written = json::parse(openai::caller().write_rerank(*request, *voyages, {"rr", 1, ""}));
  EXPECT_EQ(written["results"], json::parse(R"([{"index":0,"relevance_score":0.5,"document":{"text":"a"}},{"index":1,"relevance_score":0.25,"document":{"text":"b"}}])"));
  EXPECT_EQ(written["usage"]["total_tokens"], 26);
  const auto cohere = openai_wire().decode_rerank(R"({"id":"x","results":[{"index":0,"relevance_score":0.9}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}})");
  EXPECT_EQ(cohere->usage.search_units, 1);
  EXPECT_EQ(json::parse(openai::caller().write_rerank(*request, *cohere, {"rr", 1, ""}))["meta"]["billed_units"]["search_units"], 1);
  EXPECT_EQ(openai_wire().usage_of(Operation::rerank, R"({"results":[],"usage":{"prompt_tokens":4,"total_tokens":4}})")->input, 4);   // Jina
  for (const std::string body : {"", "{}", R"({"results":[{"index":0}]})", R"({"results":[{"relevance_score":1}]})"}) EXPECT_FALSE(openai_wire().decode_rerank(body)) << body;
}

TEST(OpenAiRerank, WrongRequestsNameTheField) {
  const auto param = [](const std::string& body) { return openai::caller().read_rerank(body).error().param(); };
  EXPECT_EQ(param(R"({"query":"q","documents":["a"]})"), "model");
  EXPECT_EQ(param(R"({"model":"m","documents":["a"]})"), "query");
  EXPECT_EQ(param(R"({"model":"m","query":"q","documents":[]})"), "documents");
  EXPECT_EQ(param(R"({"model":"m","query":"q","documents":[5]})"), "documents[0]");
  EXPECT_EQ(param(R"({"model":"m","query":"q","documents":["a"],"top_n":0})"), "top_n");
}

// ---- operations that pass untouched

TEST(OpenAiMedia, StreamsEndWithTheirTypedEvent) {
  const auto facts = [](Operation operation, const std::string& stream) {
    const auto whole = openai_wire().meter(operation);
    whole->feed(stream);
    const auto bytes = openai_wire().meter(operation);
    for (const char c : stream) bytes->feed(std::string_view(&c, 1));
    EXPECT_EQ(describe(whole->facts()), describe(bytes->facts()));
    return whole->facts();
  };
  const auto transcript = facts(Operation::transcriptions, "data: {\"type\":\"transcript.text.delta\",\"delta\":\"hello\"}\r\n\r\n"
      "data: {\"type\":\"transcript.text.done\",\"text\":\"hello\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":14},\"output_tokens\":3,\"total_tokens\":17}}\r\n\r\ndata: [DONE]\r\n\r\n");
  EXPECT_TRUE(transcript.begun && transcript.finished && transcript.done);
  EXPECT_EQ(transcript.usage->input_audio, 14);
  EXPECT_EQ(transcript.text_bytes, 5);
  const auto image = facts(Operation::image_generations, "event: image_generation.partial_image\ndata: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"AA\"}\n\n"
      "event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\"" + std::string(400'000, 'A') + "\",\"usage\":{\"total_tokens\":100,\"input_tokens\":50,\"output_tokens\":50,\"input_tokens_details\":{\"text_tokens\":10,\"image_tokens\":40}}}\n\n");
  EXPECT_TRUE(image.finished);
  EXPECT_FALSE(image.done);
  EXPECT_EQ(image.usage->output, 50);
  const auto speech = facts(Operation::speech, "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AA\"}\n\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":9,\"output_tokens\":30,\"total_tokens\":39}}\n\n");
  EXPECT_EQ(speech.usage->output, 30);
  EXPECT_FALSE(facts(Operation::speech, "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AA\"}\n\n").finished);
  EXPECT_TRUE(facts(Operation::speech, "data: {\"type\":\"error\",\"error\":{\"message\":\"no\",\"code\":\"server_error\"}}\n\n").failure.has_value());
  EXPECT_TRUE(facts(Operation::speech, "<html>\n\n").garbled);
}

TEST(OpenAiMedia, WhatIsNoJsonIsNoError) {
  for (const Operation operation : {Operation::transcriptions, Operation::translations, Operation::speech}) {
    for (const std::string body : {"Hello.\n", "1\n00:00:00,000 --> 00:00:01,000\nHi\n", "WEBVTT\n\n", R"({"text":""})", R"({"task":"transcribe","duration":1.5,"text":"x","segments":[]})", "\xff\xfb\x90"}) {
      EXPECT_FALSE(openai_wire().failure_in_success(operation, {}, body)) << body;
    }
    EXPECT_TRUE(openai_wire().failure_in_success(operation, {}, R"({"error":{"message":"no","type":"server_error"}})"));
  }
  EXPECT_FALSE(openai_wire().failure_in_success(Operation::moderations, {}, R"({"id":"m","results":[{"flagged":false}]})"));
  EXPECT_FALSE(openai_wire().failure_in_success(Operation::image_generations, {}, R"({"created":1,"data":[{"b64_json":"AA"}]})"));
  EXPECT_FALSE(openai_wire().failure_in_success(Operation::rerank, {}, R"({"results":[{"index":0,"relevance_score":1}]})"));
}

TEST(OpenAiMedia, EveryRecordedAnswerBesideChatIsGood) {
  int seen = 0;
  for (const auto* one : test::exchanges_where([](const auto& e) { return e.provider == "openai" && (e.operation == "moderations" || e.operation == "audio.transcriptions"); })) {
    const Operation operation = one->operation == "moderations" ? Operation::moderations : Operation::transcriptions;
    if (one->streamed()) {
      const auto meter = openai_wire().meter(operation);
      meter->feed(one->response);
      EXPECT_TRUE(meter->facts().finished && meter->facts().begun) << one->id;
    } else {
      EXPECT_FALSE(openai_wire().failure_in_success(operation, {}, one->response)) << one->id;
    }
    if (operation == Operation::moderations) { EXPECT_EQ(openai_wire().usage_of(operation, one->response), llm::Usage{}); }
    ++seen;
  }
  EXPECT_GE(seen, 3);
}

TEST(OpenAiMedia, UsageOfWholeAnswers) {
  EXPECT_EQ(openai_wire().usage_of(Operation::image_generations, R"({"data":[{}],"usage":{"input_tokens":8,"output_tokens":9,"total_tokens":17}})")->output, 9);
  EXPECT_EQ(openai_wire().usage_of(Operation::transcriptions, R"({"text":"x","usage":{"type":"tokens","input_tokens":5,"output_tokens":1,"total_tokens":6,"input_token_details":{"audio_tokens":5}}})")->input_audio, 5);
  EXPECT_FALSE(openai_wire().usage_of(Operation::transcriptions, "WEBVTT"));
}

}  // namespace
}  // namespace sluice::dialects
