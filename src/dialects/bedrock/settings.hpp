// The settings of a request beside its conversation: limits, sampling, reasoning, tools, the answer's form. What one
// allows depends on others and on the model, so they are decided together before anything is written.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "dialects/bedrock/conversation.hpp"
#include "dialects/bedrock/model_family.hpp"
#include "dialects/dropped.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::bedrock {

// Each is the raw JSON of the request's member of that name; empty: left out.
struct Settings {
  std::string inference;     // inferenceConfig
  std::string tools;         // toolConfig
  std::string additional;    // additionalModelRequestFields
  std::string output;        // outputConfig
  std::string metadata;      // requestMetadata
  std::string service_tier;  // serviceTier
  std::string instruction;   // said in the system prompt, where the answer's form cannot be enforced
  std::string others;        // further members, each with a leading comma
};

// Refused (400): n above 1, tools and server tools that Converse does not have.
Result<Settings> decide_settings(const llm::ChatRequest&, const Model&, const Conversation&, Dropped&);

// How the tools are told, and which must be called.
struct ToolPlan { bool forced = false; bool has_tools = false; std::string json; };
Result<ToolPlan> plan_tools(const llm::ChatRequest&, const Model&, const Conversation&, bool answer_by_tool, Dropped&);

// The members of additionalModelRequestFields that make the model think (or not), and what thinking forbids.
struct Reasoning {
  std::string fields;   // members with a comma before each
  bool thinks = false;
  bool no_limits = false;                     // maxTokens, temperature and topP must be left out
};
Reasoning plan_reasoning(const llm::ChatRequest&, const Model&, bool unthought_calls, bool forced, Dropped&);

}  // namespace sluice::dialects::bedrock
