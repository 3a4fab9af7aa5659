#include "dialects/openai/errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <nlohmann/json.hpp>

#include "dialects/retry_after.hpp"
#include "sluice/dialects/dialect.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::openai {
namespace {

using Json = nlohmann::json;

// What an error object says, under one name each.
struct Stated {
  std::string message, name, type, param;
  int status = 0;   // 0: not stated
};

std::string text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : std::string();
}

int as_status(std::int64_t number) { return number >= 400 && number <= 599 ? static_cast<int>(number) : 0; }

// 502 (OpenRouter, Perplexity, Groq's status_code) or "401" (Azure).
int status_of(const Json& value) {
  if (value.is_number_integer()) return as_status(value.get<std::int64_t>());
  if (!value.is_string()) return 0;
  const auto& text = value.get_ref<const std::string&>();
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? as_status(number) : 0;
}

// Names are put into our answers and logs: short words only.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || std::isdigit(static_cast<unsigned char>(text.front()))) return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; });
}

Json parse(std::string_view text) { return Json::parse(text.begin(), text.end(), nullptr, false); }

// The message of the service behind the service: OpenRouter gives its answer as a JSON text in metadata.raw.
std::string inner_message(const Json& error) {
  const auto metadata = error.find("metadata");
  if (metadata == error.end() || !metadata->is_object()) return {};
  const std::string raw = text_of(*metadata, "raw");
  if (raw.empty()) return {};
  const Json inner = parse(raw);
  if (!inner.is_object()) return raw.substr(0, 1000);
  const auto nested = inner.find("error");
  if (nested != inner.end() && nested->is_object()) return text_of(*nested, "message");
  if (nested != inner.end() && nested->is_string()) return nested->get<std::string>();
  return text_of(inner, "message");
}

void read_error_object(const Json& error, Stated& stated) {
  stated.message = text_of(error, "message");
  const std::string inner = inner_message(error);
  if (!inner.empty() && inner != stated.message) stated.message += (stated.message.empty() ? "" : ": ") + inner;
  stated.type = text_of(error, "type");
  stated.param = text_of(error, "param");
  stated.name = text_of(error, "code");
  for (const char* key : {"status_code", "status", "code"}) {
    const auto at = error.find(key);
    if (stated.status == 0 && at != error.end()) stated.status = status_of(*at);
  }
}

// FastAPI's form (Mistral, Voyage, vLLM): a text, or a list of {loc, msg}.
void read_detail(const Json& detail, Stated& stated) {
  if (detail.is_string()) {
    stated.message = detail.get<std::string>();
  } else if (detail.is_object()) {
    read_error_object(detail, stated);
  } else if (detail.is_array() && !detail.empty() && detail.front().is_object()) {
    stated.message = text_of(detail.front(), "msg");
    const auto loc = detail.front().find("loc");
    if (loc != detail.front().end() && loc->is_array() && !loc->empty() && loc->back().is_string()) {
      stated.param = loc->back().get<std::string>();
    }
  }
}

Stated read_document(const Json& document) {
  Stated stated;
  if (document.is_array() && !document.empty()) return read_document(document.front());   // Gemini's compatible API
  if (!document.is_object()) return stated;
  const auto error = document.find("error");
  if (error != document.end() && error->is_object()) {
    read_error_object(*error, stated);
  } else if (error != document.end() && error->is_string()) {   // xAI {code, error}, Ollama {error}
    stated.message = error->get<std::string>();
    stated.name = text_of(document, "code");
  } else if (const auto detail = document.find("detail"); detail != document.end()) {
    read_detail(*detail, stated);
  } else {
    read_error_object(document, stated);   // {object: "error", message, type, code}: Mistral, vLLM
  }
  return stated;
}

// A body that is no JSON: its first line if that is readable text, never a page of HTML.
std::string plain_message(std::string_view body) {
  body = body.substr(0, body.find_first_of("\r\n"));
  const bool readable = !body.empty() && body.front() != '<' && body.front() != '{' && body.front() != '[' &&
                        body.size() <= 500 && json::valid_utf8(body) &&
                        std::none_of(body.begin(), body.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  return readable ? std::string(body) : std::string();
}

// Where an error comes without a status (in an event, or under HTTP 200): what its names mean.
int meant_status(const Stated& stated) {
  struct Meaning { std::string_view word; int status; };
  static constexpr std::array<Meaning, 17> meanings{{
      {"rate_limit", 429}, {"insufficient_quota", 429}, {"ratelimit", 429}, {"too_many_requests", 429},
      {"overloaded", 503}, {"capacity", 503}, {"unavailable", 503}, {"server_error", 500}, {"internal", 500},
      {"api_key", 401}, {"authentication", 401}, {"permission", 403}, {"not_found", 404}, {"content_filter", 400},
      {"context_length", 400}, {"timeout", 504}, {"invalid", 400}}};
  for (const std::string* text : {&stated.name, &stated.type}) {
    std::string lower = text->substr(0, 64);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const Meaning& meaning : meanings) {
      if (lower.find(meaning.word) != lower.npos) return meaning.status;
    }
  }
  return 502;
}

bool is_overload(const Stated& stated) {
  return stated.type.find("overloaded") != std::string::npos || stated.name.find("overloaded") != std::string::npos;
}

constexpr std::size_t longest_message = 4096;

// Between characters.
void cut(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
}

Failure make_failure(int status, Stated stated, std::optional<std::chrono::milliseconds> wait) {
  if (stated.message.empty()) stated.message = "The provider answered with status " + std::to_string(status) + ".";
  cut(stated.message, longest_message);
  if (!is_name(stated.name)) stated.name = stated.name.empty() && is_name(stated.type) ? stated.type : std::string();
  if (stated.param.size() > 256) stated.param.clear();
  const bool bad_key = status == 400 && stated.message.starts_with("Incorrect API key");   // xAI
  const Code code = bad_key ? Code::unauthorized : code_of(status);
  Error error = Error(code, std::move(stated.message)).named(stated.name).about(std::move(stated.param));
  if (wait) std::move(error).retry_in(*wait);   // changes it in place
  const bool busy = status == 408 || status == 409 || status == 425 || status == 429 || status == 498 || status >= 500;
  const bool key = bad_key || status == 401 || status == 402 || status == 403 || status == 429;
  return {std::move(error), status, busy || is_overload(stated), key};
}

// What nearly every good answer looks like: a few plain members, then choices, which are not empty. Read no further.
bool begins_with_choices(std::string_view body) {
  constexpr std::string_view spaces = " \n\r\t", name = "\"choices\"";
  if (!body.starts_with('{')) return false;
  const std::size_t opens = body.find('[');
  if (opens == std::string_view::npos || body.substr(1, opens).find('{') != std::string_view::npos) return false;
  std::string_view before = body.substr(0, opens);
  const auto trim_end = [&] { before.remove_suffix(before.size() - 1 - before.find_last_not_of(spaces)); };
  trim_end();
  if (!before.ends_with(':')) return false;
  before.remove_suffix(1);
  trim_end();
  if (!before.ends_with(name) || before.ends_with("\\\"choices\"")) return false;
  const std::size_t first = body.find_first_not_of(spaces, opens + 1);
  return first != std::string_view::npos && body[first] == '{';
}

}  // namespace

Failure read_failure(int status, const http::Fields& headers, std::string_view body) {
  const Json document = parse(body);
  Stated stated = document.is_discarded() ? Stated{} : read_document(document);
  if (document.is_discarded()) stated.message = plain_message(body);
  return make_failure(status, std::move(stated), retry_after(status, headers));
}

bool is_reported(std::string_view raw_error) {
  const auto kind = json::kind_of(raw_error);
  if (kind == json::Kind::string) return raw_error != "\"\"";
  if (kind != json::Kind::object) return false;
  bool any = false;
  json::each_member(raw_error, [&](std::string_view, std::string_view) { any = true; return false; });
  return any;
}

std::optional<Failure> failure_in_other_success(const http::Fields& headers, std::string_view body) {
  if (json::kind_of(body) != json::Kind::object) return std::nullopt;
  bool useful = false, error = false;
  json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "data" || key == "results" || key == "text" || key == "segments") useful = value != "null" && value != "[]";
    else if (key == "error") error = is_reported(value);
    else if (key == "object" && value == "\"error\"") error = true;
    return !useful;
  });
  if (useful || !error) return std::nullopt;
  Stated stated = read_document(parse(body));
  const int status = stated.status != 0 ? stated.status : meant_status(stated);
  return make_failure(status, std::move(stated), retry_after(status, headers));
}

Failure failure_in_event(std::string_view data) {
  const Json document = parse(data);
  Stated stated = document.is_discarded() ? Stated{} : read_document(document);
  if (stated.message.empty()) stated.message = "The provider reported an error inside its stream.";
  const int status = stated.status != 0 ? stated.status : meant_status(stated);
  return make_failure(status, std::move(stated), std::nullopt);
}

namespace {

// Every good answer is searched for it on its way, so those whose ids are of OpenAI's form are not: who gives such ids puts
// no errors inside answers. The search begins with the rarer letters, as it stops at every first one.
bool names_an_error(std::string_view body) {
  if (body.starts_with(R"({"id":"chatcmpl-)") || body.starts_with(R"({"id": "chatcmpl-)")) return false;
  return body.find("rror\"") != std::string_view::npos && body.find("\"error\"") != std::string_view::npos;
}

// OpenRouter tells of its upstream's failure inside an answer: beside its choices, or in one of them.
std::optional<Failure> failure_in_answer(std::string_view body, std::string_view choices) {
  std::optional<Failure> found;
  const auto look = [&](std::string_view object) {
    if (const auto error = json::find(object, "error"); error && is_reported(*error)) found = failure_in_event(object);
    return !found;
  };
  if (look(body)) json::each_element(choices, look);
  return found;
}

}  // namespace

std::optional<Failure> failure_in_success(const http::Fields& headers, std::string_view body) {
  const bool named = names_an_error(body);
  if (!named && begins_with_choices(body)) return std::nullopt;
  std::string_view choices;
  bool useful = false, error = false;
  const bool whole = json::each_member(body, [&](std::string_view key, std::string_view value) {
    if (key == "choices") choices = value;
    if (key == "choices" || key == "data" || key == "output") useful = value.starts_with('[') && value != "[]";
    else if (key == "error") error = is_reported(value);
    else if (key == "object" && value == "\"error\"") error = true;
    return !useful;
  });
  if (useful && named) return failure_in_answer(body, choices);
  if (useful || (whole && !error)) return std::nullopt;
  Stated stated = read_document(parse(body));
  if (stated.message.empty()) stated.message = "The provider answered with something that is no answer of its API.";
  const int status = stated.status != 0 ? stated.status : error ? meant_status(stated) : 502;
  return make_failure(status, std::move(stated), retry_after(status, headers));
}

}  // namespace sluice::dialects::openai
