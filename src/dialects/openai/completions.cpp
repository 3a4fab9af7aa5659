#include "dialects/openai/completions.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "dialects/openai/answer_json.hpp"
#include "dialects/openai/read_chat.hpp"
#include "dialects/openai/write_error.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

namespace event = llm::event;
using Json = nlohmann::json;

Error wrong_prompt(std::string message) { return Error(Code::bad_request, std::move(message)).named("invalid_value").about("prompt"); }

// One text, also as a list of one.
Result<std::string> prompt_of(std::string_view raw) {
  std::string_view text = raw;
  if (json::kind_of(raw) == json::Kind::array) {
    std::size_t elements = 0;
    json::each_element(raw, [&](std::string_view one) { return text = one, ++elements < 2; });
    if (elements != 1) return wrong_prompt("This model takes one prompt in a request, as text.");
  }
  auto prompt = json::unquoted(text);
  if (!prompt) return wrong_prompt("This model takes its prompt as text, not as token ids.");
  return *std::move(prompt);
}

// The chat form {"content":[{"token","logprob","top_logprobs":[…]}]} as the lists of old.
std::string old_logprobs(const std::string& raw) {
  const Json given = Json::parse(raw, nullptr, false);
  if (!given.is_object() || !given.contains("content") || !given["content"].is_array()) return "null";
  Json tokens = Json::array(), values = Json::array(), top = Json::array(), offsets = Json::array();
  std::int64_t offset = 0;
  for (const Json& one : given["content"]) {
    if (!one.is_object() || !one.contains("token") || !one["token"].is_string() || !one.contains("logprob")) return "null";
    tokens.push_back(one["token"]);
    values.push_back(one["logprob"]);
    offsets.push_back(offset);
    offset += characters(one["token"].get_ref<const std::string&>());
    Json best = Json::object();
    if (one.contains("top_logprobs") && one["top_logprobs"].is_array()) {
      for (const Json& other : one["top_logprobs"]) {
        if (other.is_object() && other.contains("token") && other["token"].is_string() && other.contains("logprob")) {
          best[other["token"].get<std::string>()] = other["logprob"];
        }
      }
    }
    top.push_back(std::move(best));
  }
  const Json lists{{"tokens", tokens}, {"token_logprobs", values}, {"top_logprobs", top}, {"text_offset", offsets}};
  return lists.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string text_of(const llm::Choice& choice) {
  std::string text;
  for (const llm::Part& part : choice.parts) {
    if (const auto* one = std::get_if<llm::Text>(&part)) text += one->text;
    if (const auto* refusal = std::get_if<llm::Refusal>(&part)) text += refusal->text;
  }
  return text;
}

class Writer final : public StreamWriter {
 public:
  Writer(const llm::ChatRequest& request, std::string id, std::int64_t created)
      : x_id(std::move(id)), x_model(request.model), x_created(created), x_include_usage(request.include_usage) {
    build_head();
  }

  void write(const llm::StreamEvent& e, std::string& out) override {
    if (const auto* started = std::get_if<event::Started>(&e)) {
      if (!started->id.empty()) x_id = started->id;
      if (!started->model.empty()) x_model = started->model;
      build_head();
    } else if (const auto* text = std::get_if<event::TextDelta>(&e)) {
      if (!text->text.empty() || !text->logprobs.empty()) chunk(text->choice, text->text, text->logprobs, "null", out);
    } else if (const auto* refusal = std::get_if<event::RefusalDelta>(&e)) {
      chunk(refusal->choice, refusal->text, {}, "null", out);
    } else if (const auto* finished = std::get_if<event::Finished>(&e)) {
      chunk(finished->choice, "", {}, json::quoted(finish_name(finished->reason)), out);
    } else if (const auto* seen = std::get_if<event::UsageSeen>(&e)) {
      x_usage = seen->usage;
    } else if (const auto* failed = std::get_if<event::Failed>(&e)) {
      out += write_error_event(failed->error);
    } else if (std::holds_alternative<event::Ended>(e)) {
      end(out);
    }
  }

 private:
  void build_head() {
    x_head = "data: {\"id\":";
    json::append_quoted(x_head, x_id);
    x_head += ",\"object\":\"text_completion\",\"created\":";
    json::append_integer(x_head, x_created);
    x_head += ",\"model\":";
    json::append_quoted(x_head, x_model);
    x_head += ",\"choices\":[";
  }
  void chunk(std::int64_t choice, std::string_view text, const std::string& logprobs, std::string_view finish, std::string& out) {
    out.append(x_head) += "{\"text\":";
    json::append_quoted(out, text);
    out += ",\"index\":";
    json::append_integer(out, choice);
    out.append(",\"logprobs\":").append(logprobs.empty() ? "null" : old_logprobs(logprobs));
    out.append(",\"finish_reason\":").append(finish).append(x_include_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n");
  }
  void end(std::string& out) {
    if (x_include_usage && x_usage) {
      out.append(x_head).append("],\"usage\":");
      append_usage(out, *x_usage);
      out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
  }

  std::string x_id, x_model;
  std::int64_t x_created;
  bool x_include_usage;
  std::string x_head;   // of every chunk, up to its choices
  std::optional<llm::Usage> x_usage;
};

}  // namespace

// Put into the form of a chat request, whose members mean the same but for a few.
Result<llm::ChatRequest> read_completion(std::string_view body) {
  if (json::validate(body) || json::kind_of(body) != json::Kind::object) return read_chat(body);   // which says what is wrong
  std::string chat = "{";
  std::optional<std::string_view> prompt;
  std::vector<std::pair<std::string, std::string>> others;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "prompt") {
      prompt = value;
    } else if (key == "logprobs") {
      if (json::kind_of(value) == json::Kind::number) chat.append("\"logprobs\":true,\"top_logprobs\":").append(value) += ',';
    } else if (key == "echo" || key == "suffix" || key == "best_of") {
      if (value != "null" && value != "false" && value != "1" && value != "\"\"") others.emplace_back(key, value);
    } else {
      chat.append("\"").append(key).append("\":").append(value) += ',';
    }
  });
  if (!prompt || *prompt == "null") return Error(Code::bad_request, "Missing required parameter: 'prompt'.").named("missing_required_parameter").about("prompt");
  auto text = prompt_of(*prompt);
  if (!text) return std::move(text).error();
  chat += R"("messages":[{"role":"user","content":)" + json::quoted(*text) + "}]}";
  auto request = read_chat(chat);
  if (request) request->others.insert(request->others.end(), others.begin(), others.end());
  return request;
}

std::string write_completion(const llm::ChatRequest& request, const llm::ChatResponse& response, std::string_view id, std::int64_t created) {
  std::string out = "{\"id\":";
  json::append_quoted(out, response.id.empty() ? id : std::string_view(response.id));
  out += ",\"object\":\"text_completion\",\"created\":";
  json::append_integer(out, response.created != 0 ? response.created : created);
  out += ",\"model\":";
  json::append_quoted(out, response.model.empty() ? request.model : response.model);
  out += ",\"choices\":[";
  for (std::size_t i = 0; i < response.choices.size(); ++i) {
    const llm::Choice& choice = response.choices[i];
    out.append(i > 0 ? "," : "").append("{\"text\":");
    json::append_quoted(out, text_of(choice));
    out += ",\"index\":";
    json::append_integer(out, choice.index);
    out.append(",\"logprobs\":").append(choice.logprobs.empty() ? "null" : old_logprobs(choice.logprobs));
    out.append(",\"finish_reason\":\"").append(finish_name(choice.finish)).append("\"}");
  }
  out += "],\"usage\":";
  append_usage(out, response.usage);
  return out + "}";
}

std::unique_ptr<StreamWriter> make_completion_writer(const llm::ChatRequest& request, std::string id, std::int64_t created) {
  return std::make_unique<Writer>(request, std::move(id), created);
}

}  // namespace sluice::dialects::openai
