// The recorded exchanges of Cohere's API, version 2, and another reading of its streams.
#pragma once
#include <algorithm>
#include <sstream>

#include "dialects/all.hpp"
#include "support/traffic.hpp"
#include "unit/dialects/neutral_events.hpp"

namespace sluice::dialects::cohere_tests {

using namespace neutral_events;

inline std::vector<test::Exchange> recorded(std::string_view operation) {
  std::vector<test::Exchange> found;
  for (const auto* list : {&test::exchanges(), &test::answers_only()}) {
    for (const test::Exchange& one : *list) {
      const bool wanted = one.provider == "cohere" && (one.operation == operation || one.operation == "response_only");
      if (wanted && (operation == "chat" || one.operation == operation)) found.push_back(one);
    }
  }
  return found;
}
inline std::vector<test::Exchange> streams() {
  auto all = recorded("chat");
  std::erase_if(all, [](const test::Exchange& one) { return !one.streamed(); });
  return all;
}
inline std::vector<test::Exchange> answers() {
  auto all = recorded("chat");
  std::erase_if(all, [](const test::Exchange& one) { return one.streamed() || one.status != 200; });
  return all;
}

// The events of a stream, read with another JSON library, line by line.
inline std::vector<Json> events_of(const std::string& sse) {
  std::vector<Json> events;
  std::istringstream lines(sse);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("data: {")) events.push_back(Json::parse(line.substr(6)));
  }
  return events;
}

// What is paid, as Cohere says it.
inline llm::Usage expected_usage(const Json& usage) {
  llm::Usage out;
  const Json billed = usage.value("billed_units", Json::object()), tokens = usage.value("tokens", Json::object());
  out.input = billed.value("input_tokens", 0);
  out.output = billed.value("output_tokens", 0);
  out.search_units = billed.value("search_units", 0);
  out.cache_read = std::min<std::int64_t>(usage.value("cached_tokens", 0), out.input);
  out.reasoning = tokens.value("reasoning_tokens", 0);
  return out;
}

// What the events of a stream say, as Cohere's SDK would put them together.
struct Assembled {
  std::string id, plan, finish_reason, error;
  std::vector<Json> content, calls, citations;
  Json usage;
};
inline Assembled assembled(const std::vector<Json>& events) {
  Assembled all;
  for (const Json& e : events) {
    const std::string type = e.at("type");
    const Json message = e.value("delta", Json::object()).value("message", Json::object());
    if (type == "message-start") all.id = e.at("id");
    if (type == "tool-plan-delta") all.plan += message.at("tool_plan").get<std::string>();
    if (type == "content-start") all.content.push_back(message.at("content"));
    if (type == "content-delta") {
      for (const auto& [key, value] : message.at("content").items()) {
        Json& item = all.content.at(e.at("index").get<std::size_t>());
        item[key] = item.value(key, "") + value.get<std::string>();
      }
    }
    if (type == "tool-call-start") all.calls.push_back(message.at("tool_calls"));
    if (type == "tool-call-delta") {
      Json& arguments = all.calls.at(e.at("index").get<std::size_t>())["function"]["arguments"];
      arguments = arguments.get<std::string>() + message.at("tool_calls").at("function").at("arguments").get<std::string>();
    }
    if (type == "citation-start") all.citations.push_back(message.at("citations"));
    if (type == "message-end") {
      all.finish_reason = e.at("delta").at("finish_reason");
      all.error = e.at("delta").value("error", "");
      all.usage = e.at("delta").at("usage");
    }
  }
  return all;
}

inline std::string event_of(const Json& json) { return "event: " + json.at("type").get<std::string>() + "\ndata: " + json.dump() + "\n\n"; }

}  // namespace sluice::dialects::cohere_tests
