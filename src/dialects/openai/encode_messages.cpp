#include "dialects/openai/encode_messages.hpp"

#include <algorithm>
#include <vector>

#include "dialects/caller_words.hpp"
#include "dialects/openai/call_ids.hpp"
#include "dialects/openai/encode_content.hpp"
#include "dialects/openai/reasoning.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

class Writer {
 public:
  Writer(const llm::ChatRequest& asked, const Recipient& to, Dropped& dropped)
      : x_asked(asked), x_quirks(to.quirks), x_maker(maker_of_model(to.model)), x_dropped(dropped), x_ids(to.quirks.call_id_length) {}

  Result<std::string> run(std::string_view instructions) {
    if (auto done = systems(instructions); !done) return std::move(done).error();
    for (const llm::Message& message : x_asked.messages) {
      if (auto done = write(message); !done) return std::move(done).error();
    }
    if (auto done = flush(); !done) return std::move(done).error();
    if (!x_quirks.last_may_be_assistant && !x_asked.messages.empty() && x_asked.messages.back().role == llm::Role::assistant) {
      return Error(Code::bad_request, "This model does not go on with an answer that was begun for it: the last message must be the user's.")
          .about(std::string(caller_word(x_asked.caller, "messages")));
    }
    return std::move(x_out);
  }

 private:
  ContentWriter content() { return ContentWriter(x_quirks, x_asked.caller, x_dropped); }
  bool refuses(std::string_view path) const {
    return std::find(x_quirks.refuses.begin(), x_quirks.refuses.end(), path) != x_quirks.refuses.end();
  }
  static bool is_system(const llm::Message& m) { return m.role == llm::Role::system || m.role == llm::Role::developer; }

  // A turn of the assistant, part by part. The text is one string unless a part of it must stand apart.
  struct Turn {
    ContentWriter list;
    std::string text{}, calls{}, refusal{}, audio{}, signature{}, members{};
    bool any_text = false, listed = false;
    void say(std::string_view words) {
      any_text = true;
      text += words;
      list.add_text(words);
    }
  };

  Result<> systems(std::string_view instructions);
  Result<> write(const llm::Message& message);
  Result<> system(const llm::Message& message);
  Result<> user(const llm::Message& message);
  Result<> result(const llm::ToolResult& result, const llm::CacheMark* mark);
  Result<> assistant(const llm::Message& message);
  Result<> flush();
  void begin(std::string_view role, const std::string& name);
  void thoughts(const llm::Message& message, Turn& turn);
  void said(const llm::Part& part, bool marked, Turn& turn);
  bool may_show(llm::Maker maker) const { return maker == llm::Maker::unknown || x_maker == llm::Maker::unknown || maker == x_maker; }
  void call(const llm::ToolCall& call, std::string& list);

  const llm::ChatRequest& x_asked;
  const Quirks& x_quirks;
  const llm::Maker x_maker;
  Dropped& x_dropped;
  CallIds x_ids;
  std::string x_out;
  struct Carried { std::string label; const llm::Part* part = nullptr; };
  std::vector<Carried> x_carried;   // for the next message of the user
};

void Writer::begin(std::string_view role, const std::string& name) {
  if (!x_out.empty()) x_out += ',';
  x_out.append("{\"role\":\"").append(role) += '"';
  if (name.empty()) return;
  if (refuses("messages.name")) return x_dropped.add("messages.name");
  x_out += ",\"name\":";
  json::append_quoted(x_out, name);
}

// One at the top where the service wants it so.
Result<> Writer::systems(std::string_view instructions) {
  ContentWriter all = content();
  if (!x_quirks.many_systems) {
    for (const llm::Message& message : x_asked.messages) {
      if (!is_system(message)) continue;
      for (const llm::Part& part : message.parts) {
        if (auto added = all.add(part); !added) return added;
      }
    }
  }
  if (!instructions.empty()) all.add_text(instructions);
  if (all.empty()) return {};
  begin("system", {});
  x_out += ",\"content\":";
  all.append_to(x_out);
  x_out += '}';
  return {};
}

Result<> Writer::write(const llm::Message& message) {
  if (is_system(message)) return x_quirks.many_systems ? system(message) : Result<>();
  return message.role == llm::Role::assistant ? assistant(message) : user(message);
}

Result<> Writer::system(const llm::Message& message) {
  if (auto flushed = flush(); !flushed) return flushed;
  ContentWriter list = content();
  for (const llm::Part& part : message.parts) {
    if (auto added = list.add(part); !added) return added;
  }
  begin(message.role == llm::Role::developer && x_quirks.developer_role ? "developer" : "system", message.name);
  x_out += ",\"content\":";
  list.append_to(x_out);
  x_out += '}';
  return {};
}

Result<> Writer::user(const llm::Message& message) {
  bool others = message.parts.empty();
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    const auto* one = std::get_if<llm::ToolResult>(&message.parts[i]);
    if (one == nullptr) {
      others = others || !std::holds_alternative<llm::CacheMark>(message.parts[i]);
      continue;
    }
    const auto* mark = i + 1 < message.parts.size() ? std::get_if<llm::CacheMark>(&message.parts[i + 1]) : nullptr;
    if (auto done = result(*one, mark); !done) return done;
  }
  if (!others) return {};
  ContentWriter list = content();
  for (const Carried& one : x_carried) {
    list.add_text(one.label);
    if (auto added = list.add(*one.part); !added) return added;
  }
  x_carried.clear();
  bool of_result = false;
  for (const llm::Part& part : message.parts) {
    const bool mark = std::holds_alternative<llm::CacheMark>(part);
    if (!(mark && of_result)) {
      if (auto added = list.add(part); !added) return added;
    }
    of_result = std::holds_alternative<llm::ToolResult>(part) || (mark && of_result);
  }
  begin("user", message.name);
  x_out += ",\"content\":";
  list.append_to(x_out);
  x_out += '}';
  return {};
}

Result<> Writer::result(const llm::ToolResult& result, const llm::CacheMark* mark) {
  const std::string id = x_ids.result(result.call_id);
  if (result.is_error) x_dropped.add("messages.is_error");
  ContentWriter list = content();
  const std::size_t carried = x_carried.size();
  for (const llm::Part& part : result.content) {
    const bool media = std::holds_alternative<llm::Image>(part) || std::holds_alternative<llm::Audio>(part) || std::holds_alternative<llm::File>(part);
    const auto* file = std::get_if<llm::File>(&part);
    const bool here = !media || (file != nullptr && !file->text.empty()) || (x_quirks.images_in_tool_results && std::holds_alternative<llm::Image>(part));
    if (!here) {
      x_carried.push_back({"Part of the result of tool call " + id + ":", &part});
    } else if (auto added = list.add(part); !added) {
      return added;
    }
  }
  if (list.empty() && x_carried.size() > carried) list.add_text("The result is in the next message of the user.");
  if (mark != nullptr) list.mark(*mark);
  begin("tool", {});
  x_out += ",\"tool_call_id\":";
  json::append_quoted(x_out, id);
  x_out += ",\"content\":";
  list.append_to(x_out);
  x_out += '}';
  return {};
}

Result<> Writer::flush() {
  if (x_carried.empty()) return {};
  return user(llm::Message{llm::Role::user, {}, {}});
}

// The thoughts of earlier turns, under the name the service wants them by.
void Writer::thoughts(const llm::Message& message, Turn& turn) {
  const std::string& form = x_quirks.reasoning_history;
  std::string text, details;
  std::int64_t index = 0;
  for (const llm::Part& part : message.parts) {
    if (const auto* call = std::get_if<llm::ToolCall>(&part); call != nullptr && form == "reasoning_details") {
      if (!call->signature.empty() && may_show(call->maker)) append_call_detail(details, *call, call->id, index);
    }
    const auto* one = std::get_if<llm::Thinking>(&part);
    if (one == nullptr) continue;
    if (form == "reasoning_details" && (one->signature.empty() || may_show(one->maker))) {
      append_details(details, *one, index);
    } else if (form == "content" && !one->redacted) {
      turn.list.add_raw(R"({"type":"thinking","thinking":[{"type":"text","text":)" + json::quoted(one->text) + "}]}");
      turn.listed = true;
    } else if ((form == "reasoning_content" || form == "reasoning") && !one->redacted) {
      text += one->text;
    } else if (!one->text.empty() || one->redacted) {
      x_dropped.add(caller_word(x_asked.caller, "messages.reasoning_content"));
    }
  }
  if (!details.empty()) turn.members.append(",\"reasoning_details\":[").append(details) += ']';
  if (!text.empty()) turn.members.append(",\"").append(form).append("\":").append(json::quoted(text));
}

void Writer::call(const llm::ToolCall& call, std::string& list) {
  const bool custom = call.custom && !refuses("tools.custom");
  if (!list.empty()) list += ',';
  list += "{\"id\":";
  json::append_quoted(list, x_ids.call(call.id));
  list += custom ? R"(,"type":"custom","custom":{"name":)" : R"(,"type":"function","function":{"name":)";
  json::append_quoted(list, call.name);
  list += custom ? ",\"input\":" : ",\"arguments\":";
  if (call.custom && !custom) json::append_quoted(list, "{\"input\":" + json::quoted(call.arguments) + "}");
  else json::append_quoted(list, call.arguments.empty() && !custom ? std::string_view("{}") : call.arguments);
  list += '}';
  const bool signs = x_quirks.reasoning_history == "extra_content" && call.maker == llm::Maker::google && !call.signature.empty();
  if (signs) list += R"(,"extra_content":{"google":{"thought_signature":)" + json::quoted(call.signature) + "}}";
  list += '}';
}

void Writer::said(const llm::Part& part, bool marked, Turn& turn) {
  if (const auto* text = std::get_if<llm::Text>(&part)) {
    turn.say(text->text);
    turn.listed = turn.listed || (marked && x_quirks.cache_marks && x_quirks.content_lists);
    if (text->maker == llm::Maker::google) turn.signature = text->signature;
  } else if (const auto* refusal = std::get_if<llm::Refusal>(&part)) {
    if (refuses("messages.refusal")) turn.say(refusal->text);
    else turn.refusal += refusal->text;
  } else if (const auto* one = std::get_if<llm::ToolCall>(&part)) {
    call(*one, turn.calls);
  } else if (const auto* mark = std::get_if<llm::CacheMark>(&part)) {
    turn.list.mark(*mark);
  } else if (const auto* audio = std::get_if<llm::Audio>(&part)) {
    if (!audio->id.empty() && x_quirks.audio) turn.audio = audio->id;
    else if (!audio->transcript.empty()) turn.say(audio->transcript);
  } else if (std::holds_alternative<llm::Image>(part) || std::holds_alternative<llm::File>(part)) {
    x_carried.push_back({"From the answer before:", &part});
  } else if (std::holds_alternative<llm::ServerPart>(part)) {
    x_dropped.add(caller_word(x_asked.caller, "messages"));
  }
}

Result<> Writer::assistant(const llm::Message& message) {
  if (auto flushed = flush(); !flushed) return flushed;
  Turn turn{content()};
  thoughts(message, turn);
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    said(message.parts[i], i + 1 < message.parts.size() && std::holds_alternative<llm::CacheMark>(message.parts[i + 1]), turn);
  }
  begin("assistant", message.name);
  x_out += ",\"content\":";
  const bool silent = turn.calls.empty() && turn.refusal.empty() && turn.audio.empty();
  if (turn.listed) turn.list.append_to(x_out);
  else if (turn.any_text || silent || x_quirks.assistant_must_have_content) json::append_quoted(x_out, turn.text);
  else x_out += "null";
  x_out += turn.members;
  if (!turn.refusal.empty()) x_out += ",\"refusal\":" + json::quoted(turn.refusal);
  if (!turn.audio.empty()) x_out += R"(,"audio":{"id":)" + json::quoted(turn.audio) + "}";
  if (!turn.signature.empty() && x_quirks.reasoning_history == "extra_content") {
    x_out += R"(,"extra_content":{"google":{"thought_signature":)" + json::quoted(turn.signature) + "}}";
  }
  if (!turn.calls.empty()) x_out.append(",\"tool_calls\":[").append(turn.calls) += ']';
  x_out += '}';
  return {};
}

}  // namespace

Result<std::string> encode_messages(const llm::ChatRequest& asked, const Recipient& to, std::string_view instructions,
                                    Dropped& dropped) {
  return Writer(asked, to, dropped).run(instructions);
}

}  // namespace sluice::dialects::openai
