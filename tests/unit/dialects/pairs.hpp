// Who speaks with whom: every caller's dialect, every provider's with the rules of its API, and what is recorded of each.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/anthropic_rules.hpp"
#include "unit/dialects/bedrock_rules.hpp"
#include "unit/dialects/cohere_rules.hpp"
#include "unit/dialects/gemini_rules.hpp"
#include "unit/dialects/ollama_rules.hpp"
#include "unit/dialects/openai_rules.hpp"
#include "unit/dialects/responses_rules.hpp"

namespace sluice::dialects::pairs_tests {

using llm::Dialect;
using test::Exchange;

constexpr std::array<Dialect, 6> callers = {Dialect::openai, Dialect::responses, Dialect::anthropic, Dialect::gemini,
    Dialect::bedrock, Dialect::cohere};

// A service that takes the least of OpenAI's dialect, and one that takes the most.
inline const Quirks& sparse() {
  static const Quirks quirks = [] {
    Quirks q;
    q.developer_role = q.many_systems = q.content_lists = q.images = q.json_schema = q.strict_tools = q.stream_usage = false;
    q.assistant_must_have_content = true;
    q.call_id_length = 9;
    q.refuses = {"logit_bias", "seed", "parallel_tool_calls", "store"};
    q.renames = {{"max_completion_tokens", "max_tokens"}};
    return q;
  }();
  return quirks;
}
inline const Quirks& generous() {
  static const Quirks quirks = [] {
    Quirks q;
    q.audio = q.files = q.images_in_tool_results = q.cache_marks = true;
    q.reasoning_history = "reasoning_details";
    q.web_search = "web_search_options";
    return q;
  }();
  return quirks;
}

// Models of OpenAI as its Responses API has them.
inline const Quirks& thinker_that_can_be_still() {
  static const Quirks quirks = [] {
    Quirks q = generous();
    q.efforts = {"none", "low", "medium", "high"};
    q.sampling_efforts = {"unasked", "none"};
    return q;
  }();
  return quirks;
}
inline const Quirks& thinker() {
  static const Quirks quirks = [] {
    Quirks q;
    q.refuses = {"temperature", "top_p", "logprobs", "top_logprobs"};
    q.efforts = {"low", "medium", "high"};
    return q;
  }();
  return quirks;
}
inline const Quirks& no_thinker() {
  static const Quirks quirks = [] {
    Quirks q;
    q.reasoning_request.clear();
    return q;
  }();
  return quirks;
}

struct Provider {
  Dialect dialect;
  std::string_view model;
  std::reference_wrapper<const Quirks> quirks;
  Recipient recipient() const { return {model, quirks}; }
};

// Models of every family that an API treats in its own way. The first of a dialect is the one that can most.
inline const std::vector<Provider>& providers() {
  static const std::vector<Provider> all = {
      {Dialect::openai, "gpt-5.1", generous()},
      {Dialect::openai, "gpt-4o", no_quirks()},
      {Dialect::openai, "small", sparse()},
      {Dialect::responses, "gpt-5.1", thinker_that_can_be_still()},
      {Dialect::responses, "gpt-4o", no_thinker()},
      {Dialect::responses, "o3", thinker()},
      {Dialect::anthropic, "claude-sonnet-4-5", no_quirks()},
      {Dialect::anthropic, "claude-opus-4-7", no_quirks()},
      {Dialect::anthropic, "claude-3-haiku-20240307", no_quirks()},
      {Dialect::gemini, "gemini-3-pro-preview", no_quirks()},
      {Dialect::gemini, "gemini-2.5-flash", no_quirks()},
      {Dialect::gemini, "gemini-1.5-flash", no_quirks()},
      {Dialect::gemini, "gemini-2.0-flash", no_quirks()},
      {Dialect::gemini, "gemini-2.5-pro", no_quirks()},
      {Dialect::gemini, "gemini-3.5-flash", no_quirks()},
      {Dialect::gemini, "gemini-flash-latest", no_quirks()},
      {Dialect::gemini, "tunedModels/mine", no_quirks()},
      {Dialect::bedrock, "us.anthropic.claude-haiku-4-5-20251001-v1:0", no_quirks()},
      {Dialect::bedrock, "us.amazon.nova-2-lite-v1:0", no_quirks()},
      {Dialect::bedrock, "openai.gpt-oss-120b-1:0", no_quirks()},
      {Dialect::bedrock, "us.meta.llama3-3-70b-instruct-v1:0", no_quirks()},
      {Dialect::cohere, "command-a-reasoning-08-2025", no_quirks()},
      {Dialect::cohere, "command-r-plus", no_quirks()},
      {Dialect::ollama, "qwen3:8b", no_quirks()},
      {Dialect::ollama, "gpt-oss:20b", no_quirks()},
  };
  return all;
}
inline const Provider& first_provider(Dialect dialect) {
  for (const Provider& one : providers()) {
    if (one.dialect == dialect) return one;
  }
  throw std::out_of_range("no provider");
}

inline std::vector<std::string> broken_by(const std::string& body, const Provider& to) {
  switch (to.dialect) {
    case Dialect::openai: return openai_tests::Rules::broken_by(body, to.quirks);
    case Dialect::responses: return responses_tests::Rules::broken_by(body);
    case Dialect::anthropic: return anthropic_tests::Rules::broken_by(body);
    case Dialect::gemini: return gemini_tests::Rules::broken_by(body, to.model);
    case Dialect::bedrock: return bedrock_tests::Rules::broken_by(body);
    case Dialect::cohere: return cohere_tests::Rules::broken_by(body);
    case Dialect::ollama: return ollama_tests::Rules::broken_by(body);
  }
  return {"no rules"};
}

// ---- what is recorded

// The dialect that a recorded request to generate is in; nothing: it is none.
inline std::optional<Dialect> asks_in(const Exchange& one) {
  const auto is = [&](std::string_view operation) { return one.operation == operation; };
  if (!one.request.starts_with('{')) return {};
  if (is("chat.completions") && test::speaks_openai(one)) return Dialect::openai;
  if (is("responses")) return Dialect::responses;
  if (is("messages") || is("rawPredict") || is("streamRawPredict")) return Dialect::anthropic;
  if (is("generateContent") || is("streamGenerateContent")) return Dialect::gemini;
  if (is("converse") || is("converse-stream")) return Dialect::bedrock;
  if (one.provider == "cohere" && one.path.starts_with("/v2/chat")) return Dialect::cohere;
  return {};
}

// As the gateway reads it: what stands in the path (Gemini, Bedrock, Claude on Vertex) is put in.
inline Result<llm::ChatRequest> read_request(Dialect caller, const Exchange& one) {
  std::string body = one.request;
  const bool on_vertex = one.operation.find("awPredict") != std::string::npos;
  if (on_vertex) body.replace(0, 1, R"({"model":"claude-haiku-4-5",)");
  auto request = caller_dialect(caller).read_chat(body);
  if (!request || (caller != Dialect::gemini && caller != Dialect::bedrock)) return request;
  const std::size_t from = one.path.find(caller == Dialect::gemini ? "/models/" : "/model/") +
      (caller == Dialect::gemini ? 8 : 7);
  request->model = one.path.substr(from, one.path.find_first_of(":/", from) - from);
  if (const auto colon = request->model.find("%3A"); colon != std::string::npos) request->model.replace(colon, 3, ":");
  request->stream = one.operation.find("tream") != std::string::npos;
  return request;
}

struct Recorded { const Exchange* exchange; llm::ChatRequest request; };

// Those that the dialect itself takes: the recordings hold requests that were refused, and other vendors' additions.
inline std::vector<Recorded> requests_of(Dialect caller) {
  std::vector<Recorded> all;
  for (const Exchange& one : test::exchanges()) {
    if (asks_in(one) != caller) continue;
    if (auto request = read_request(caller, one)) all.push_back({&one, *std::move(request)});
  }
  return all;
}

// The dialect that a recorded answer is in, and its form; nothing: it is no good answer.
struct AnswerForm { Dialect dialect; bool streamed; };
inline std::optional<AnswerForm> answers_in(const Exchange& one) {
  const std::string& text = one.response;
  const auto says = [&](std::string_view what) { return text.find(what) != std::string::npos; };
  const bool whole = one.kind == Exchange::Kind::json, google = one.provider == "gemini" || one.provider == "vertex";
  if (one.status != 200) return {};
  if (whole) {
    if (!one.json.is_object()) return {};
    if (one.json.value("object", "") == "chat.completion") return AnswerForm{Dialect::openai, false};
    if (one.json.value("object", "") == "response") return AnswerForm{Dialect::responses, false};
    if (one.json.value("type", "") == "message" && one.json.contains("stop_reason")) return AnswerForm{Dialect::anthropic, false};
    if (google && (one.json.contains("candidates") || one.json.contains("promptFeedback"))) {
      return AnswerForm{Dialect::gemini, false};
    }
    if (one.operation == "converse") return AnswerForm{Dialect::bedrock, false};
    if (one.provider == "cohere" && one.json.contains("finish_reason")) return AnswerForm{Dialect::cohere, false};
    return {};
  }
  if (says("chat.completion.chunk")) return AnswerForm{Dialect::openai, true};
  if (says("\"response.created\"")) return AnswerForm{Dialect::responses, true};
  if (one.streamed() && says("\"message_start\"")) return AnswerForm{Dialect::anthropic, true};
  if (google && (says("\"candidates\"") || says("\"promptFeedback\""))) return AnswerForm{Dialect::gemini, true};
  if (one.operation == "converse-stream") return AnswerForm{Dialect::bedrock, true};
  if (one.provider == "cohere" && one.streamed()) return AnswerForm{Dialect::cohere, true};
  if (one.operation == "api.chat") return AnswerForm{Dialect::ollama, true};
  return {};
}
inline std::vector<const Exchange*> answers_of(Dialect provider, bool streamed) {
  std::vector<const Exchange*> all;
  for (const auto* list : {&test::exchanges(), &test::answers_only()}) {
    for (const Exchange& one : *list) {
      const auto form = answers_in(one);
      if (form && form->dialect == provider && form->streamed == streamed) all.push_back(&one);
    }
  }
  return all;
}

// ---- the pairs

struct Pair { Dialect caller, provider; };
inline std::vector<Pair> pairs(bool with_ollama = true) {
  std::vector<Pair> all;
  for (const Dialect caller : callers) {
    for (const Dialect provider : llm::all_dialects) {
      if (caller != provider && (with_ollama || provider != Dialect::ollama)) all.push_back({caller, provider});
    }
  }
  return all;
}
inline std::string name_of(const testing::TestParamInfo<Pair>& info) {
  return std::string(to_string(info.param.caller)) + "_at_" + std::string(to_string(info.param.provider));
}

}  // namespace sluice::dialects::pairs_tests
