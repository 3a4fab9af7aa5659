#include "dialects/anthropic/stream_decoder.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialects/anthropic/answer.hpp"
#include "dialects/anthropic/errors.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::anthropic {
namespace {

constexpr std::size_t most_open_tools = 1024;

std::string_view member(std::string_view object, std::string_view key) { return json::find(object, key).value_or(""); }

}  // namespace

Result<> AnthropicStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  x_splitter.feed(bytes, *this);
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> AnthropicStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  auto rest = feed("\n\n", out);   // a last event that lacks its blank line
  if (!rest) return rest;
  if (!x_over) return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  return {};
}

void AnthropicStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's stream cannot be read: " + std::string(what) + ".");
}

void AnthropicStreamDecoder::event(std::string_view, std::string_view data) {
  if (x_error || x_over) return;
  const auto event = read_event(data);
  if (!event) return fail("an event is no JSON object with a type");
  if (event->type == "\"ping\"") return;
  if (event->type == "\"error\"") {
    Failure failure = failure_in_event(data);
    x_out->push_back(llm::event::Failed{std::move(failure.error), failure.status, failure.try_next, failure.key_at_fault});
    x_over = true;
    return;
  }
  if (event->type == "\"message_start\"") return message_start(event->message);
  if (!x_started) return fail("it does not begin with message_start");
  if (event->type == "\"content_block_delta\"") {
    block_delta(*event);
  } else if (event->type == "\"content_block_start\"") {
    block_start(*event);
  } else if (event->type == "\"content_block_stop\"") {
    block_stop(*event);
  } else if (event->type == "\"message_delta\"") {
    message_delta(*event);
  } else if (event->type == "\"message_stop\"") {
    x_out->push_back(llm::event::Ended{});
    x_over = true;
  }
}

void AnthropicStreamDecoder::message_start(std::string_view message) {
  if (x_started) return fail("a second message_start");
  if (json::kind_of(message) != json::Kind::object) return fail("a message_start without a message");
  x_started = true;
  x_out->push_back(llm::event::Started{json::unquoted(member(message, "id")).value_or(""),
                                       json::unquoted(member(message, "model")).value_or("")});
  see_usage(member(message, "usage"));
}

void AnthropicStreamDecoder::block_start(const Event& event) {
  const std::string_view block = event.content_block, type = member(block, "type");
  if (type == "\"text\"") return emit_text(member(block, "text"));
  if (type == "\"thinking\"") return emit_thinking(member(block, "thinking"), member(block, "signature"));
  if (type != "\"tool_use\"") return;
  const auto index = json::to_integer(event.index);
  if (!index) return fail("a tool call without an index");
  if (x_tools.size() == most_open_tools) return fail("too many tool calls at once");
  const OpenTool& tool = x_tools.emplace_back(OpenTool{*index, x_calls++, false});
  x_out->push_back(llm::event::ToolCallStarted{0, tool.call, json::unquoted(member(block, "id")).value_or(""),
                                               json::unquoted(member(block, "name")).value_or("")});
  // Anthropic's own is always {} here; servers that speak its API may give the whole input at once.
  const std::string_view input = member(block, "input");
  bool given = false;
  json::each_member(input, [&given](std::string_view, std::string_view) { return !(given = true); });
  if (!given) return;
  x_tools.back().has_arguments = true;
  x_out->push_back(llm::event::ToolCallDelta{0, tool.call, std::string(input)});
}

void AnthropicStreamDecoder::block_delta(const Event& event) {
  std::string_view type, text, thinking, signature, partial_json;
  json::each_member(event.delta, [&](std::string_view key, std::string_view raw) {
    if (key == "type") type = raw;
    else if (key == "text") text = raw;
    else if (key == "partial_json") partial_json = raw;
    else if (key == "thinking") thinking = raw;
    else if (key == "signature") signature = raw;
  });
  if (type == "\"text_delta\"") emit_text(text);
  else if (type == "\"input_json_delta\"") arguments(event.index, partial_json);
  else if (type == "\"thinking_delta\"") emit_thinking(thinking, {});
  else if (type == "\"signature_delta\"") emit_thinking({}, signature);
}

void AnthropicStreamDecoder::emit_text(std::string_view raw) {
  if (raw.size() <= 2) return;
  auto& delta = std::get<llm::event::TextDelta>(x_out->emplace_back(std::in_place_type<llm::event::TextDelta>));
  if (json::unquote(raw, delta.text)) return;
  x_out->pop_back();
  fail("a text is no string");
}

void AnthropicStreamDecoder::emit_thinking(std::string_view raw_text, std::string_view raw_signature) {
  if (raw_text.size() <= 2 && raw_signature.size() <= 2) return;
  llm::event::ThinkingDelta delta;
  const bool read = (raw_text.empty() || json::unquote(raw_text, delta.text)) &&
                    (raw_signature.empty() || json::unquote(raw_signature, delta.signature));
  if (!read) return fail("a thought is no string");
  x_out->push_back(std::move(delta));
}

void AnthropicStreamDecoder::arguments(std::string_view index, std::string_view raw) {
  if (raw.size() <= 2) return;   // an empty first piece is usual
  const auto block = json::to_integer(index);
  const auto tool = std::find_if(x_tools.begin(), x_tools.end(), [&](const OpenTool& t) { return t.block == block; });
  if (tool == x_tools.end()) return;   // of a server's tool
  llm::event::ToolCallDelta delta{0, tool->call, {}};
  if (!json::unquote(raw, delta.arguments)) return fail("a tool's arguments are no string");
  tool->has_arguments = true;
  x_out->push_back(std::move(delta));
}

// A call without arguments never gets a piece that is not empty.
void AnthropicStreamDecoder::end_tool(const OpenTool& tool) {
  if (!tool.has_arguments) x_out->push_back(llm::event::ToolCallDelta{0, tool.call, "{}"});
}

void AnthropicStreamDecoder::block_stop(const Event& event) {
  const auto block = json::to_integer(event.index);
  const auto tool = std::find_if(x_tools.begin(), x_tools.end(), [&](const OpenTool& t) { return t.block == block; });
  if (tool == x_tools.end()) return;
  end_tool(*tool);
  x_tools.erase(tool);
}

void AnthropicStreamDecoder::message_delta(const Event& event) {
  for (const OpenTool& tool : std::exchange(x_tools, {})) end_tool(tool);
  const auto reason = finish_of(member(event.delta, "stop_reason"));
  if (reason) x_out->push_back(llm::event::Finished{0, *reason});
  see_usage(event.usage);
}

void AnthropicStreamDecoder::see_usage(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::object) return;
  x_usage.see(raw);
  if (x_usage.seen()) x_out->push_back(llm::event::UsageSeen{x_usage.total()});
}

}  // namespace sluice::dialects::anthropic
