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
  append_text_member(part, text ? "text" : "refusal", x_text);
  append_text_member(out, text ? "text" : "refusal", x_text);
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

// ---- what comes whole, and the end

void ResponsesStreamWriter::put(const event::PartSeen& e, std::string& out) {
  if (e.choice != 0) return;
  // There is no audio in this API: what was said, as text.
  if (const auto* const audio = std::get_if<llm::Audio>(&e.part)) return put(event::TextDelta{0, audio->transcript}, out);
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
    append_text_member(members, "result", image.base64);
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
  const bool cut = e.reason == llm::Finish::length || e.reason == llm::Finish::pause || e.reason == llm::Finish::content_filter ||
                   e.reason == llm::Finish::unknown;
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
  else if (x_finish == llm::Finish::unknown) reason = "other";   // broken off, for none of the API's two reasons
  x_final.clear();
  x_object.append(x_final, {reason.empty() ? "completed" : "incomplete", reason, x_items, &x_usage});
  begin(out, reason.empty() ? "response.completed" : "response.incomplete");
  out.append(",\"response\":").append(x_final);
  end(out);
}

}  // namespace sluice::dialects::responses
