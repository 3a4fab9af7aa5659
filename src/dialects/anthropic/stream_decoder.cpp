#include "dialects/anthropic/stream_decoder.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialects/anthropic/answer.hpp"
#include "dialects/anthropic/citation.hpp"
#include "dialects/anthropic/errors.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/splice.hpp"
#include "sluice/json/validate.hpp"

namespace sluice::dialects::anthropic {
namespace {

constexpr std::size_t most_open_tools = 1024;
constexpr std::size_t most_kept = 32 << 20;   // bytes of blocks that are told when they are whole

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
  if (type == "\"text\"") {
    tell_citations();
    x_text_begins = true;
    json::each_element(member(block, "citations"), [this](std::string_view raw) { citation(raw); });
    return emit_text(member(block, "text"));
  }
  if (type == "\"thinking\"") return emit_thinking(member(block, "thinking"), member(block, "signature"));
  if (type == "\"redacted_thinking\"") {
    llm::event::ThinkingDelta whole{0, {}, json::unquoted(member(block, "data")).value_or(""), llm::Maker::anthropic, true};
    x_out->push_back(std::move(whole));
    return;
  }
  if (type != "\"tool_use\"") return begin_server_block(event);
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
  std::string_view type, text, thinking, signature, partial_json, cited;
  json::each_member(event.delta, [&](std::string_view key, std::string_view raw) {
    if (key == "type") type = raw;
    else if (key == "text") text = raw;
    else if (key == "partial_json") partial_json = raw;
    else if (key == "thinking") thinking = raw;
    else if (key == "signature") signature = raw;
    else if (key == "citation") cited = raw;
  });
  if (type == "\"text_delta\"") emit_text(text);
  else if (type == "\"input_json_delta\"") arguments(event.index, partial_json);
  else if (type == "\"thinking_delta\"") emit_thinking(thinking, {});
  else if (type == "\"signature_delta\"") emit_thinking({}, signature);
  else if (type == "\"citations_delta\"") citation(cited);
}

void AnthropicStreamDecoder::emit_text(std::string_view raw) {
  if (raw.size() <= 2) return;
  auto& delta = std::get<llm::event::TextDelta>(x_out->emplace_back(std::in_place_type<llm::event::TextDelta>));
  if (json::unquote(raw, delta.text)) {
    delta.begins = std::exchange(x_text_begins, false);
    return;
  }
  x_out->pop_back();
  fail("a text is no string");
}

void AnthropicStreamDecoder::emit_thinking(std::string_view raw_text, std::string_view raw_signature) {
  if (raw_text.size() <= 2 && raw_signature.size() <= 2) return;
  llm::event::ThinkingDelta delta;
  delta.maker = llm::Maker::anthropic;
  const bool read = (raw_text.empty() || json::unquote(raw_text, delta.text)) &&
                    (raw_signature.empty() || json::unquote(raw_signature, delta.signature));
  if (!read) return fail("a thought is no string");
  x_out->push_back(std::move(delta));
}

void AnthropicStreamDecoder::arguments(std::string_view index, std::string_view raw) {
  if (raw.size() <= 2) return;   // an empty first piece is usual
  const auto block = json::to_integer(index);
  const auto tool = std::find_if(x_tools.begin(), x_tools.end(), [&](const OpenTool& t) { return t.block == block; });
  if (tool == x_tools.end()) {
    const auto server = std::find_if(x_server_blocks.begin(), x_server_blocks.end(),
                                     [&](const OpenServerBlock& b) { return b.index == block; });
    if (server == x_server_blocks.end()) return;
    x_kept += raw.size();
    if (x_kept > most_kept || !json::unquote(raw, server->input)) fail("a server tool's input cannot be read");
    return;
  }
  llm::event::ToolCallDelta delta{0, tool->call, {}};
  if (!json::unquote(raw, delta.arguments)) return fail("a tool's arguments are no string");
  tool->has_arguments = true;
  x_out->push_back(std::move(delta));
}

// A call without arguments never gets a piece that is not empty.
void AnthropicStreamDecoder::end_tool(const OpenTool& tool) {
  if (!tool.has_arguments) x_out->push_back(llm::event::ToolCallDelta{0, tool.call, "{}"});
}

void AnthropicStreamDecoder::begin_server_block(const Event& event) {
  const auto index = json::to_integer(event.index);
  if (!index || json::kind_of(event.content_block) != json::Kind::object) return;
  if (x_server_blocks.size() == most_open_tools) return fail("too many blocks at once");
  x_kept += event.content_block.size();
  if (x_kept > most_kept) return fail("its blocks are too long");
  x_server_blocks.push_back({*index, std::string(event.content_block), {}});
}

// The call of a server's tool begins with an empty input, which comes in pieces.
void AnthropicStreamDecoder::end_server_block(OpenServerBlock& block) {
  if (json::kind_of(block.input) == json::Kind::object && !json::validate(block.input)) {
    if (auto whole = json::set_member(block.raw, "input", block.input)) block.raw = *std::move(whole);
  }
  if (json::validate(block.raw)) return fail("a block is no JSON");
  x_out->push_back(llm::event::PartSeen{0, llm::ServerPart{std::move(block.raw), llm::Dialect::anthropic}});
}

void AnthropicStreamDecoder::citation(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::object) return;
  x_kept += raw.size();
  if (x_kept > most_kept) return fail("its citations are too long");
  if (json::validate(raw)) return fail("a citation is no JSON");
  x_citations.push_back(read_citation(raw));
}

void AnthropicStreamDecoder::tell_citations() {
  for (llm::Citation& citation : x_citations) x_out->push_back(llm::event::CitationSeen{0, std::move(citation)});
  x_citations.clear();
  if (x_server_blocks.empty()) x_kept = 0;
}

void AnthropicStreamDecoder::block_stop(const Event& event) {
  tell_citations();
  const auto block = json::to_integer(event.index);
  const auto tool = std::find_if(x_tools.begin(), x_tools.end(), [&](const OpenTool& t) { return t.block == block; });
  if (tool != x_tools.end()) {
    end_tool(*tool);
    x_tools.erase(tool);
    return;
  }
  const auto server = std::find_if(x_server_blocks.begin(), x_server_blocks.end(),
                                   [&](const OpenServerBlock& b) { return b.index == block; });
  if (server == x_server_blocks.end()) return;
  end_server_block(*server);
  x_server_blocks.erase(server);
}

// Servers that speak Anthropic's API may leave out content_block_stop.
void AnthropicStreamDecoder::end_open() {
  tell_citations();
  for (const OpenTool& tool : std::exchange(x_tools, {})) end_tool(tool);
  for (OpenServerBlock& block : std::exchange(x_server_blocks, {})) end_server_block(block);
}

void AnthropicStreamDecoder::message_delta(const Event& event) {
  end_open();
  const auto reason = finish_of(member(event.delta, "stop_reason"));
  if (reason) {
    const std::string_view sequence = member(event.delta, "stop_sequence");
    x_out->push_back(llm::event::Finished{0, *reason, json::unquoted(sequence).value_or("")});
  }
  see_usage(event.usage);
}

void AnthropicStreamDecoder::see_usage(std::string_view raw) {
  if (json::kind_of(raw) != json::Kind::object) return;
  x_usage.see(raw);
  if (x_usage.seen()) x_out->push_back(llm::event::UsageSeen{x_usage.total()});
}

}  // namespace sluice::dialects::anthropic
