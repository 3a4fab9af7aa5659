#include "dialects/ollama/answer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "dialects/ollama/lines.hpp"
#include "sluice/base/text.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::ollama {
namespace {

constexpr std::int64_t most_tokens = 100'000'000;

std::string text_of(std::string_view raw) { return json::unquoted(raw).value_or(""); }

Error nonsense(std::string_view what) {
  return Error(Code::upstream_failed, "The provider's answer cannot be read: " + std::string(what) + ".");
}

std::optional<std::int64_t> count_of(std::string_view raw) {
  const auto count = json::to_integer(raw);
  return count && *count >= 0 && *count <= most_tokens ? count : std::nullopt;
}

// FNV-1a: spreads the digits of a time over an id; nothing secret hangs on it.
std::string digest_of(std::string_view text, std::int64_t number) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * 1099511628211ULL; };
  for (const char c : text) mix(static_cast<std::uint8_t>(c));
  for (int shift = 0; shift < 64; shift += 8) mix(static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> shift & 0xFF));
  std::string out;
  for (int i = 0; i < 16; ++i, hash >>= 4) out += "0123456789abcdef"[hash & 15];
  return out;
}

// `digits` of them at `at`; -1: there are others.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return -1;
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "Z" or "+02:00" at the end, in seconds.
std::int64_t offset_of(std::string_view text) {
  if (text.size() < 6 || text.ends_with('Z')) return 0;
  const std::string_view zone = text.substr(text.size() - 6);
  const int hours = number_at(zone, 1, 2), minutes = number_at(zone, 4, 2);
  if (hours < 0 || minutes < 0 || (zone[0] != '+' && zone[0] != '-')) return 0;
  const std::int64_t seconds = hours * 3600 + minutes * 60;
  return zone[0] == '+' ? seconds : -seconds;
}

}  // namespace

std::optional<Object> read_object(std::string_view text) {
  Object object;
  const bool whole = json::each_member(text, [&](std::string_view key, std::string_view value) {
    if (key == "message") object.message = value;
    else if (key == "done") object.done = value;
    else if (key == "model") object.model = value;
    else if (key == "created_at") object.created_at = value;
    else if (key == "done_reason") object.done_reason = value;
    else if (key == "prompt_eval_count") object.prompt_eval_count = value;
    else if (key == "eval_count") object.eval_count = value;
    else if (key == "logprobs") object.logprobs = value;
    else if (key == "error") object.error = value;
    else if (key == "response") object.response = value;
  });
  if (!whole) return std::nullopt;
  return object;
}

Message read_message(std::string_view raw) {
  Message message;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "content") message.content = value;
    else if (key == "thinking") message.thinking = value;
    else if (key == "tool_calls") message.tool_calls = value;
  });
  return message;
}

llm::ToolCall read_call(std::string_view raw, std::string_view created_at, std::int64_t number) {
  llm::ToolCall call;
  std::string_view arguments;
  json::each_member(raw, [&](std::string_view key, std::string_view value) {
    if (key == "id") {
      call.id = text_of(value);
    } else if (key == "function") {
      json::each_member(value, [&](std::string_view name, std::string_view inner) {
        if (name == "name") call.name = text_of(inner);
        else if (name == "arguments") arguments = inner;
      });
    }
  });
  if (call.id.empty()) call.id = "call_" + digest_of(created_at, number);
  // An object; the text of one from servers that speak the API loosely.
  call.arguments = json::kind_of(arguments) == json::Kind::string ? text_of(arguments) : std::string(arguments);
  if (json::kind_of(call.arguments) != json::Kind::object || json::validate(call.arguments)) call.arguments = "{}";
  return call;
}

std::optional<llm::Usage> usage_of(const Object& object) {
  const auto input = count_of(object.prompt_eval_count), output = count_of(object.eval_count);
  if (!input && !output) return std::nullopt;
  llm::Usage usage;
  usage.input = input.value_or(0);
  usage.output = output.value_or(0);
  usage.estimated = !input;
  return usage;
}

llm::Finish finish_of(std::string_view raw, bool called) {
  if (raw == "\"length\"") return llm::Finish::length;
  if (called) return llm::Finish::tool_calls;   // it says "stop" with calls
  if (raw.size() <= 2 || raw == "null") return llm::Finish::stop;   // servers from before there was a done_reason
  // load, unload: the model was only brought into memory or out of it.
  if (raw == "\"stop\"" || raw == "\"load\"" || raw == "\"unload\"") return llm::Finish::stop;
  return llm::Finish::unknown;
}

std::int64_t seconds_of(std::string_view raw) {
  if (raw.size() < 21 || raw.front() != '"') return 0;
  const std::string_view text = raw.substr(1, raw.size() - 2);
  static constexpr std::array<std::size_t, 5> places{5, 8, 11, 14, 17};
  std::array<int, 6> parts{number_at(text, 0, 4)};
  for (std::size_t i = 0; i < places.size(); ++i) parts[i + 1] = number_at(text, places[i], 2);
  if (std::any_of(parts.begin(), parts.end(), [](int part) { return part < 0; })) return 0;
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::year(parts[0]), chrono::month(static_cast<unsigned>(parts[1])),
                                    chrono::day(static_cast<unsigned>(parts[2]))};
  if (!date.ok()) return 0;
  const std::int64_t days = chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5] - offset_of(text);
}

std::string logprobs_of(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::array || raw == "[]") return {};
  return "{\"content\":" + std::string(raw) + "}";
}

Result<llm::ChatResponse> decode(std::string_view body) {
  body = without_chunk_sizes(body);
  if (const auto fault = json::validate(body)) return nonsense(fault->reason);
  const auto object = read_object(body);
  if (!object || json::kind_of(object->message) != json::Kind::object) return nonsense("it has no message");
  llm::ChatResponse answer;
  answer.model = text_of(object->model);
  answer.created = seconds_of(object->created_at);
  answer.usage = usage_of(*object).value_or(llm::Usage{});
  const Message message = read_message(object->message);
  llm::Choice choice;
  if (std::string thinking = text_of(message.thinking); !thinking.empty()) choice.parts.emplace_back(llm::Thinking{std::move(thinking), {}});
  if (std::string text = text_of(message.content); !text.empty()) choice.parts.emplace_back(llm::Text{std::move(text)});
  std::int64_t calls = 0;
  json::each_element(message.tool_calls, [&](std::string_view call) { choice.parts.emplace_back(read_call(call, object->created_at, calls++)); });
  choice.finish = finish_of(object->done_reason, calls > 0);
  choice.logprobs = logprobs_of(object->logprobs);
  answer.choices.push_back(std::move(choice));
  return answer;
}

}  // namespace sluice::dialects::ollama
