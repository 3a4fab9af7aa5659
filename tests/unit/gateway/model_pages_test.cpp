// Lists of models: how each dialect writes them, and how providers' own are read.
#include "gateway/model_pages.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "gateway/read_model_list.hpp"

namespace sluice::gateway {
namespace {

using llm::Dialect;
using nlohmann::json;
using testing::ElementsAre;

TEST(Prices, AreExactDecimals) {
  EXPECT_EQ(dollars_each(2'500'000), "0.0000025");   // $2.50 per million tokens
  EXPECT_EQ(dollars_each(0), "0");
  EXPECT_EQ(dollars_each(1), "0.000000000001");
  EXPECT_EQ(dollars_each(1'000'000'000'000), "1");
  EXPECT_EQ(dollars_each(12'345'678'901'234), "12.345678901234");
  EXPECT_EQ(dollars_each(INT64_MAX), "9223372.036854775807");
}

ModelEntry entry(std::string id) {
  ModelEntry made;
  made.id = std::move(id);
  made.owner = "openai";
  made.created = 1'700'000'000;
  return made;
}

ModelEntry full_entry() {
  ModelEntry made = entry("gpt-4o");
  made.display_name = "GPT-4o \"omni\"";
  made.context = 128'000, made.max_output = 16'384;
  pricing::Rates rates;
  rates.input = rates.cache_write_5m = rates.cache_write_1h = rates.input_audio = 2'500'000;
  rates.cache_read = 1'250'000;
  rates.output = rates.reasoning = rates.output_audio = 10'000'000;
  made.rates = rates;
  return made;
}

TEST(ModelPages, InOpenAisForm) {
  EXPECT_EQ(write_model(full_entry(), Dialect::openai),
            R"({"id":"gpt-4o","object":"model","created":1700000000,"owned_by":"openai","context_length":128000,"max_output_tokens":16384,)"
            R"("pricing":{"prompt":"0.0000025","completion":"0.00001","input_cache_read":"0.00000125"}})");
  EXPECT_EQ(write_models({}, Dialect::openai, ""), R"({"object":"list","data":[]})");
}

TEST(ModelPages, InAnthropicsForm) {
  const auto model = json::parse(write_model(full_entry(), Dialect::anthropic));
  EXPECT_EQ(model["type"], "model");
  EXPECT_EQ(model["id"], "gpt-4o");
  EXPECT_EQ(model["display_name"], "GPT-4o \"omni\"");
  EXPECT_EQ(model["created_at"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(model["max_input_tokens"], 128'000);
  EXPECT_EQ(write_models({}, Dialect::anthropic, ""), R"({"data":[],"has_more":false,"first_id":null,"last_id":null})");
}

TEST(ModelPages, InGeminisForm) {
  const auto model = json::parse(write_model(full_entry(), Dialect::gemini));
  EXPECT_EQ(model["name"], "models/gpt-4o");
  EXPECT_EQ(model["inputTokenLimit"], 128'000);
  EXPECT_EQ(model["outputTokenLimit"], 16'384);
  EXPECT_THAT(model["supportedGenerationMethods"], testing::Contains("generateContent"));
  const auto embeds = json::parse(write_model(entry("text-embedding-3-small"), Dialect::gemini));
  EXPECT_THAT(embeds["supportedGenerationMethods"], ElementsAre("embedContent", "batchEmbedContents"));
}

std::vector<std::string> ids(const std::string& page) {
  std::vector<std::string> found;
  const auto all = json::parse(page);
  for (const auto& model : all.contains("models") ? all["models"] : all["data"]) found.push_back(model.contains("id") ? model["id"] : model["name"]);
  return found;
}

TEST(ModelPages, AreCutAsAsked) {
  const std::vector<ModelEntry> models{entry("a"), entry("b/1"), entry("c"), entry("d")};
  EXPECT_THAT(ids(write_models(models, Dialect::openai, "limit=1")), ElementsAre("a", "b/1", "c", "d"));
  EXPECT_THAT(ids(write_models(models, Dialect::anthropic, "")), ElementsAre("a", "b/1", "c", "d"));
  const std::string first = write_models(models, Dialect::anthropic, "limit=2");
  EXPECT_THAT(ids(first), ElementsAre("a", "b/1"));
  EXPECT_EQ(json::parse(first)["has_more"], true);
  EXPECT_EQ(json::parse(first)["last_id"], "b/1");
  const std::string second = write_models(models, Dialect::anthropic, "limit=2&after_id=b%2F1");
  EXPECT_THAT(ids(second), ElementsAre("c", "d"));
  EXPECT_EQ(json::parse(second)["has_more"], false);
  EXPECT_THAT(ids(write_models(models, Dialect::anthropic, "limit=2&before_id=d")), ElementsAre("b/1", "c"));
  EXPECT_THAT(ids(write_models(models, Dialect::anthropic, "limit=99999999999999999999999&after_id=zzz")), ElementsAre());
  const std::string page = write_models(models, Dialect::gemini, "key=x&pageSize=3");
  EXPECT_THAT(ids(page), ElementsAre("models/a", "models/b/1", "models/c"));
  EXPECT_EQ(json::parse(page)["nextPageToken"], "c");
  EXPECT_THAT(ids(write_models(models, Dialect::gemini, "pageSize=3&pageToken=c")), ElementsAre("models/d"));
}

// ---- what providers list

std::vector<std::string> names(std::string_view body) {
  const auto page = read_model_list(body);
  if (!page) return {"refused: " + page.error().message()};
  std::vector<std::string> found;
  for (const ListedModel& model : page->models) found.push_back(model.id);
  return found;
}

TEST(ModelLists, AreReadInEveryForm) {
  EXPECT_THAT(names(R"({"object":"list","data":[{"id":"gpt-4o","object":"model","created":1,"owned_by":"system"},{"id":"o1"}]})"), ElementsAre("gpt-4o", "o1"));
  EXPECT_THAT(names(R"([{"id":"meta-llama/Llama-3","display_name":"Llama"}])"), ElementsAre("meta-llama/Llama-3"));
  EXPECT_THAT(names(R"({"models":[{"name":"models/gemini-2.5-pro"}]})"), ElementsAre("gemini-2.5-pro"));
  EXPECT_THAT(names(R"({"models":[{"name":"llama3:latest","model":"llama3:latest","details":{}}]})"), ElementsAre("llama3:latest"));
  EXPECT_THAT(names(R"({"endpoints":[{"name":"databricks-claude","creation_timestamp":1700000000000}]})"), ElementsAre("databricks-claude"));
  EXPECT_THAT(names(R"({"data":[]})"), ElementsAre());
}

TEST(ModelLists, SayWhatServicesAdd) {
  const auto page = read_model_list(
      R"({"data":[{"id":"a","name":"A One","context_length":8192,"top_provider":{"max_completion_tokens":1024}},)"
      R"({"id":"b","context_window":131072,"max_completion_tokens":4096,"created":17},{"id":"c","limits":{"max_input_tokens":5,"max_output_tokens":6}},)"
      R"({"id":"d","display_name":"D","created_at":"2025-02-19T00:00:00Z"}],"has_more":true,"last_id":"d"})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->models[0].display_name, "A One");
  EXPECT_EQ(page->models[0].context, 8192);
  EXPECT_EQ(page->models[0].max_output, 1024);
  EXPECT_EQ(page->models[1].context, 131072);
  EXPECT_EQ(page->models[1].max_output, 4096);
  EXPECT_EQ(page->models[1].created, 17);
  EXPECT_EQ(page->models[2].context, 5);
  EXPECT_EQ(page->models[2].max_output, 6);
  EXPECT_EQ(page->models[3].display_name, "D");
  EXPECT_EQ(page->models[3].created, 1739923200);
  EXPECT_EQ(page->next, "d");
  EXPECT_EQ(read_model_list(R"({"models":[],"nextPageToken":"t"})")->next, "t");
}

TEST(ModelLists, LeaveOutWhatCouldNotBeAskedFor) {
  EXPECT_THAT(names(R"({"data":[{"id":""},{"id":"a b"},{"id":"a\r\nx: y"},{"id":"*"},{"id":7},{},1,"x",null,{"id":"good"}]})"), ElementsAre("good"));
  EXPECT_THAT(names("{\"data\":[{\"id\":\"" + std::string(300, 'a') + "\"}]}"), ElementsAre());
  for (const char* text : {"", "<html>", "{}", "[", "{\"data\":{}}", "null", "{\"error\":{\"message\":\"no\"}}", "{\"data\":[{\"id\":\"a\"}]"})
    EXPECT_THAT(names(text), ElementsAre("refused: its answer is no list of models")) << text;
}

}  // namespace
}  // namespace sluice::gateway
