#include "dialects/bedrock/stream_decoder.hpp"

#include <string>
#include <utility>

#include "dialects/bedrock/answer.hpp"
#include "dialects/bedrock/errors.hpp"
#include "dialects/bedrock/signatures.hpp"
#include "dialects/bedrock/usage.hpp"
#include "sluice/dialects/proof.hpp"
#include "sluice/json/scan.hpp"

namespace sluice::dialects::bedrock {
namespace {

namespace event = llm::event;

std::string_view member(std::string_view object, std::string_view key) { return json::find(object, key).value_or(""); }

std::string_view known_format(std::string_view raw) {
  for (const std::string_view format : {"image/png", "image/jpeg", "image/gif", "image/webp"}) {
    if (raw.size() > 2 && raw.substr(1, raw.size() - 2) == format.substr(6)) return format;
  }
  return "image/png";
}

}  // namespace

Result<> BedrockStreamDecoder::feed(std::string_view bytes, std::vector<llm::StreamEvent>& out) {
  x_out = &out;
  if (!x_reader.feed(bytes, *this)) fail("it is no event stream of AWS");
  x_out = nullptr;
  if (x_error) return *x_error;
  return {};
}

Result<> BedrockStreamDecoder::finish(std::vector<llm::StreamEvent>& out) {
  if (x_over) return {};
  if (!x_stopped || x_reader.inside_frame()) return Error(Code::upstream_failed, "The provider's answer broke off before its end.");
  out.push_back(event::Ended{});   // whole, but its usage is not known
  x_over = true;
  return {};
}

void BedrockStreamDecoder::fail(std::string_view what) {
  if (x_error || x_over) return;
  x_error = Error(Code::upstream_failed, "The provider's stream cannot be read: " + std::string(what) + ".");
}

void BedrockStreamDecoder::frame(const Frame& frame) {
  if (x_error || x_over) return;
  if (auto failure = failure_in_frame(frame)) {
    x_out->push_back(event::Failed{std::move(failure->error), failure->status, failure->try_next, failure->key_at_fault});
    x_over = true;
    return;
  }
  const std::string_view type = frame.text(":event-type");
  if (type == "initial-response") return;
  if (json::kind_of(frame.payload) != json::Kind::object) return fail("an event is no JSON object");
  if (type == "contentBlockDelta") block_delta(frame.payload);
  else if (type == "contentBlockStart") block_start(frame.payload);
  else if (type == "contentBlockStop") block_stop();
  else if (type == "messageStart") start();
  else if (type == "messageStop") message_stop(frame.payload);
  else if (type == "metadata") metadata(frame.payload);
}

void BedrockStreamDecoder::start() {
  if (std::exchange(x_started, true)) return;
  x_out->push_back(event::Started{});
}

void BedrockStreamDecoder::block_start(std::string_view payload) {
  start();
  block_stop();   // blocks do not interleave
  const std::string_view start = member(payload, "start"), tool = member(start, "toolUse");
  if (const std::string_view image = member(start, "image"); !image.empty()) x_image_format = known_format(member(image, "format"));
  if (tool.empty() || member(tool, "type") == "\"server_tool_use\"") return;   // a system tool's call, or its result
  std::string name = json::unquoted(member(tool, "name")).value_or("");
  x_has_arguments = false;
  x_block = name == answer_tool ? Block::answer : Block::call;
  if (x_block == Block::answer) return;
  x_out->push_back(event::ToolCallStarted{0, x_calls++, json::unquoted(member(tool, "toolUseId")).value_or(""), std::move(name)});
}

void BedrockStreamDecoder::block_delta(std::string_view payload) {
  start();
  json::each_member(member(payload, "delta"), [this](std::string_view key, std::string_view raw) {
    if (key == "text") {
      emit_text(raw);
    } else if (key == "toolUse") {
      emit_arguments(member(raw, "input"));
    } else if (key == "reasoningContent") {
      emit_reasoning(raw);
    } else if (key == "citation") {
      x_out->push_back(event::CitationSeen{0, read_citation(raw)});
    } else if (key == "image") {
      auto data = json::unquoted(member(member(raw, "source"), "bytes"));
      if (data && !data->empty()) x_out->push_back(event::PartSeen{0, llm::Image{std::string(x_image_format), std::move(*data), {}, {}}});
    }
  });
}

void BedrockStreamDecoder::emit_text(std::string_view raw) {
  if (raw.size() <= 2) return;
  auto& delta = std::get<event::TextDelta>(x_out->emplace_back(std::in_place_type<event::TextDelta>));
  if (json::unquote(raw, delta.text)) return;
  x_out->pop_back();
  fail("a text is no string");
}

void BedrockStreamDecoder::emit_reasoning(std::string_view raw) {
  json::each_member(raw, [this](std::string_view key, std::string_view value) {
    if (value.size() <= 2) return;
    auto text = json::unquoted(value);
    if (!text) return fail("a thought is no string");
    if (key == "text") {
      x_out->push_back(event::ThinkingDelta{0, std::move(*text), {}});
    } else if (key == "signature") {
      Proof proof = read_proof(*text, llm::Maker::anthropic);
      x_out->push_back(event::ThinkingDelta{0, {}, std::move(proof.signature), proof.maker});
    } else if (key == "redactedContent") {
      llm::Thinking thinking = read_redacted(std::move(*text));
      x_out->push_back(event::ThinkingDelta{0, {}, std::move(thinking.signature), thinking.maker, true});
    }
  });
}

// An empty first piece is usual.
void BedrockStreamDecoder::emit_arguments(std::string_view raw) {
  if (x_block == Block::answer) return emit_text(raw);
  if (x_block != Block::call || raw.size() <= 2) return;
  event::ToolCallDelta delta{0, x_calls - 1, {}};
  if (!json::unquote(raw, delta.arguments)) return fail("a tool's arguments are no string");
  x_has_arguments = true;
  x_out->push_back(std::move(delta));
}

void BedrockStreamDecoder::block_stop() {
  if (x_block == Block::call && !x_has_arguments) x_out->push_back(event::ToolCallDelta{0, x_calls - 1, "{}"});
  x_block = Block::other;
}

void BedrockStreamDecoder::message_stop(std::string_view payload) {
  if (std::exchange(x_stopped, true)) return;
  start();
  block_stop();
  llm::Finish reason = finish_of(member(payload, "stopReason"));
  if (reason == llm::Finish::tool_calls && x_calls == 0) reason = llm::Finish::stop;   // the answer_tool
  event::Finished finished{0, reason};
  finished.stop_sequence = json::unquoted(member(member(payload, "additionalModelResponseFields"), "stop_sequence")).value_or("");
  x_out->push_back(std::move(finished));
  if (x_metered) {
    x_out->push_back(event::Ended{});
    x_over = true;
  }
}

// The last event, behind messageStop.
void BedrockStreamDecoder::metadata(std::string_view payload) {
  if (const auto usage = read_usage(member(payload, "usage"))) x_out->push_back(event::UsageSeen{*usage});
  x_metered = true;
  if (!x_stopped) return;
  x_out->push_back(event::Ended{});
  x_over = true;
}

}  // namespace sluice::dialects::bedrock
