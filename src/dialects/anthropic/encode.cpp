#include "dialects/anthropic/encode.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "dialects/anthropic/content.hpp"
#include "dialects/anthropic/conversation.hpp"
#include "dialects/anthropic/model_traits.hpp"
#include "dialects/anthropic/settings.hpp"
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

}  // namespace

Result<Encoded> encode(const llm::ChatRequest& asked, std::string_view model) {
  const ModelTraits traits = traits_of(model);
  Dropped dropped;
  auto conversation = encode_conversation(asked.messages, dropped);
  if (!conversation) return std::move(conversation).error();
  auto settings = decide_settings(asked, traits, conversation->unthought_calls, dropped);
  if (!settings) return std::move(settings).error();
  auto tools = encode_tools(asked.tools, traits, dropped);
  if (!tools) return std::move(tools).error();

  Encoded out;
  std::string& body = out.body;
  body.reserve(conversation->messages.size() + conversation->system.size() + tools->size() + 512);
  body += "{\"model\":";
  json::append_quoted(body, model);
  body += ",\"max_tokens\":";
  json::append_integer(body, settings->max_tokens);
  if (!conversation->system.empty()) body.append(",\"system\":[").append(conversation->system).append("]");
  if (!tools->empty()) body.append(",\"tools\":[").append(*tools).append("]");
  if (!settings->tool_choice.empty()) body.append(",\"tool_choice\":").append(settings->tool_choice);
  append_settings(body, *settings);
  if (!asked.user.empty()) {
    body += R"(,"metadata":{"user_id":)";
    json::append_quoted(body, asked.user);
    body += '}';
  }
  if (asked.stream) body += ",\"stream\":true";
  body.append(",\"messages\":[").append(conversation->messages).append("]}");
  out.dropped = dropped.take();
  return out;
}

}  // namespace sluice::dialects::anthropic
