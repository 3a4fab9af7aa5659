// Reads a GenerateContentRequest as its callers send it. Pieces of read_chat().
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "dialects/gemini/names.hpp"
#include "dialects/reading.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// Each false once there is a fault.
bool read_contents(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_system(Reading&, std::string_view raw, const Path&, std::vector<llm::Message>& into);
bool read_tools(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_tool_config(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);
bool read_settings(Reading&, std::string_view raw, const Path&, llm::ChatRequest& into);

// Calls f(name in camelCase, raw value) for every member that is not null.
template <class F>
bool each_named(Reading& reading, std::string_view raw, const Path& path, F&& f) {
  std::string buffer;
  return reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    const std::string name(camel_case(key, buffer));
    f(std::string_view(name), value);
  });
}

}  // namespace sluice::dialects::gemini
