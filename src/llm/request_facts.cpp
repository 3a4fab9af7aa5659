#include "sluice/llm/request_facts.hpp"

#include <algorithm>
#include <array>

#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/json/validate.hpp"
#include "sluice/json/write.hpp"

namespace sluice::llm {
namespace {

constexpr std::size_t max_model_bytes = 512;
constexpr std::int64_t most_choices = 128;   // platform.openai.com/docs/api-reference/chat/create: n

enum Known : std::size_t { model, stream, stream_options, max_tokens, max_completion_tokens, max_output_tokens, n, known_count };
constexpr std::array<std::string_view, known_count> names = {
    "model", "stream", "stream_options", "max_tokens", "max_completion_tokens", "max_output_tokens", "n"};

// The names differ in length, so that one look and one comparison find the only one a key may be.
constexpr std::size_t longest_name = 21;
constexpr auto known_by_size = [] {
  std::array<Known, longest_name + 1> table{};
  table.fill(known_count);
  for (std::size_t i = 0; i < known_count; ++i) table.at(names[i].size()) = static_cast<Known>(i);
  return table;
}();

Error refusal(std::string message, std::string_view name, std::string_view param) {
  return Error(Code::bad_request, std::move(message)).named(std::string(name)).about(std::string(param));
}

Error wrong_type(std::string_view param, std::string_view expected, std::string_view raw) {
  std::string message = "Invalid type for '";
  message.append(param).append("': expected ").append(expected).append(", but got ");
  message.append(json::describe(json::kind_of(raw))).append(" instead.");
  return refusal(std::move(message), "invalid_type", param);
}

Error twice(std::string_view param) {
  std::string message = "Duplicate parameter: '";
  message.append(param).append("' appears more than once in the JSON body.");
  return refusal(std::move(message), "duplicate_parameter", param);
}

Error escaped(std::string_view param) {
  std::string message = "Invalid spelling of the parameter '";
  message.append(param).append("': its name must be written without escapes.");
  return refusal(std::move(message), "invalid_parameter_name", param);
}

Error broken(const json::Fault& fault) {
  std::string message = "We could not parse the JSON body of your request: ";
  message.append(fault.reason).append(" at byte ");
  append_integer(message, static_cast<std::int64_t>(fault.at));
  message.append(". The body must be one JSON object in UTF-8.");
  return refusal(std::move(message), "invalid_json", "");
}

// What a key with a backslash in it spells.
std::string plain_name(std::string_view key) {
  std::string in_quotes = "\"";
  in_quotes.append(key).append("\"");
  return json::unquoted(in_quotes).value_or(std::string());
}

// Keeps the raw values of the known members; the first complaint wins, but bad JSON further on comes before it.
class Members final : public json::MemberSink {
 public:
  void member(std::string_view key, std::string_view value) override {
    const Known known = key.size() <= longest_name ? known_by_size[key.size()] : known_count;
    if (known == known_count || key != names[known]) return look_at_unknown(key);
    if (!x_raw[known].empty() && !x_complaint) x_complaint = twice(key);
    x_raw[known] = value;
  }
  std::string_view operator[](Known which) const { return x_raw[which]; }
  std::optional<Error>& complaint() { return x_complaint; }

 private:
  void look_at_unknown(std::string_view key) {
    if (key.find('\\') == std::string_view::npos) return;
    const std::string name = plain_name(key);
    if (std::find(names.begin(), names.end(), name) != names.end() && !x_complaint) x_complaint = escaped(name);
  }

  std::array<std::string_view, known_count> x_raw;
  std::optional<Error> x_complaint;
};

struct Nothing final : json::MemberSink {
  void member(std::string_view, std::string_view) override {}
};

bool absent(std::string_view raw) { return raw.empty() || raw == "null"; }

Result<> check_model(const std::string& model) {
  if (model.empty()) {
    return refusal("Invalid 'model': empty string. Name a model, for example 'gpt-4o'.", "empty_string", "model");
  }
  if (model.size() > max_model_bytes) {
    return refusal("Invalid 'model': string too long. Expected at most 512 bytes.", "string_above_max_length", "model");
  }
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(model.begin(), model.end(), control)) {
    return refusal("Invalid 'model': it must not hold control characters.", "invalid_value", "model");
  }
  return {};
}

Result<> read_model(std::string_view body, std::string_view raw, RequestFacts& facts) {
  if (absent(raw)) return refusal("Missing required parameter: 'model'.", "missing_required_parameter", "model");
  if (raw.front() != '"') return wrong_type("model", "a string", raw);
  json::unquote(raw, facts.model);
  if (auto fits = check_model(facts.model); !fits) return fits;
  facts.place = RequestFacts::Place::member;
  facts.model_begin = static_cast<std::size_t>(raw.data() - body.data());
  facts.model_end = facts.model_begin + raw.size();
  return {};
}

Result<bool> read_boolean(std::string_view param, std::string_view raw) {
  if (absent(raw)) return false;
  const auto value = json::to_boolean(raw);
  if (!value) return wrong_type(param, "a boolean", raw);
  return *value;
}

Result<bool> read_include_usage(std::string_view raw) {
  constexpr std::string_view wanted = "include_usage";
  constexpr std::string_view param = "stream_options.include_usage";
  if (absent(raw)) return false;
  if (raw.front() != '{') return wrong_type(names[stream_options], "an object", raw);
  std::string_view value;
  std::optional<Error> complaint;
  json::each_member(raw, [&](std::string_view key, std::string_view member) {
    if (key == wanted) {
      if (!value.empty()) complaint = twice(param);
      value = member;
    } else if (key.find('\\') != std::string_view::npos && plain_name(key) == wanted) {
      complaint = escaped(param);
    }
  });
  if (complaint) return std::move(*complaint);
  return read_boolean(param, value);
}

}  // namespace

Result<RequestFacts> read_facts(std::string_view body) {
  Members members;
  if (const auto fault = json::validate_object(body, members)) return broken(*fault);
  if (members.complaint()) return std::move(*members.complaint());
  RequestFacts facts;
  if (auto read = read_model(body, members[model], facts); !read) return std::move(read).error();
  auto streamed = read_boolean(names[stream], members[stream]);
  if (!streamed) return std::move(streamed).error();
  facts.stream = *streamed;
  auto usage = read_include_usage(members[stream_options]);
  if (!usage) return std::move(usage).error();
  facts.include_usage = *usage;
  // Which of several limits a provider goes by is its own affair: no answer is longer than the largest.
  for (const Known limit : {max_completion_tokens, max_output_tokens, max_tokens}) {
    const auto tokens = json::to_integer(members[limit]);
    if (tokens) facts.max_tokens = std::max(facts.max_tokens.value_or(*tokens), *tokens);
  }
  if (!absent(members[n])) facts.n = json::to_integer(members[n]).value_or(most_choices);   // a number in some other form
  return facts;
}

Result<RequestFacts> read_facts(std::string_view body, std::string_view encoded_model, bool stream) {
  Nothing ignored;
  if (const auto fault = json::validate_object(body, ignored)) return broken(*fault);
  auto facts = facts_of_model(percent_decoded(encoded_model));
  if (!facts) return facts;
  if (facts->model.empty()) return refusal("The path names no model.", "missing_required_parameter", "model");
  facts->stream = stream;
  facts->place = RequestFacts::Place::path;
  return facts;
}

Result<RequestFacts> facts_of_model(std::string name) {
  RequestFacts facts;
  if (!json::valid_utf8(name)) return refusal("Invalid 'model': it is not valid UTF-8.", "invalid_value", "model");
  if (auto fits = check_model(name); !name.empty() && !fits) return std::move(fits).error();
  facts.model = std::move(name);
  return facts;
}

Result<RequestFacts> facts_of_form(std::string_view body, std::size_t begin, std::size_t end) {
  auto facts = facts_of_model(std::string(body.substr(begin, end - begin)));
  if (!facts) return facts;
  if (facts->model.empty()) return refusal("Missing required parameter: 'model'.", "missing_required_parameter", "model");
  facts->place = RequestFacts::Place::field;
  facts->model_begin = begin;
  facts->model_end = end;
  return facts;
}

std::string splice_model(std::string_view body, const RequestFacts& facts, std::string_view name) {
  if (facts.place == RequestFacts::Place::field) return json::splice(body, facts.model_begin, facts.model_end, name);
  if (facts.place != RequestFacts::Place::member) return std::string(body);
  return json::splice(body, facts.model_begin, facts.model_end, json::quoted(name));
}

}  // namespace sluice::llm
