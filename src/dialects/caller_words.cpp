#include "dialects/caller_words.hpp"

#include <array>

namespace sluice::dialects {
namespace {

struct Word { llm::Dialect caller; std::string_view name, theirs; };

using llm::Dialect;
constexpr auto words = std::to_array<Word>({
    {Dialect::responses, "include_reasoning", "reasoning.summary"},
    {Dialect::anthropic, "include_reasoning", "thinking.display"},
    {Dialect::gemini, "include_reasoning", "generationConfig.thinkingConfig.includeThoughts"},
    {Dialect::bedrock, "include_reasoning", "additionalModelRequestFields.thinking.display"},
    {Dialect::cohere, "include_reasoning", "thinking"},
    {Dialect::responses, "max_tokens", "max_output_tokens"},
    {Dialect::responses, "reasoning_effort", "reasoning.effort"},
    {Dialect::responses, "response_format", "text.format"},
    {Dialect::responses, "verbosity", "text.verbosity"},
    {Dialect::responses, "messages", "input"},
    {Dialect::responses, "messages.reasoning_content", "input.reasoning"},
    {Dialect::anthropic, "stop", "stop_sequences"},
    {Dialect::anthropic, "reasoning_effort", "thinking"},
    {Dialect::anthropic, "response_format", "output_config.format"},
    {Dialect::anthropic, "parallel_tool_calls", "tool_choice.disable_parallel_tool_use"},
    {Dialect::anthropic, "user", "metadata.user_id"},
    {Dialect::anthropic, "messages.reasoning_content", "messages.thinking"},
    {Dialect::gemini, "temperature", "generationConfig.temperature"},
    {Dialect::gemini, "top_p", "generationConfig.topP"},
    {Dialect::gemini, "top_k", "generationConfig.topK"},
    {Dialect::gemini, "max_tokens", "generationConfig.maxOutputTokens"},
    {Dialect::gemini, "stop", "generationConfig.stopSequences"},
    {Dialect::gemini, "n", "generationConfig.candidateCount"},
    {Dialect::gemini, "seed", "generationConfig.seed"},
    {Dialect::gemini, "presence_penalty", "generationConfig.presencePenalty"},
    {Dialect::gemini, "frequency_penalty", "generationConfig.frequencyPenalty"},
    {Dialect::gemini, "logprobs", "generationConfig.responseLogprobs"},
    {Dialect::gemini, "top_logprobs", "generationConfig.logprobs"},
    {Dialect::gemini, "response_format", "generationConfig.responseSchema"},
    {Dialect::gemini, "reasoning_effort", "generationConfig.thinkingConfig"},
    {Dialect::gemini, "modalities", "generationConfig.responseModalities"},
    {Dialect::gemini, "audio", "generationConfig.speechConfig"},
    {Dialect::gemini, "tool_choice", "toolConfig"},
    {Dialect::gemini, "messages", "contents"},
    {Dialect::gemini, "messages.reasoning_content", "contents.parts.thought"},
    {Dialect::gemini, "user", "labels"},
    {Dialect::gemini, "service_tier", "serviceTier"},
    {Dialect::bedrock, "temperature", "inferenceConfig.temperature"},
    {Dialect::bedrock, "top_p", "inferenceConfig.topP"},
    {Dialect::bedrock, "max_tokens", "inferenceConfig.maxTokens"},
    {Dialect::bedrock, "stop", "inferenceConfig.stopSequences"},
    {Dialect::bedrock, "top_k", "additionalModelRequestFields.top_k"},
    {Dialect::bedrock, "reasoning_effort", "additionalModelRequestFields.reasoning_config"},
    {Dialect::bedrock, "tools", "toolConfig.tools"},
    {Dialect::bedrock, "tool_choice", "toolConfig.toolChoice"},
    {Dialect::bedrock, "response_format", "outputConfig.textFormat"},
    {Dialect::bedrock, "metadata", "requestMetadata"},
    {Dialect::cohere, "top_p", "p"},
    {Dialect::cohere, "top_k", "k"},
    {Dialect::cohere, "stop", "stop_sequences"},
    {Dialect::cohere, "reasoning_effort", "thinking"},
    {Dialect::cohere, "messages.reasoning_content", "messages.content.thinking"},
});

}  // namespace

std::string_view caller_word(Dialect caller, std::string_view name) {
  for (const Word& word : words) {
    if (word.caller == caller && word.name == name) return word.theirs;
  }
  return name;
}

}  // namespace sluice::dialects
