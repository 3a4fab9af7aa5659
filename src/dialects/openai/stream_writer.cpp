#include <algorithm>
#include <map>

#include "dialects/openai/answer_json.hpp"
#include "dialects/openai/reasoning.hpp"
#include "dialects/openai/write_chat.hpp"
#include "dialects/openai/write_error.hpp"
#include "sluice/json/write.hpp"

namespace sluice::dialects::openai {
namespace {

namespace event = llm::event;

// Hot: a delta is a few appends into the caller's string.
class Writer final : public StreamWriter {
 public:
  Writer(const llm::ChatRequest& request, std::string id, std::int64_t created)
      : x_id(std::move(id)), x_model(request.model), x_created(created), x_include_usage(request.include_usage),
        x_old_functions(request.old_functions) {
    x_tail = x_include_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n";
    build_head();
  }

  void write(const llm::StreamEvent& e, std::string& out) override {
    std::visit([&](const auto& what) { put(what, out); }, e);
  }

 private:
  // What is known of a choice that has begun.
  struct Choice {
    std::int64_t characters = 0, cited_from = 0;   // of its text; where the part begins that the next citation is of
    std::int64_t thoughts = 0;                     // the next index among reasoning_details
    std::string thought;                           // told, but not signed yet
  };

  void build_head() {
    x_head = "data: {\"id\":";
    json::append_quoted(x_head, x_id);
    x_head += ",\"object\":\"chat.completion.chunk\",\"created\":";
    json::append_integer(x_head, x_created);
    x_head += ",\"model\":";
    json::append_quoted(x_head, x_model);
    x_head += ",\"choices\":[";
  }

  void open(std::int64_t choice, std::string& out) {
    out.append(x_head) += "{\"index\":";
    json::append_integer(out, choice);
    out += ",\"delta\":{";
  }
  void close(std::string& out) { out.append("},\"logprobs\":null,\"finish_reason\":null").append(x_tail); }

  // The role comes once for each choice, before anything else of it.
  Choice& introduce(std::int64_t choice, std::string& out) {
    if (x_last != nullptr && x_last_index == choice) return *x_last;
    const auto [known, is_new] = x_choices.try_emplace(choice);
    x_last = &known->second;
    x_last_index = choice;
    if (!is_new) return *x_last;
    open(choice, out);
    out += "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null";
    close(out);
    return *x_last;
  }

  void text(std::int64_t choice, std::string_view member, std::string_view value, std::string& out) {
    introduce(choice, out);
    open(choice, out);
    out.append(member);
    json::append_quoted(out, value);
    close(out);
  }
  // A delta whose only member is given.
  void delta(std::int64_t choice, std::string_view member, std::string_view raw, std::string& out) {
    introduce(choice, out);
    open(choice, out);
    out.append(member).append(raw);
    close(out);
  }

  void put(const event::Started& started, std::string& out) {
    if (!started.id.empty()) x_id = started.id;
    if (!started.model.empty()) x_model = started.model;
    build_head();
    introduce(0, out);
  }
  void put(const event::TextDelta& e, std::string& out) {
    Choice& choice = introduce(e.choice, out);
    choice.characters += characters(e.text);
    open(e.choice, out);
    out += "\"content\":";
    json::append_quoted(out, e.text);
    append_google_proof(out, e.signature, e.maker);
    if (e.logprobs.empty()) return close(out);
    out.append("},\"logprobs\":").append(e.logprobs).append(",\"finish_reason\":null").append(x_tail);
  }
  void put(const event::RefusalDelta& e, std::string& out) { text(e.choice, "\"refusal\":", e.text, out); }
  // The proof comes with all that it proves, for callers that send back only this.
  void put(const event::ThinkingDelta& e, std::string& out) {
    Choice& choice = introduce(e.choice, out);
    if (!e.text.empty() && !e.redacted) {
      text(e.choice, "\"reasoning_content\":", e.text, out);
      choice.thought += e.text;
    }
    if (e.signature.empty()) return;
    llm::Thinking whole{{}, e.signature, e.redacted, e.maker, e.id};
    if (!e.redacted) whole.text = std::exchange(choice.thought, {});
    std::string details;
    append_details(details, whole, choice.thoughts);
    delta(e.choice, "\"reasoning_details\":", "[" + details + "]", out);
  }
  void put(const event::ToolCallStarted& e, std::string& out) {
    introduce(e.choice, out);
    x_custom = e.custom;
    if (x_old_functions && e.index > 0) return;   // there was only one
    open(e.choice, out);
    if (x_old_functions) {
      out += "\"function_call\":{\"name\":";
    } else {
      out += "\"tool_calls\":[{\"index\":";
      json::append_integer(out, e.index);
      out += ",\"id\":";
      json::append_quoted(out, e.id);
      out += e.custom ? R"(,"type":"custom","custom":{"name":)" : R"(,"type":"function","function":{"name":)";
    }
    json::append_quoted(out, e.name);
    out += e.custom && !x_old_functions ? ",\"input\":\"\"}" : ",\"arguments\":\"\"}";
    if (!x_old_functions) {
      append_google_proof(out, e.signature, e.maker);
      out += "}]";
    }
    close(out);
  }
  void put(const event::ToolCallDelta& e, std::string& out) {
    introduce(e.choice, out);
    if (x_old_functions && e.index > 0) return;
    open(e.choice, out);
    if (x_old_functions) {
      out += "\"function_call\":{\"arguments\":";
    } else {
      out += "\"tool_calls\":[{\"index\":";
      json::append_integer(out, e.index);
      out += x_custom ? ",\"custom\":{\"input\":" : ",\"function\":{\"arguments\":";
    }
    json::append_quoted(out, e.arguments);
    out += x_old_functions ? "}" : "}}]";
    close(out);
  }
  void put(const event::Finished& e, std::string& out) {
    introduce(e.choice, out);
    open(e.choice, out);
    const bool old_call = x_old_functions && e.reason == llm::Finish::tool_calls;
    out.append("},\"logprobs\":null,\"finish_reason\":\"").append(old_call ? std::string_view("function_call") : finish_name(e.reason)) += '"';
    if (!e.stop_sequence.empty()) {
      out += ",\"stop_reason\":";
      json::append_quoted(out, e.stop_sequence);
    }
    out += x_tail;
  }
  void put(const event::UsageSeen& e, std::string&) { x_usage = e.usage; }
  void put(const event::PartSeen& e, std::string& out) {
    std::string raw;
    if (const auto* image = std::get_if<llm::Image>(&e.part)) {
      append_image(raw, *image);
      delta(e.choice, "\"images\":", "[" + raw + "]", out);
    } else if (const auto* audio = std::get_if<llm::Audio>(&e.part)) {
      append_audio(raw, *audio, x_created + 3600);
      delta(e.choice, "\"audio\":", raw, out);
    }
  }
  void put(const event::CitationSeen& e, std::string& out) {
    const Choice& choice = introduce(e.choice, out);
    std::string raw;
    append_annotation(raw, e.citation, choice.cited_from, choice.characters);
    delta(e.choice, "\"annotations\":", "[" + raw + "]", out);
  }
  void put(const event::Failed& e, std::string& out) { out += write_error_event(e.error); }
  void put(const event::Ended&, std::string& out) {
    if (x_include_usage && x_usage) {
      out.append(x_head).append("],\"usage\":");
      append_usage(out, *x_usage);
      out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
  }

  std::string x_id, x_model;
  std::int64_t x_created;
  bool x_include_usage, x_old_functions;
  bool x_custom = false;           // the call being told
  std::string x_head;              // of every chunk, up to its choices
  std::string_view x_tail;         // of every chunk that has a choice, from its closing brace
  std::map<std::int64_t, Choice> x_choices;   // those that have had their role
  Choice* x_last = nullptr;        // of x_choices, the one written last
  std::int64_t x_last_index = 0;
  std::optional<llm::Usage> x_usage;
};

}  // namespace

std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest& request, std::string id,
                                                 std::int64_t created) {
  return std::make_unique<Writer>(request, std::move(id), created);
}

}  // namespace sluice::dialects::openai
