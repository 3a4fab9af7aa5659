// The order of events in a stream of the Responses API, as an independent machine that knows nothing of how they are
// written. It reads a stream and says what is wrong with it.
#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace sluice::dialects::responses_tests {

class EventOrder {
 public:
  using Json = nlohmann::json;

  // Empty: nothing is wrong.
  static std::vector<std::string> broken_by(const std::string& stream) {
    EventOrder order;
    order.read(stream);
    return order.x_faults;
  }

 private:
  struct Part { Json part; std::string text; std::size_t annotations = 0; bool text_done = false, done = false; };
  struct Item { Json added; std::map<int, Part> parts, summaries; std::string arguments; bool arguments_done = false, done = false; };

  void fault(const std::string& what) { x_faults.push_back("event " + std::to_string(x_count) + ": " + what); }
  void want(bool holds, const std::string& what) { if (!holds) fault(what); }

  void read(const std::string& stream) {
    std::istringstream lines(stream);
    std::string name, line;
    while (std::getline(lines, line)) {
      if (line.starts_with("event: ")) name = line.substr(7);
      if (!line.starts_with("data: ")) continue;
      const Json data = Json::parse(line.substr(6), nullptr, false);
      want(data.is_object(), "not an object");
      if (!data.is_object()) return;
      want(data.at("type") == name, "the event line says " + name);
      if (name != "error") want(data.value("sequence_number", -1) == x_count, "sequence_number is not " + std::to_string(x_count));
      event(name, data);
      ++x_count;
    }
    want(x_over, "it does not end");
  }

  void event(const std::string& type, const Json& data) {
    if (x_over) return fault("something follows the end");
    if (x_count == 0) want(type == "response.created", "begins with " + type);
    if (x_count == 1) want(type == "response.in_progress", "second is " + type);
    if (type == "response.created" || type == "response.in_progress") return state(data, "in_progress");
    if (type == "response.completed" || type == "response.incomplete") return end(type, data);
    if (type == "response.output_item.added") return added(data);
    const int index = data.value("output_index", -1);
    const auto found = x_items.find(index);
    if (found == x_items.end() || found->second.done) return fault(type + " of no open item");
    Item& item = found->second;
    if (type == "response.output_item.done") return done(item, data);
    if (type.starts_with("response.image_generation_call.")) return;
    want(data.at("item_id") == item.added.at("id"), "another item_id");
    const std::string kind = item.added.at("type");
    if (type.starts_with("response.content_part.") || type.starts_with("response.output_text.") || type.starts_with("response.refusal.")) {
      want(kind == "message", type + " in a " + kind);
      content(type, item, data);
    } else if (type.starts_with("response.reasoning_summary_")) {
      want(kind == "reasoning", type + " in a " + kind);
      summary(type, item, data);
    } else if (type.starts_with("response.function_call_arguments.")) {
      want(kind == "function_call", type + " in a " + kind);
      call(type, item, data, "arguments");
    } else if (type.starts_with("response.custom_tool_call_input.")) {
      want(kind == "custom_tool_call", type + " in a " + kind);
      call(type, item, data, "input");
    } else {
      fault("unknown type " + type);
    }
  }

  void state(const Json& data, const std::string& status) {
    const Json& response = data.at("response");
    want(response.at("status") == status, "status is not " + status);
    want(response.at("id").get<std::string>().starts_with("resp_"), "id");
    want(response.at("object") == "response", "object");
    want(response.at("created_at").is_number_integer(), "created_at");
    if (x_id.empty()) x_id = response.at("id");
    want(response.at("id") == x_id, "another id");
    for (const char* name : {"model", "output", "tools", "tool_choice", "parallel_tool_calls", "usage", "error", "incomplete_details",
                             "instructions", "metadata", "reasoning", "text", "temperature", "top_p", "truncation", "store", "user"}) {
      want(response.contains(name), std::string(name) + " is missing");
    }
  }

  void added(const Json& data) {
    for (const auto& [index, item] : x_items) want(item.done, "item " + std::to_string(index) + " is still open");
    want(data.at("output_index") == static_cast<int>(x_items.size()), "output_index does not go on");
    const std::string id = data.at("item").at("id");
    want(x_ids.insert(id).second, "the id " + id + " was there");
    x_items[data.at("output_index")].added = data.at("item");
  }

  void content(const std::string& type, Item& item, const Json& data) {
    const int index = data.at("content_index");
    if (type == "response.content_part.added") {
      for (const auto& [i, part] : item.parts) want(part.done, "a part is still open");
      want(index == static_cast<int>(item.parts.size()), "content_index does not go on");
      item.parts[index].part = data.at("part");
      return;
    }
    const auto found = item.parts.find(index);
    if (found == item.parts.end() || found->second.done) return fault(type + " of no open part");
    Part& part = found->second;
    const bool refusal = part.part.at("type") == "refusal";
    const std::string member = refusal ? "refusal" : "text";
    if (type.ends_with(".delta")) {
      want(type == (refusal ? "response.refusal.delta" : "response.output_text.delta"), "delta of another kind");
      want(!part.text_done, "a delta after done");
      part.text += data.at("delta").get<std::string>();
    } else if (type == "response.output_text.annotation.added") {
      want(data.at("annotation_index") == static_cast<int>(part.annotations++), "annotation_index does not go on");
    } else if (type == "response.content_part.done") {
      want(part.text_done, "the part ends before its text");
      want(data.at("part").at(member) == part.text, "the part's text is another");
      if (!refusal) want(data.at("part").at("annotations").size() == part.annotations, "the part's annotations are others");
      part.part = data.at("part");
      part.done = true;
    } else {
      want(data.at(member) == part.text, "the text is not the sum of its deltas");
      part.text_done = true;
    }
  }

  void summary(const std::string& type, Item& item, const Json& data) {
    const int index = data.at("summary_index");
    if (type == "response.reasoning_summary_part.added") {
      want(index == static_cast<int>(item.summaries.size()), "summary_index does not go on");
      item.summaries[index].part = data.at("part");
      return;
    }
    const auto found = item.summaries.find(index);
    if (found == item.summaries.end() || found->second.done) return fault(type + " of no open summary");
    Part& part = found->second;
    if (type == "response.reasoning_summary_text.delta") {
      part.text += data.at("delta").get<std::string>();
    } else if (type == "response.reasoning_summary_text.done") {
      want(data.at("text") == part.text, "the summary is not the sum of its deltas");
      part.text_done = true;
    } else {
      want(part.text_done && data.at("part").at("text") == part.text, "the summary's part is another");
      part.part = data.at("part");
      part.done = true;
    }
  }

  void call(const std::string& type, Item& item, const Json& data, const char* member) {
    if (type.ends_with(".delta")) {
      want(!item.arguments_done, "a delta after done");
      item.arguments += data.at("delta").get<std::string>();
      return;
    }
    want(data.at(member) == item.arguments, "the arguments are not the sum of their deltas");
    item.arguments_done = true;
  }

  void done(Item& item, const Json& data) {
    const Json& whole = data.at("item");
    want(whole.at("id") == item.added.at("id") && whole.at("type") == item.added.at("type"), "another item ends");
    const std::string kind = whole.at("type");
    if (kind == "message") {
      want(whole.at("content").size() == item.parts.size(), "a message with other parts");
      for (const auto& [i, part] : item.parts) {
        want(part.done, "a part is open");
        want(whole.at("content").at(static_cast<std::size_t>(i)) == part.part, "a part is another");
      }
      want(!item.parts.empty(), "a message without content");
    } else if (kind == "reasoning") {
      want(whole.at("summary").size() == item.summaries.size(), "reasoning with other summaries");
      for (const auto& [i, part] : item.summaries) want(part.done && whole.at("summary").at(static_cast<std::size_t>(i)) == part.part, "a summary is another");
    } else if (kind == "function_call" || kind == "custom_tool_call") {
      want(item.arguments_done, "a call ends before its arguments");
      want(whole.at(kind == "function_call" ? "arguments" : "input") == item.arguments, "a call with other arguments");
      want(!whole.at("call_id").get<std::string>().empty(), "a call without an id");
    }
    item.added = whole;
    item.done = true;
  }

  void end(const std::string& type, const Json& data) {
    x_over = true;
    state(data, type.substr(9));
    const Json& response = data.at("response");
    want(response.at("output").size() == x_items.size(), "the last event has other items");
    for (const auto& [i, item] : x_items) {
      want(item.done, "an item is open at the end");
      want(response.at("output").at(static_cast<std::size_t>(i)) == item.added, "an item is another at the end");
    }
    want(response.at("usage").is_object(), "no usage");
    want(response.at("incomplete_details").is_null() == (type == "response.completed"), "incomplete_details");
  }

  std::vector<std::string> x_faults;
  std::map<int, Item> x_items;
  std::set<std::string> x_ids;
  std::string x_id;
  int x_count = 0;
  bool x_over = false;
};

}  // namespace sluice::dialects::responses_tests
