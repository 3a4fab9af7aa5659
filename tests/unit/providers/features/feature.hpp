// A thing that a caller can ask for, and how to see whether it is there.
#pragma once
#include <functional>
#include <string>

#include "sluice/llm/chat.hpp"
#include "unit/providers/features/column.hpp"

namespace sluice::providers::features {

using Chat = llm::ChatRequest;

struct Feature {
  std::string name;
  std::function<void(Chat&, const Column&)> put;
  // All of the request that is this feature: the same text means the same wish.
  std::function<std::string(const Chat&)> told;
  Ability needs = Ability::talk;
  std::function<void(Chat&)> prepare = {};   // what must be there before
  // In whose words it is asked for: the second is for providers of the first one's dialect, whose callers are not
  // translated at all.
  llm::Dialect caller = llm::Dialect::openai, other_caller = llm::Dialect::anthropic;
  // Of services that speak OpenAI's dialect: it does so anyway, and need not be told.
  std::function<bool(const dialects::Quirks&)> given = {};
};

inline llm::Message message(llm::Role role, llm::Part part) {
  llm::Message made;
  made.role = role;
  made.parts.push_back(std::move(part));
  return made;
}
inline llm::Message says(llm::Role role, std::string text) { return message(role, llm::Text{std::move(text)}); }

}  // namespace sluice::providers::features
