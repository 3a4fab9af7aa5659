// The function calls of the assistant's last turn, until each has its result. Gemini knows a call by the function's name
// (and by an id only if it gave one), so that results go back in the order of the calls, each under its call's name.
// Lives for one request.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::dialects::gemini {

class OpenCalls {
 public:
  void call(std::string_view id, std::string_view name) { x_calls.push_back({std::string(id), std::string(name), {}, false}); }
  // Takes the result (a JSON part) of the first open call of that id. False: there is none.
  bool answer(std::string_view id, std::string part) {
    Call* const open = find(id);
    if (open == nullptr) return false;
    open->result = std::move(part);
    open->answered = true;
    return true;
  }
  // The name under which the result of that id goes back; nullptr: there is no such open call.
  const std::string* name_of(std::string_view id) {
    const Call* const open = find(id);
    return open == nullptr ? nullptr : &open->name;
  }
  // The ids without a result, for an error message; empty: none.
  std::string unanswered() const {
    std::string ids;
    for (const Call& call : x_calls) {
      if (call.answered) continue;
      if (!ids.empty()) ids += ", ";
      ids += call.id;
    }
    return ids;
  }
  // All results in the order of the calls, separated by commas; the calls are forgotten.
  std::string take_results() {
    std::string parts;
    for (const Call& call : x_calls) {
      if (!parts.empty()) parts += ',';
      parts += call.result;
    }
    x_calls.clear();
    return parts;
  }
  bool empty() const { return x_calls.empty(); }

 private:
  struct Call { std::string id, name, result; bool answered = false; };
  Call* find(std::string_view id) {
    for (Call& call : x_calls) {
      if (!call.answered && call.id == id) return &call;
    }
    return nullptr;
  }
  std::vector<Call> x_calls;
};

}  // namespace sluice::dialects::gemini
