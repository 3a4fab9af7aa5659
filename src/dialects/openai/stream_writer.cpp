#include <algorithm>

#include "sluice/json/write.hpp"
#include "dialects/openai/write_chat.hpp"
#include "dialects/openai/write_error.hpp"

namespace sluice::dialects::openai {
namespace {

namespace event = llm::event;

// Hot: a delta is a few appends into the caller's string.
class Writer final : public StreamWriter {
 public:
  Writer(const llm::ChatRequest& request, std::string id, std::int64_t created)
      : x_id(std::move(id)), x_model(request.model), x_created(created), x_include_usage(request.include_usage) {
    x_tail = x_include_usage ? "}],\"usage\":null}\n\n" : "}]}\n\n";
    build_head();
  }

  void write(const llm::StreamEvent& e, std::string& out) override {
    std::visit([&](const auto& what) { put(what, out); }, e);
  }

 private:
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
  void introduce(std::int64_t choice, std::string& out) {
    const std::uint64_t bit = std::uint64_t{1} << std::clamp<std::int64_t>(choice, 0, 63);
    if ((x_introduced & bit) != 0) return;
    x_introduced |= bit;
    open(choice, out);
    out += "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null";
    close(out);
  }

  void text(std::int64_t choice, std::string_view member, std::string_view value, std::string& out) {
    introduce(choice, out);
    open(choice, out);
    out.append(member);
    json::append_quoted(out, value);
    close(out);
  }

  void put(const event::Started& started, std::string& out) {
    if (!started.id.empty()) x_id = started.id;
    if (!started.model.empty()) x_model = started.model;
    build_head();
    introduce(0, out);
  }
  void put(const event::TextDelta& e, std::string& out) { text(e.choice, "\"content\":", e.text, out); }
  void put(const event::RefusalDelta& e, std::string& out) { text(e.choice, "\"refusal\":", e.text, out); }
  void put(const event::ThinkingDelta& e, std::string& out) {
    if (!e.text.empty()) text(e.choice, "\"reasoning_content\":", e.text, out);
    if (e.signature.empty()) return;
    introduce(e.choice, out);
    open(e.choice, out);
    out += "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"index\":0,\"signature\":";
    json::append_quoted(out, e.signature);
    out += "}]";
    close(out);
  }
  void put(const event::ToolCallStarted& e, std::string& out) {
    introduce(e.choice, out);
    open(e.choice, out);
    out += "\"tool_calls\":[{\"index\":";
    json::append_integer(out, e.index);
    out += ",\"id\":";
    json::append_quoted(out, e.id);
    out += ",\"type\":\"function\",\"function\":{\"name\":";
    json::append_quoted(out, e.name);
    out += ",\"arguments\":\"\"}}]";
    close(out);
  }
  void put(const event::ToolCallDelta& e, std::string& out) {
    introduce(e.choice, out);
    open(e.choice, out);
    out += "\"tool_calls\":[{\"index\":";
    json::append_integer(out, e.index);
    out += ",\"function\":{\"arguments\":";
    json::append_quoted(out, e.arguments);
    out += "}}]";
    close(out);
  }
  void put(const event::Finished& e, std::string& out) {
    introduce(e.choice, out);
    open(e.choice, out);
    out.append("},\"logprobs\":null,\"finish_reason\":\"").append(finish_name(e.reason)).append("\"").append(x_tail);
  }
  void put(const event::UsageSeen& e, std::string&) { x_usage = e.usage; }
  void put(const event::PartSeen&, std::string&) {}
  void put(const event::CitationSeen&, std::string&) {}
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
  bool x_include_usage;
  std::string x_head;              // of every chunk, up to its choices
  std::string_view x_tail;         // of every chunk that has a choice, from its closing brace
  std::uint64_t x_introduced = 0;  // choices (bit = index) that have had their role
  std::optional<llm::Usage> x_usage;
};

}  // namespace

std::unique_ptr<StreamWriter> make_stream_writer(const llm::ChatRequest& request, std::string id,
                                                 std::int64_t created) {
  return std::make_unique<Writer>(request, std::move(id), created);
}

}  // namespace sluice::dialects::openai
