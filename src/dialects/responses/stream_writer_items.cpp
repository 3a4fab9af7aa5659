#include <algorithm>

#include "dialects/responses/stream_writer.hpp"
#include "dialects/responses/write_settings.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::responses {
namespace {

namespace event = llm::event;

bool is_plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 200 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

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
    append_text_member(out, "text", x_text);
    end(out);
    summary = R"({"type":"summary_text")";
    append_text_member(summary, "text", x_text);
    summary += '}';
    begin(out, "response.reasoning_summary_part.done");
    place(out, false);
    out.append(",\"part\":").append(summary).append(",\"summary_index\":0");
    end(out);
  }
  std::string item = "{\"id\":\"" + x_item_id + R"(","type":"reasoning")";
  if (!encrypted.empty()) append_text_member(item, "encrypted_content", encrypted);
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
  append_text_member(members, "call_id", x_call_id);
  if (x_custom) members += R"(,"input":"")";
  append_text_member(members, "name", x_call_name);
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
  if (!x_custom && x_text.empty()) put(event::ToolCallDelta{0, 0, "{}"}, out);   // callers parse it
  const std::string_view member = x_custom ? "input" : "arguments";
  begin(out, x_custom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done");
  append_text_member(out, member, x_text);
  place(out, false);
  end(out);
  std::string item = "{\"id\":\"" + x_item_id + R"(","type":")";
  item.append(x_custom ? "custom_tool_call" : "function_call").append(R"(","status":")").append(x_status) += '"';
  append_text_member(item, member, x_text);
  append_text_member(item, "call_id", x_call_id);
  append_text_member(item, "name", x_call_name);
  item += '}';
  item_done(out, item);
}

}  // namespace sluice::dialects::responses
