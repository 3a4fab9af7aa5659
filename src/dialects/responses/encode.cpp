#include "dialects/responses/encode.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "dialects/openai/answer_format.hpp"
#include "dialects/responses/write_settings.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

using llm::Dialect;

// A value that asks for nothing is not missed.
bool asks_for_nothing(std::string_view name, std::string_view value) {
  if (value == "null" || value == "{}" || value == "[]") return true;
  if (name == "logprobs" || name == "store") return value == "false";
  return false;
}

// Members of other dialects' requests that this API has under the same name and meaning.
bool is_shared(std::string_view name) {
  static constexpr std::array<std::string_view, 3> shared = {"prompt_cache_key", "prompt_cache_retention", "prompt_cache_options"};
  return std::find(shared.begin(), shared.end(), name) != shared.end();
}

std::string_view effort_for_budget(std::int64_t tokens) {
  if (tokens == 0) return "none";
  if (tokens < 0) return "";   // as it sees fit: what it does unasked
  return tokens <= 2048 ? "low" : tokens <= 8192 ? "medium" : "high";
}

std::ptrdiff_t rank(std::string_view effort) {
  static constexpr std::array<std::string_view, 7> all = {"none", "minimal", "low", "medium", "high", "xhigh", "max"};
  return std::find(all.begin(), all.end(), effort) - all.begin();
}

// The effort nearest to the one that is asked for, of those that are known; none known: all are.
std::string nearest_effort(std::string_view asked, const std::vector<std::string>& known) {
  if (known.empty() || std::find(known.begin(), known.end(), asked) != known.end()) return std::string(asked);
  const auto distance = [&](std::string_view one) { return std::abs(rank(one) - rank(asked)); };
  return *std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
}

class Encoder {
 public:
  Encoder(const llm::ChatRequest& asked, const Recipient& to) : x_asked(asked), x_to(to), x_reasons(reasons(to.quirks)) {}

  Result<Encoded> run() {
    if (x_asked.n && *x_asked.n > 1) {
      return Error(Code::bad_request, "This model gives one answer to a request; n must be 1.").about("n");
    }
    auto input = encode_input(x_asked, x_to, x_dropped);
    if (!input) return std::move(input).error();
    x_body.reserve(input->items.size() + input->instructions.size() + 1024);
    x_body = "{\"model\":";
    json::append_quoted(x_body, x_to.model);
    if (!input->instructions.empty()) add("instructions", input->instructions, "instructions");
    begin_member(x_body, "input");
    x_body.append("[").append(input->items).append("]");
    auto given = tools();
    if (!given) return std::move(given).error();
    limits();
    reasoning();
    sampling();
    text();
    includes();
    about_the_caller();
    others();
    begin_member(x_body, "store");
    x_body += x_store ? "true" : "false";
    if (x_asked.stream) x_body += ",\"stream\":true";
    x_body += '}';
    return Encoded{std::move(x_body), x_dropped.take()};
  }

 private:
  std::string_view own(std::string_view chat, std::string_view responses) const { return said(x_asked.caller, chat, responses); }
  bool takes(std::string_view name) const {
    return std::find(x_to.quirks.refuses.begin(), x_to.quirks.refuses.end(), name) == x_to.quirks.refuses.end();
  }
  // A member as it stands, under the name the provider has for it; reported under the caller's if it is refused.
  bool add(std::string_view name, std::string_view raw, std::string_view callers_name) {
    if (!takes(name)) {
      x_dropped.add(callers_name);
      return false;
    }
    for (const auto& [usual, theirs] : x_to.quirks.renames) {
      if (usual == name) name = theirs;
    }
    begin_member(x_body, name);
    x_body += raw;
    return true;
  }
  bool add(std::string_view name, std::string_view raw) { return add(name, raw, name); }

  Result<> tools();
  void limits();
  void reasoning();
  void sampling();
  void text();
  std::string format() const;
  void includes();
  void about_the_caller();
  void others();
  void other(const std::string& name, const std::string& value);
  std::string reasoning_members(std::string_view prefix);

  const llm::ChatRequest& x_asked;
  const Recipient& x_to;
  const bool x_reasons;
  Dropped x_dropped;
  std::string x_body, x_effort;
  bool x_store = false;
};

Result<> Encoder::tools() {
  auto list = encode_tools(x_asked, x_to.quirks, x_dropped);
  if (!list) return std::move(list).error();
  if (list->empty() || !add("tools", "[" + *list + "]")) return {};
  if (x_asked.tool_choice) add("tool_choice", tool_choice(x_asked));
  if (x_asked.parallel_tool_calls) add("parallel_tool_calls", *x_asked.parallel_tool_calls ? "true" : "false");
  return {};
}

void Encoder::limits() {
  constexpr std::int64_t least = 16;   // the API refuses less
  if (!x_asked.max_tokens) return;
  std::int64_t most = *x_asked.max_tokens;
  const std::string_view name = own("max_tokens", "max_output_tokens");
  if (most < least) {
    most = least;
    x_dropped.add(name);
  }
  add("max_output_tokens", std::to_string(most), name);
}

// "reasoning.context" and the like, of callers of this API.
std::string Encoder::reasoning_members(std::string_view prefix) {
  std::string members;
  if (x_asked.caller != Dialect::responses) return members;
  for (const auto& [name, value] : x_asked.others) {
    const bool plain = name.starts_with(prefix) && name.find_first_of(".[", prefix.size()) == std::string::npos;
    if (plain) members.append(",").append(json::quoted(name.substr(prefix.size()))).append(":").append(value);
  }
  return members;
}

void Encoder::reasoning() {
  const std::string_view name = own("reasoning_effort", "reasoning.effort");
  const bool by_budget = x_asked.reasoning_effort.empty() && x_asked.thinking_budget.has_value();
  const std::string_view asked = by_budget ? effort_for_budget(*x_asked.thinking_budget) : std::string_view(x_asked.reasoning_effort);
  std::string members;
  if (!asked.empty()) {
    const std::string effort = nearest_effort(asked, x_to.quirks.efforts);
    if (!x_reasons || !takes("reasoning.effort")) {
      if (asked != "none" || !x_to.quirks.efforts.empty()) x_dropped.add(name);   // else it does not reason anyway
    } else {
      if (asked == "none" && effort != "none") x_dropped.add(name);
      x_effort = effort;
      members += ",\"effort\":" + json::quoted(effort);
    }
  }
  if (x_asked.show_thinking == true) {
    const std::string_view detail = x_asked.thinking_detail.empty() ? std::string_view("auto") : std::string_view(x_asked.thinking_detail);
    if (x_reasons && takes("reasoning.summary")) members += ",\"summary\":" + json::quoted(detail);
    else if (x_asked.caller == Dialect::responses) x_dropped.add("reasoning.summary");
  }
  members += reasoning_members("reasoning.");
  if (members.empty()) return;
  add("reasoning", "{" + members.substr(1) + "}", own("reasoning_effort", "reasoning"));
}

// Reasoning models take no samplers, some of them unless they are told not to reason. 1 is what they do.
void Encoder::sampling() {
  const auto sampler = [&](const std::optional<double>& value, std::string_view name) {
    if (!value) return;
    std::string number;
    append_number(number, *value);
    if (takes(name) && takes_sampling(x_to.quirks, x_effort)) add(name, number);
    else if (*value != 1) x_dropped.add(name);
  };
  sampler(x_asked.temperature, "temperature");
  sampler(x_asked.top_p, "top_p");
  if (x_asked.top_k) x_dropped.add("top_k");
  if (x_asked.seed) x_dropped.add("seed");
  if (!x_asked.stop.empty()) x_dropped.add("stop");
  if (x_asked.frequency_penalty && *x_asked.frequency_penalty != 0) x_dropped.add("frequency_penalty");
  if (x_asked.presence_penalty && *x_asked.presence_penalty != 0) x_dropped.add("presence_penalty");
}

std::string Encoder::format() const {
  llm::ChatRequest wanted;
  wanted.response_format = x_asked.response_format;
  llm::ResponseFormat& format = *wanted.response_format;
  format.name = openai::format_name(format.name);
  if (!format.strict && openai::is_strict(format, x_asked.caller)) format.strict = true;
  return text_format(wanted);
}

void Encoder::text() {
  std::string members;
  using Kind = llm::ResponseFormat::Kind;
  if (x_asked.response_format) {
    const bool schema = x_asked.response_format->kind == Kind::json_schema;
    if (schema && !x_to.quirks.json_schema) {
      x_dropped.add(own("response_format.json_schema", "text.format"));
      members += R"(,"format":{"type":"json_object"})";
    } else if (takes("text.format")) {
      members += ",\"format\":" + format();
    } else {
      x_dropped.add(own("response_format", "text.format"));
    }
  }
  if (!x_asked.verbosity.empty()) {
    if (takes("text.verbosity") && takes("verbosity")) members += ",\"verbosity\":" + json::quoted(x_asked.verbosity);
    else x_dropped.add(own("verbosity", "text.verbosity"));
  }
  members += reasoning_members("text.");
  if (!members.empty()) add("text", "{" + members.substr(1) + "}", own("response_format", "text"));
}

void Encoder::includes() {
  std::string list;
  if (x_reasons) list = "\"reasoning.encrypted_content\"";
  const bool chances = x_asked.logprobs == true && takes("logprobs") && takes_sampling(x_to.quirks, x_effort);
  if (chances) {
    list.append(list.empty() ? "" : ",").append("\"message.output_text.logprobs\"");
    if (x_asked.top_logprobs) add("top_logprobs", std::to_string(*x_asked.top_logprobs));
  } else if (x_asked.logprobs == true) {
    x_dropped.add("logprobs");
    if (x_asked.top_logprobs) x_dropped.add("top_logprobs");
  }
  for (const auto& [name, value] : x_asked.others) {
    if (name != "include" || x_asked.caller != Dialect::responses) continue;
    json::each_element(value, [&list](std::string_view one) { list.append(list.empty() ? "" : ",").append(one); });
  }
  if (!list.empty() && takes("include")) add("include", "[" + list + "]");
  else if (chances) x_dropped.add("logprobs");
}

void Encoder::about_the_caller() {
  static constexpr std::array<std::string_view, 5> tiers = {"auto", "default", "flex", "scale", "priority"};
  const std::string& tier = x_asked.service_tier;
  if (!tier.empty()) {
    if (std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) add("service_tier", json::quoted(tier));
    else x_dropped.add("service_tier");
  }
  if (!x_asked.user.empty()) add("user", json::quoted(x_asked.user));
  if (!x_asked.metadata.empty()) add("metadata", x_asked.metadata);
  const bool text_only = x_asked.modalities.empty() || (x_asked.modalities.size() == 1 && x_asked.modalities.front() == "text");
  if (!text_only) x_dropped.add("modalities");
  if (!x_asked.audio_output.empty()) x_dropped.add("audio");
}

void Encoder::other(const std::string& name, const std::string& value) {
  const bool callers = x_asked.caller == Dialect::responses;
  if (asks_for_nothing(name, value)) return;
  if (callers && name == "store") {
    x_store = value == "true";
  } else if (callers && name == "include") {
    return;
  } else if (callers && (name.starts_with("reasoning.") || name.starts_with("text.")) && name.find_first_of(".[", name.find('.') + 1) == std::string::npos) {
    return;
  } else if (name == "reasoning" || name == "text" || name == "stream_options") {
    x_dropped.add(name);   // a member of it without a name
  } else if ((callers && name.find_first_of(".[") == std::string::npos) || is_shared(name)) {
    add(name, value);
  } else {
    x_dropped.add(name);
  }
}

void Encoder::others() {
  for (const auto& [name, value] : x_asked.others) other(name, value);
}

}  // namespace

std::string_view said(Dialect caller, std::string_view in_chat_completions, std::string_view in_responses) {
  return caller == Dialect::responses ? in_responses : in_chat_completions;
}

Result<Encoded> encode(const llm::ChatRequest& asked, const Recipient& to) { return Encoder(asked, to).run(); }

}  // namespace sluice::dialects::responses
