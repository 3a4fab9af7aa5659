#include "dialects/anthropic/encode.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "dialects/anthropic/content.hpp"
#include "dialects/anthropic/conversation.hpp"
#include "dialects/anthropic/model_traits.hpp"
#include "dialects/anthropic/settings.hpp"
#include "dialects/anthropic/tools.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::anthropic {
namespace {

void append_number(std::string& out, double value) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), std::isfinite(value) ? value : 0.0);
  out.append(digits.data(), written.ptr);
}

void append_output_config(std::string& out, const Settings& settings) {
  if (settings.effort.empty() && settings.schema.empty()) return;
  out += ",\"output_config\":{";
  if (!settings.effort.empty()) {
    out += "\"effort\":";
    json::append_quoted(out, settings.effort);
  }
  if (!settings.schema.empty()) {
    if (!settings.effort.empty()) out += ',';
    out += R"("format":{"type":"json_schema","schema":)";
    out += settings.schema;
    out += '}';
  }
  out += '}';
}

void append_settings(std::string& out, const Settings& settings) {
  if (settings.temperature) {
    out += ",\"temperature\":";
    append_number(out, *settings.temperature);
  }
  if (settings.top_p) {
    out += ",\"top_p\":";
    append_number(out, *settings.top_p);
  }
  if (settings.top_k) {
    out += ",\"top_k\":";
    json::append_integer(out, *settings.top_k);
  }
  if (!settings.stop.empty()) {
    std::string list;
    for (const std::string_view stop : settings.stop) {
      begin_element(list);
      json::append_quoted(list, stop);
    }
    out += ",\"stop_sequences\":[" + list + "]";
  }
  if (!settings.thinking.empty()) out += ",\"thinking\":" + settings.thinking;
  append_output_config(out, settings);
}

// What a request and the count of its tokens have in common.
struct Draft { Conversation conversation; Settings settings; Tools tools; };

Result<Draft> draft(const llm::ChatRequest& asked, const Recipient& to, Dropped& dropped) {
  const ModelTraits traits = traits_of(to.model);
  CacheMarks marks(asked, dropped);
  auto tools = encode_tools(asked, traits, to.quirks, marks, dropped);
  if (!tools) return std::move(tools).error();
  auto conversation = encode_conversation(asked, marks, dropped);
  if (!conversation) return std::move(conversation).error();
  const bool has_tools = !tools->list.empty();
  auto settings = decide_settings(asked, to, traits, conversation->unthought_calls, has_tools, dropped);
  if (!settings) return std::move(settings).error();
  if (!settings->instructions.empty()) {
    begin_element(conversation->system);
    append_text(conversation->system, settings->instructions);
  }
  return Draft{*std::move(conversation), *std::move(settings), *std::move(tools)};
}

void append_head(std::string& body, const Draft& draft, std::string_view model) {
  body.reserve(draft.conversation.messages.size() + draft.conversation.system.size() + draft.tools.list.size() + 512);
  body += "{\"model\":";
  json::append_quoted(body, model);
  if (!draft.conversation.system.empty()) body.append(",\"system\":[").append(draft.conversation.system).append("]");
  if (!draft.tools.list.empty()) body.append(",\"tools\":[").append(draft.tools.list).append("]");
  if (!draft.settings.tool_choice.empty()) body.append(",\"tool_choice\":").append(draft.settings.tool_choice);
}

void append_passed(std::string& body, const Settings& settings) {
  for (const auto& [name, value] : settings.passed) {
    body += ',';
    json::append_quoted(body, name);
    body.append(":").append(value);
  }
}

}  // namespace

Result<Encoded> encode(const llm::ChatRequest& asked, const Recipient& to) {
  Dropped dropped;
  auto made = draft(asked, to, dropped);
  if (!made) return std::move(made).error();
  const Settings& settings = made->settings;
  Encoded out;
  std::string& body = out.body;
  append_head(body, *made, to.model);
  body += ",\"max_tokens\":";
  json::append_integer(body, settings.max_tokens);
  append_settings(body, settings);
  if (!settings.user.empty()) {
    body += R"(,"metadata":{"user_id":)";
    json::append_quoted(body, settings.user);
    body += '}';
  }
  if (!settings.service_tier.empty()) {
    body += ",\"service_tier\":";
    json::append_quoted(body, settings.service_tier);
  }
  append_passed(body, settings);
  if (asked.stream) body += ",\"stream\":true";
  body.append(",\"messages\":[").append(made->conversation.messages).append("]}");
  out.dropped = dropped.take();
  return out;
}

// Of the settings only those that are part of the input or add to it.
Result<Encoded> encode_count_tokens(const llm::ChatRequest& asked, const Recipient& to) {
  Dropped dropped;
  auto made = draft(asked, to, dropped);
  if (!made) return std::move(made).error();
  Encoded out;
  append_head(out.body, *made, to.model);
  if (!made->settings.thinking.empty()) out.body.append(",\"thinking\":").append(made->settings.thinking);
  append_output_config(out.body, made->settings);
  append_passed(out.body, made->settings);
  out.body.append(",\"messages\":[").append(made->conversation.messages).append("]}");
  out.dropped = dropped.take();
  return out;
}

}  // namespace sluice::dialects::anthropic
