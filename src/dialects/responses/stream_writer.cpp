#include "dialects/responses/stream_writer.hpp"

#include <algorithm>
#include <utility>

#include "dialects/responses/write_error.hpp"
#include "dialects/responses/write_settings.hpp"
#include "sluice/json/scan.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

namespace event = llm::event;

std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 200 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// Empty: it cannot be said as an annotation. `end`: how far the text has come.
std::string annotation_of(const llm::Citation& citation, std::int64_t end) {
  if (citation.origin == llm::Dialect::responses && !citation.raw.empty()) return citation.raw;
  std::string out;
  if (citation.url.empty()) {
    if (citation.title.empty()) return out;
    out += R"({"type":"file_citation","file_id":"","filename":)";
    json::append_quoted(out, citation.title);
    out += ",\"index\":";
    json::append_integer(out, citation.end >= 0 ? citation.end : end);
    out += '}';
    return out;
  }
  out += R"({"type":"url_citation","end_index":)";
  json::append_integer(out, citation.end >= 0 ? citation.end : end);
  out += ",\"start_index\":";
  json::append_integer(out, citation.start >= 0 ? citation.start : citation.end >= 0 ? citation.end : end);
  out += ",\"title\":";
  json::append_quoted(out, citation.title);
  out += ",\"url\":";
  json::append_quoted(out, citation.url);
  out += '}';
  return out;
}

// The elements of {"content":[…]} without the brackets.
std::string_view logprobs_in(std::string_view logprobs) {
  const std::string_view list = json::find(logprobs, "content").value_or("");
  return list.size() > 2 && list.front() == '[' && list.back() == ']' ? list.substr(1, list.size() - 2) : std::string_view();
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  json::append_quoted(out, text);
}

}  // namespace

ResponsesStreamWriter::ResponsesStreamWriter(const llm::ChatRequest& request, const AnswerContext& context)
    : x_object(request, context.id, context.created) {}

void ResponsesStreamWriter::write(const llm::StreamEvent& e, std::string& out) {
  std::visit([&](const auto& what) { put(what, out); }, e);
}

// ---- events

void ResponsesStreamWriter::begin(std::string& out, std::string_view type) {
  out.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type) += '"';
}
void ResponsesStreamWriter::end(std::string& out) {
  out += ",\"sequence_number\":";
  json::append_integer(out, x_sequence++);
  out += "}\n\n";
}
void ResponsesStreamWriter::place(std::string& out, bool content) {
  if (content) {
    out += ",\"content_index\":";
    json::append_integer(out, x_part_index);
  }
  out.append(",\"item_id\":\"").append(x_item_id).append("\",\"output_index\":");
  json::append_integer(out, x_index);
}

void ResponsesStreamWriter::introduce(std::string& out) {
  if (std::exchange(x_introduced, true)) return;
  for (const std::string_view type : {"response.created", "response.in_progress"}) {
    begin(out, type);
    out += ",\"response\":";
    x_object.append(out, {"in_progress", {}, {}, nullptr});
    end(out);
  }
}

// ---- items

void ResponsesStreamWriter::new_item(Item kind, std::string_view prefix, std::string_view id) {
  x_item = kind;
  ++x_index;
  x_text.clear();
  if (is_plain_id(id)) {
    x_item_id = id;
    return;
  }
  x_item_id = prefix;
  x_item_id.append(x_object.stem()) += '_';
  json::append_integer(x_item_id, x_count++);
}

void ResponsesStreamWriter::item_added(std::string& out, std::string_view members) {
  begin(out, "response.output_item.added");
  out.append(",\"item\":{\"id\":\"").append(x_item_id).append("\",").append(members).append("},\"output_index\":");
  json::append_integer(out, x_index);
  end(out);
}

void ResponsesStreamWriter::item_done(std::string& out, std::string_view item) {
  begin(out, "response.output_item.done");
  out.append(",\"item\":").append(item).append(",\"output_index\":");
  json::append_integer(out, x_index);
  end(out);
  begin_element(x_items);
  x_items += item;
  x_item = Item::none;
  x_status = "completed";
}

// The part of a delta event that stays the same from one to the next.
void ResponsesStreamWriter::make_delta_head(std::string_view type, std::string_view index_name) {
  x_delta_head.clear();
  begin(x_delta_head, type);
  if (index_name == "content_index") {
    place(x_delta_head, true);
  } else {
    place(x_delta_head, false);
    if (!index_name.empty()) x_delta_head.append(",\"").append(index_name).append("\":0");
  }
  x_delta_head += ",\"delta\":";
}

void ResponsesStreamWriter::close_item(std::string& out) {
  switch (x_item) {
    case Item::message: return close_message(out);
    case Item::reasoning: return close_reasoning(out, {});
    case Item::call: return close_call(out);
    case Item::none: return;
  }
}

// ---- messages

void ResponsesStreamWriter::open_message(std::string& out, Content content) {
  if (x_item != Item::message) {
    introduce(out);
    close_item(out);
    new_item(Item::message, "msg_");
    x_parts.clear();
    x_part_index = 0;
    x_content = Content::none;
    item_added(out, R"("type":"message","status":"in_progress","content":[],"role":"assistant")");
  }
  if (x_content == content) return;
  close_content(out);
  x_content = content;
  x_text.clear();
  x_annotations.clear();
  x_logprobs.clear();
  x_annotation_count = 0;
  begin(out, "response.content_part.added");
  place(out, true);
  const bool text = content == Content::text;
  out += text ? R"(,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""})" : R"(,"part":{"type":"refusal","refusal":""})";
  end(out);
  make_delta_head(text ? "response.output_text.delta" : "response.refusal.delta", "content_index");
}

void ResponsesStreamWriter::close_content(std::string& out) {
  if (x_content == Content::none) return;
  std::string part;
  const bool text = x_content == Content::text;
  begin(out, text ? "response.output_text.done" : "response.refusal.done");
  place(out, true);
  if (text) {
    part.append(R"({"type":"output_text","annotations":[)").append(x_annotations).append("],\"logprobs\":[").append(x_logprobs) += ']';
    out.append(",\"logprobs\":[").append(x_logprobs) += ']';
  } else {
    part += R"({"type":"refusal")";
  }
  append_member(part, text ? "text" : "refusal", x_text);
  append_member(out, text ? "text" : "refusal", x_text);
  part += '}';
  end(out);
  begin(out, "response.content_part.done");
  place(out, true);
  out.append(",\"part\":").append(part);
  end(out);
  begin_element(x_parts);
  x_parts += part;
  ++x_part_index;
  x_content = Content::none;
}

void ResponsesStreamWriter::close_message(std::string& out) {
  close_content(out);
  std::string item = "{\"id\":\"" + x_item_id + R"(","type":"message","status":")";
  item.append(x_status).append(R"(","content":[)").append(x_parts).append(R"(],"role":"assistant"})");
  item_done(out, item);
}

void ResponsesStreamWriter::put(const event::TextDelta& e, std::string& out) {
  if (e.choice != 0) return;
  const bool signed_before = !e.signature.empty() && !e.text.empty() && x_item != Item::message;
  if (signed_before) proof_item(out, ProofOf::next, e.maker, e.signature);
  const std::string_view logprobs = e.logprobs.empty() ? std::string_view() : logprobs_in(e.logprobs);
  if (!e.text.empty() || (!logprobs.empty() && x_item == Item::message)) {
    open_message(out, Content::text);
    out.append(x_delta_head);
    json::append_quoted(out, e.text);
    out.append(",\"logprobs\":[").append(logprobs) += ']';
    end(out);
    x_text += e.text;
    if (!logprobs.empty()) {
      begin_element(x_logprobs);
      x_logprobs += logprobs;
    }
  }
  // A signature that comes when the text has been told already stands behind it.
  if (!e.signature.empty()) {
    if (!signed_before) proof_item(out, ProofOf::previous, e.maker, e.signature);
    else close_item(out);
  }
}

void ResponsesStreamWriter::put(const event::RefusalDelta& e, std::string& out) {
  if (e.choice != 0) return;
  x_refused = true;
  open_message(out, Content::refusal);
  out.append(x_delta_head);
  json::append_quoted(out, e.text);
  end(out);
  x_text += e.text;
}

void ResponsesStreamWriter::put(const event::CitationSeen& e, std::string& out) {
  if (e.choice != 0 || x_item != Item::message || x_content != Content::text) return;
  const std::string annotation = annotation_of(e.citation, characters(x_text));
  if (annotation.empty()) return;
  begin(out, "response.output_text.annotation.added");
  out.append(",\"annotation\":").append(annotation).append(",\"annotation_index\":");
  json::append_integer(out, x_annotation_count++);
  place(out, true);
  end(out);
  begin_element(x_annotations);
  x_annotations += annotation;
}

// ---- reasoning

void ResponsesStreamWriter::open_reasoning(std::string& out, std::string_view id) {
  introduce(out);
  close_item(out);
  new_item(Item::reasoning, "rs_", id);
  item_added(out, R"("type":"reasoning","summary":[])");
}

void ResponsesStreamWriter::open_summary(std::string& out) {
  begin(out, "response.reasoning_summary_part.added");
  place(out, false);
  out += R"(,"part":{"type":"summary_text","text":""},"summary_index":0)";
  end(out);
  make_delta_head("response.reasoning_summary_text.delta", "summary_index");
}

void ResponsesStreamWriter::close_reasoning(std::string& out, std::string_view encrypted) {
  std::string summary;
  if (!x_text.empty()) {
    begin(out, "response.reasoning_summary_text.done");
    place(out, false);
    out += ",\"summary_index\":0";
    append_member(out, "text", x_text);
    end(out);
    summary = R"({"type":"summary_text")";
    append_member(summary, "text", x_text);
    summary += '}';
    begin(out, "response.reasoning_summary_part.done");
    place(out, false);
    out.append(",\"part\":").append(summary).append(",\"summary_index\":0");
    end(out);
  }
  std::string item = "{\"id\":\"" + x_item_id + R"(","type":"reasoning")";
  if (!encrypted.empty()) append_member(item, "encrypted_content", encrypted);
  item.append(",\"summary\":[").append(summary).append("]}");
  item_done(out, item);
}

void ResponsesStreamWriter::put(const event::ThinkingDelta& e, std::string& out) {
  if (e.choice != 0 || (e.text.empty() && e.signature.empty())) return;
  const bool own = e.maker == llm::Maker::openai;
  if (x_item != Item::reasoning) open_reasoning(out, own || e.maker == llm::Maker::unknown ? std::string_view(e.id) : std::string_view());
  if (!e.text.empty() && !e.redacted) {
    if (x_text.empty()) open_summary(out);
    out.append(x_delta_head);
    json::append_quoted(out, e.text);
    end(out);
    x_text += e.text;
  }
  if (!e.signature.empty()) {
    close_reasoning(out, write_reasoning_proof({e.redacted ? ProofOf::redacted : ProofOf::thought, e.maker, e.signature}));
  }
}

void ResponsesStreamWriter::proof_item(std::string& out, ProofOf of, llm::Maker maker, const std::string& signature) {
  open_reasoning(out, {});
  close_reasoning(out, write_reasoning_proof({of, maker, signature}));
}

// ---- calls

void ResponsesStreamWriter::put(const event::ToolCallStarted& e, std::string& out) {
  if (e.choice != 0) return;
  introduce(out);
  close_item(out);
  if (!e.signature.empty()) proof_item(out, ProofOf::next, e.maker, e.signature);
  x_custom = e.custom;
  new_item(Item::call, x_custom ? "ctc_" : "fc_");
  x_call_id = e.id.empty() ? "call_" + x_item_id : e.id;
  x_call_name = e.name;
  std::string members = x_custom ? R"("type":"custom_tool_call","status":"in_progress")"
                                 : R"("type":"function_call","status":"in_progress","arguments":"")";
  append_member(members, "call_id", x_call_id);
  if (x_custom) members += R"(,"input":"")";
  append_member(members, "name", x_call_name);
  item_added(out, members);
  make_delta_head(x_custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta", {});
}

void ResponsesStreamWriter::put(const event::ToolCallDelta& e, std::string& out) {
  if (e.choice != 0 || x_item != Item::call || e.arguments.empty()) return;
  out.append(x_delta_head);
  json::append_quoted(out, e.arguments);
  end(out);
  x_text += e.arguments;
}

void ResponsesStreamWriter::close_call(std::string& out) {
  const std::string_view member = x_custom ? "input" : "arguments";
  begin(out, x_custom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done");
  append_member(out, member, x_text);
  place(out, false);
  end(out);
  std::string item = "{\"id\":\"" + x_item_id + R"(","type":")";
  item.append(x_custom ? "custom_tool_call" : "function_call").append(R"(","status":")").append(x_status) += '"';
  append_member(item, member, x_text);
  append_member(item, "call_id", x_call_id);
  append_member(item, "name", x_call_name);
  item += '}';
  item_done(out, item);
}

// ---- what comes whole, and the end

void ResponsesStreamWriter::put(const event::PartSeen& e, std::string& out) {
  if (e.choice != 0) return;
  std::string members, item;
  if (const auto* const server = std::get_if<llm::ServerPart>(&e.part)) {
    if (server->origin != llm::Dialect::responses) return;
    item = server->raw;
  } else if (std::holds_alternative<llm::Image>(e.part)) {
    const auto& image = std::get<llm::Image>(e.part);
    if (image.base64.empty()) return;
    const std::size_t slash = image.media_type.find('/');
    members = R"("type":"image_generation_call","status":"completed","output_format":)";
    json::append_quoted(members, slash == std::string::npos ? std::string_view("png") : std::string_view(image.media_type).substr(slash + 1));
    append_member(members, "result", image.base64);
  } else {
    return;
  }
  introduce(out);
  close_item(out);
  new_item(Item::none, "ig_");
  if (item.empty()) {
    item = "{\"id\":\"" + x_item_id + "\"," + members + "}";
    item_added(out, R"("type":"image_generation_call","status":"in_progress","result":null)");
    begin(out, "response.image_generation_call.completed");
    place(out, false);
    end(out);
  } else {
    begin(out, "response.output_item.added");
    out.append(",\"item\":").append(item).append(",\"output_index\":");
    json::append_integer(out, x_index);
    end(out);
  }
  item_done(out, item);
}

void ResponsesStreamWriter::put(const event::Started& e, std::string& out) {
  if (x_introduced) return;
  if (!e.id.empty()) x_object.set_id(e.id);
  if (!e.model.empty()) x_object.set_model(e.model);
  introduce(out);
}
void ResponsesStreamWriter::put(const event::UsageSeen& e, std::string&) { x_usage = e.usage; }

void ResponsesStreamWriter::put(const event::Finished& e, std::string& out) {
  if (e.choice != 0) return;
  x_finish = e.reason;
  const bool cut = e.reason == llm::Finish::length || e.reason == llm::Finish::pause || e.reason == llm::Finish::content_filter;
  if (cut) x_status = "incomplete";
  close_item(out);
  x_status = "completed";
}

void ResponsesStreamWriter::put(const event::Failed& e, std::string& out) {
  out += write_error_event(e.error, x_sequence++);
}

// A model that declined says so in a refusal; where it was stopped in the middle instead (Claude), what there is is not
// the whole answer. Nor is it when the provider paused.
void ResponsesStreamWriter::put(const event::Ended&, std::string& out) {
  introduce(out);
  close_item(out);
  std::string_view reason;
  if (x_finish == llm::Finish::length || x_finish == llm::Finish::pause) reason = "max_output_tokens";
  else if (x_finish == llm::Finish::content_filter || (x_finish == llm::Finish::refusal && !x_refused)) reason = "content_filter";
  x_final.clear();
  x_object.append(x_final, {reason.empty() ? "completed" : "incomplete", reason, x_items, &x_usage});
  begin(out, reason.empty() ? "response.completed" : "response.incomplete");
  out.append(",\"response\":").append(x_final);
  end(out);
}

}  // namespace sluice::dialects::responses
