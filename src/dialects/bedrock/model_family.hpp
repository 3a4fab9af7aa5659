// What a model on Bedrock takes beyond what all take, read from its id ("us.amazon.nova-2-lite-v1:0", an inference
// profile's ARN with the id in it). Of an id that tells nothing (an application's profile) the least is assumed. Pure.
#pragma once
#include <string_view>

#include "dialects/anthropic/model_traits.hpp"

namespace sluice::dialects::bedrock {

enum class Family : unsigned char { other, claude, nova, openai, mistral, cohere, kimi };

// How an effort is asked for in additionalModelRequestFields.
enum class ReasoningForm : unsigned char {
  none,
  claude,          // "thinking", and "output_config": as traits say
  nova,            // "reasoningConfig":{"type","maxReasoningEffort"}
  effort,          // "reasoning_effort"
  nested_effort,   // "reasoning":{"effort"}
};

struct Model {
  Family family = Family::other;
  anthropic::ModelTraits claude{};       // of a Claude
  ReasoningForm reasoning = ReasoningForm::none;
  bool any_tool = false, named_tool = false;   // takes toolChoice "any", "tool"
  bool takes_schema = false;             // outputConfig.textFormat and strict tools
  bool cache = false, cache_tools = false, cache_hour = false;   // cachePoint; in toolConfig; with ttl "1h"
  bool system_tools = false;             // nova_grounding, nova_code_interpreter
};

Model model_of(std::string_view id);

}  // namespace sluice::dialects::bedrock
