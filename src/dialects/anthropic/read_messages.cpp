#include "dialects/anthropic/read_block.hpp"
#include "dialects/anthropic/read_request.hpp"

namespace sluice::dialects::anthropic {
namespace {

// A user's turn holds the results of tools beside what the user says: each result becomes a message of its own, in place.
void split_results(std::vector<llm::Part>& parts, std::vector<llm::Message>& into) {
  const std::size_t before = into.size();
  llm::Message said{llm::Role::user, {}, {}};
  bool behind_result = false;
  for (llm::Part& part : parts) {
    if (std::holds_alternative<llm::ToolResult>(part)) {
      if (!said.parts.empty()) into.push_back(std::exchange(said, {llm::Role::user, {}, {}}));
      llm::Message result{llm::Role::tool, {}, {}};
      result.parts.push_back(std::move(part));
      into.push_back(std::move(result));
      behind_result = true;
    } else if (behind_result && std::holds_alternative<llm::CacheMark>(part)) {
      into.back().parts.push_back(std::move(part));
    } else {
      said.parts.push_back(std::move(part));
      behind_result = false;
    }
  }
  if (!said.parts.empty() || into.size() == before) into.push_back(std::move(said));
}

bool read_message(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  std::string role;
  std::string_view content;
  const bool read = reading.members(raw, path, [&](std::string_view key, std::string_view value) {
    if (key == "role") reading.text(value, path / key, role);
    else if (key == "content") content = value;
    else reading.keep_other(path / key, value);
  });
  if (!read) return false;
  if (role.empty()) return reading.missing(path / "role");
  if (role != "user" && role != "assistant") return reading.unsupported(path / "role", role, "'user' and 'assistant'");
  if (content.empty()) return reading.missing(path / "content");
  llm::Message message{role == "user" ? llm::Role::user : llm::Role::assistant, {}, {}};
  if (!read_content(reading, content, path / "content", message.role, message.parts)) return false;
  if (message.role == llm::Role::user) {
    split_results(message.parts, into);
  } else {
    attach_proofs(message.parts);
    into.push_back(std::move(message));
  }
  return true;
}

}  // namespace

bool read_system(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  llm::Message system{llm::Role::system, {}, {}};
  if (!read_content(reading, raw, path, llm::Role::system, system.parts)) return false;
  for (const llm::Part& part : system.parts) {
    if (!std::holds_alternative<llm::Text>(part) && !std::holds_alternative<llm::CacheMark>(part))
      return reading.refuse(path, path.text() + ": the system prompt can hold text only");
  }
  into.clear();
  if (!system.parts.empty()) into.push_back(std::move(system));
  return true;
}

bool read_messages(Reading& reading, std::string_view raw, const Path& path, std::vector<llm::Message>& into) {
  into.clear();
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view element) {
    read_message(reading, element, path[i], into);
  });
}

}  // namespace sluice::dialects::anthropic
