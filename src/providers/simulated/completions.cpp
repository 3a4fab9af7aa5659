#include <algorithm>
#include <nlohmann/json.hpp>

#include "play.hpp"
#include "sluice/json/write.hpp"

namespace sluice::providers::simulated {
namespace {

using Json = nlohmann::json;

Error refused(const std::string& param, const std::string& message) {
  return Error(Code::bad_request, message).named("invalid_value").about(param);
}

struct Request {
  std::string model;
  std::vector<std::string> prompts;
  std::vector<std::string> stop;
  std::int64_t n = 1, max_tokens = 16;   // OpenAI's defaults
  bool stream = false, include_usage = false, echo = false;
};

// A text, a list of texts, a list of tokens or a list of such lists. Tokens have no text: their number is repeated.
Result<std::vector<std::string>> read_prompts(const Json& value) {
  std::vector<std::string> out;
  const auto tokens = [](const Json& list) { return "[" + std::to_string(list.size()) + " tokens]"; };
  if (value.is_string()) return std::vector<std::string>{value.get<std::string>()};
  if (!value.is_array() || value.empty() || value.size() > 2048)
    return refused("prompt", "'prompt' must be a string or an array of up to 2048.");
  if (value.front().is_number_integer()) return std::vector<std::string>{tokens(value)};
  for (const Json& item : value) {
    if (item.is_string()) out.push_back(item.get<std::string>());
    else if (item.is_array()) out.push_back(tokens(item));
    else return refused("prompt", "'prompt' must hold strings or arrays of tokens.");
  }
  return out;
}

Result<> read_count(const Json& body, const char* name, std::int64_t least, std::int64_t most, std::int64_t& into) {
  const auto at = body.find(name);
  if (at == body.end() || at->is_null()) return {};
  if (!at->is_number_integer() || at->get<std::int64_t>() < least || at->get<std::int64_t>() > most) {
    return refused(name, "'" + std::string(name) + "' must be an integer from " + std::to_string(least) + " to " +
                             std::to_string(most) + ".");
  }
  into = at->get<std::int64_t>();
  return {};
}

bool flag(const Json& body, const char* name) {
  const auto at = body.find(name);
  return at != body.end() && at->is_boolean() && at->get<bool>();
}

Result<Request> read(std::string_view text) {
  const Json body = Json::parse(text.begin(), text.end(), nullptr, false);
  Request request;
  if (!body.is_object()) return Error(Code::bad_request, "We could not parse the JSON body of your request.");
  const auto model = body.find("model"), prompt = body.find("prompt");
  if (model == body.end() || !model->is_string()) return refused("model", "you must provide a model parameter");
  if (prompt == body.end()) return refused("prompt", "Missing required parameter: 'prompt'.");
  request.model = model->get<std::string>();
  auto prompts = read_prompts(*prompt);
  if (!prompts) return std::move(prompts).error();
  request.prompts = *std::move(prompts);
  if (auto n = read_count(body, "n", 1, 128, request.n); !n) return std::move(n).error();
  if (auto most = read_count(body, "max_tokens", 0, 1'000'000'000, request.max_tokens); !most)
    return std::move(most).error();
  request.stream = flag(body, "stream");
  request.echo = flag(body, "echo");
  const auto options = body.find("stream_options");
  request.include_usage = options != body.end() && options->is_object() && flag(*options, "include_usage");
  const auto stop = body.find("stop");
  if (stop != body.end() && stop->is_string()) request.stop.push_back(stop->get<std::string>());
  if (stop != body.end() && stop->is_array()) {
    for (const Json& item : *stop) {
      if (item.is_string()) request.stop.push_back(item.get<std::string>());
    }
  }
  return request;
}

struct Choice { std::string text; bool cut = false; };

void append_choice(std::string& out, std::string_view text, std::size_t index, std::string_view finish) {
  out += "{\"text\":";
  json::append_quoted(out, text);
  out += ",\"index\":";
  json::append_integer(out, static_cast<std::int64_t>(index));
  out += ",\"logprobs\":null,\"finish_reason\":";
  if (finish.empty()) out += "null";
  else json::append_quoted(out, finish);
  out += '}';
}

void append_usage(std::string& out, std::int64_t input, std::int64_t output) {
  out += "\"usage\":{\"prompt_tokens\":";
  json::append_integer(out, input);
  out += ",\"completion_tokens\":";
  json::append_integer(out, output);
  out += ",\"total_tokens\":";
  json::append_integer(out, input + output);
  out += '}';
}

std::string head(const Request& request, const Play& play) {
  std::string out =
      "{\"id\":" + json::quoted(make_id("cmpl-", play.count)) + ",\"object\":\"text_completion\",\"created\":";
  json::append_integer(out, play.now);
  out += ",\"model\":" + json::quoted(request.model) + ",\"choices\":[";
  return out;
}

std::vector<Choice> answers(const Request& request, const Play& play) {
  std::vector<Choice> choices;
  for (const std::string& prompt : request.prompts) {
    Limited limited = limit(play.settings.text.empty() ? prompt : play.settings.text, request.stop, request.max_tokens);
    if (request.echo) limited.text.insert(0, prompt);
    for (std::int64_t i = 0; i < request.n; ++i) choices.push_back({limited.text, limited.cut});
  }
  return choices;
}

Script stream(const Request& request, const std::vector<Choice>& choices, const Play& play, const std::string& usage) {
  StreamScript script(play.settings.token_latency);
  const std::string begin = "data: " + head(request, play),
                    end = request.include_usage ? "],\"usage\":null}\n\n" : "]}\n\n";
  std::string event;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    for (const std::string_view piece : pieces_of(choices[i].text)) {
      event = begin;
      append_choice(event, piece, i, {});
      script.token(event += end);
    }
    event = begin;
    append_choice(event, {}, i, choices[i].cut ? "length" : "stop");
    script.at_once(event += end);
  }
  if (request.include_usage) script.at_once(begin + "]," + usage + "}\n\n");
  script.at_once("data: [DONE]\n\n");
  return std::move(script).finish();
}

}  // namespace

Script play_completion(const Play& play) {
  auto request = read(play.body);
  if (!request) return refusal(request.error());
  const std::vector<Choice> choices = answers(*request, play);
  std::int64_t input = 0, output = 0;
  for (const std::string& prompt : request->prompts) input += token_count(prompt);
  for (const Choice& choice : choices) output += token_count(choice.text);
  std::string usage;
  append_usage(usage, play.settings.input_tokens.value_or(input), play.settings.output_tokens.value_or(output));
  if (request->stream) return stream(*request, choices, play, usage);
  std::string body = head(*request, play);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) body += ',';
    append_choice(body, choices[i].text, i, choices[i].cut ? "length" : "stop");
  }
  return whole(body + "]," + usage + "}");
}

}  // namespace sluice::providers::simulated
