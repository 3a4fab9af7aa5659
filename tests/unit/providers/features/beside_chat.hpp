// Embeddings and rerank, tried as trying.hpp tries chat.
#pragma once
#include "unit/providers/features/trying.hpp"

namespace sluice::providers::features {

using Embedding = llm::EmbeddingRequest;
using Rerank = llm::RerankRequest;

template <class Request>
struct SmallFeature {
  std::string name;
  std::function<void(Request&)> put;
  std::function<std::string(const Request&)> told;
};

inline std::vector<SmallFeature<Embedding>> of_embeddings() {
  const auto texts = [](const Embedding& asked) {
    std::string out;
    for (const auto& one : asked.inputs) out += one.text + Json(one.tokens).dump() + ";";
    return out;
  };
  // OpenAI, which has no word for it, never cuts.
  const auto cuts = [](const Embedding& e) { return tell(e.truncate.value_or(false)); };
  return {
      {"embeddings: several texts", [](Embedding& e) { e.inputs.push_back({"Rome", {}}); }, texts},
      {"embeddings: token ids", [](Embedding& e) { e.inputs = {{"", {1, 2, 3}}}; }, texts},
      {"embeddings: dimensions", [](Embedding& e) { e.dimensions = 256; },
          [](const Embedding& e) { return tell(e.dimensions); }},
      {"embeddings: what for (a query)", [](Embedding& e) { e.purpose = "query"; },
          [](const Embedding& e) { return e.purpose; }},
      {"embeddings: base64", [](Embedding& e) { e.encoding = "base64"; }, [](const Embedding& e) { return e.encoding; }},
      {"embeddings: no cutting of long texts", [](Embedding& e) { e.truncate = false; }, cuts},
      {"embeddings: user", [](Embedding& e) { e.user = "u-1"; }, [](const Embedding& e) { return e.user; }},
  };
}

inline std::vector<SmallFeature<Rerank>> of_rerank() {
  return {
      {"rerank: top_n", [](Rerank& r) { r.top_n = 1; }, [](const Rerank& r) { return tell(r.top_n); }},
      {"rerank: return_documents", [](Rerank& r) { r.return_documents = true; },
          [](const Rerank& r) { return tell(r.return_documents); }},
      {"rerank: documents as objects", [](Rerank& r) { r.documents = {R"({"title":"Paris","text":"A city"})"}; },
       [](const Rerank& r) { return Json(r.documents).dump(); }},
  };
}

// What is asked for, and what the caller is answered: some wishes are granted here, whoever the provider is.
struct SmallSent { std::optional<dialects::Encoded> encoded; std::string answer; };

class SmallTrial {
 public:
  SmallTrial(const Column& column, const Provider& provider) : x_column(column), x_provider(provider) {}

  Outcome of(const SmallFeature<Embedding>& feature) {
    if (!find(llm::Operation::embeddings, Ability::embed)) return Outcome::not_offered;
    Embedding without;
    without.caller = x_wire->dialect() == llm::Dialect::openai ? llm::Dialect::cohere : llm::Dialect::openai;
    without.model = x_model;
    without.inputs = {{"Paris", {}}};
    const auto send = [this](const Embedding& asked) {
      const std::string answer = dialects::caller_dialect(asked.caller).write_embedding(asked, {"", "", {"[0.5]"}, {}}, {});
      return sent(x_wire->encode_embedding(asked, recipient()), answer);
    };
    return outcome(feature, without, send, [this](const std::string& body) { return read_embedding(body); });
  }

  Outcome of(const SmallFeature<Rerank>& feature) {
    if (!find(llm::Operation::rerank, Ability::rerank)) return Outcome::not_offered;
    const auto& caller = dialects::caller_dialect(x_wire->dialect() == llm::Dialect::openai ? llm::Dialect::cohere
        : llm::Dialect::openai);
    Rerank without;
    without.model = x_model;
    without.query = "Which is a city?";
    without.documents = {R"("Paris")", R"("Seine")"};
    const auto send = [&](const Rerank& asked) {
      return sent(x_wire->encode_rerank(asked, recipient()), caller.write_rerank(asked, {"", "", {{0, "0.5", ""}}, {}}, {}));
    };
    const auto read = [this](const std::string& body) { return dialects::caller_dialect(x_wire->dialect()).read_rerank(body); };
    return outcome(feature, without, send, read);
  }

 private:
  bool find(llm::Operation operation, Ability ability) {
    x_model = x_column.model(ability);
    x_wire = x_provider.wire(operation, llm::Dialect::gemini, x_model);
    return x_wire != nullptr && x_wire->translates(operation);
  }
  dialects::Recipient recipient() const { return {x_model, x_provider.quirks(x_model)}; }

  static SmallSent sent(Result<dialects::Encoded> encoded, std::string answer) {
    if (!encoded) return {};
    return {*std::move(encoded), std::move(answer)};
  }

  template <class Request, class Send, class Read>
  Outcome outcome(const SmallFeature<Request>& feature, const Request& without, Send send, Read read) {
    Request with = without;
    feature.put(with);
    const SmallSent before = send(without), after = send(with);
    if (!before.encoded) {
      ADD_FAILURE() << x_column.title << " is not asked at all, for " << feature.name;
      return Outcome::refused;
    }
    if (!after.encoded || after.encoded->dropped.size() > before.encoded->dropped.size()) return Outcome::refused;
    const auto back = read(after.encoded->body);
    EXPECT_TRUE(back) << after.encoded->body;
    if (back && feature.told(*back) == feature.told(with)) return Outcome::exact;
    const bool changed = Json::parse(before.encoded->body) != Json::parse(after.encoded->body) || before.answer != after.answer;
    return changed ? Outcome::translated : Outcome::lost;
  }

  // Three have no callers: their words are looked for as their documents have them.
  Result<Embedding> read_embedding(const std::string& body) const {
    const bool predicts = x_wire == &dialects::predict_wire(), titan = x_wire->dialect() == llm::Dialect::bedrock;
    if (!predicts && !titan && x_wire->dialect() != llm::Dialect::ollama) return dialects::caller_dialect(x_wire->dialect()).read_embedding(body);
    const Json json = Json::parse(body);
    const Json settings = predicts ? json.value("parameters", Json::object()) : json;
    Embedding read;
    const char* const dimensions = predicts ? "outputDimensionality" : "dimensions";
    const char* const cuts = predicts ? "autoTruncate" : "truncate";
    if (settings.contains(dimensions)) read.dimensions = settings[dimensions].get<std::int64_t>();
    if (settings.contains(cuts)) read.truncate = settings[cuts].get<bool>();
    if (titan) read.inputs.push_back({json.at("inputText"), {}});
    for (const Json& one : json.value("instances", Json::array())) {
      read.inputs.push_back({one.at("content"), {}});
      if (one.value("task_type", "") == "RETRIEVAL_QUERY") read.purpose = "query";
    }
    for (const Json& one : json.value("input", Json::array())) read.inputs.push_back({one, {}});
    return read;
  }

  const Column& x_column;
  const Provider& x_provider;
  std::string x_model;
  const dialects::Wire* x_wire = nullptr;
};

}  // namespace sluice::providers::features
