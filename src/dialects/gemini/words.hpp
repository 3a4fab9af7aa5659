// What the caller calls a thing, for the list of what could not be said. Pure.
#pragma once
#include <string_view>

#include "sluice/llm/dialect.hpp"

namespace sluice::dialects::gemini {

struct Words {
  std::string_view thinking, name, content, detail, response_format, schema, strict, budget, effort, cite;
};

constexpr Words words_of(llm::Dialect caller) {
  switch (caller) {
    case llm::Dialect::anthropic:
      return {"messages.content.thinking", "messages.name", "messages.content", "messages.content.source", "output_config.format",
              "output_config.format.schema", "tools.strict", "thinking.budget_tokens", "output_config.effort",
              "messages.content.citations"};
    case llm::Dialect::responses:
      return {"input.reasoning", "input.name", "input", "input.content.detail", "text.format", "text.format.schema",
              "tools.strict", "reasoning.max_tokens", "reasoning.effort", "input.content.citations"};
    case llm::Dialect::gemini:
      return {"contents.parts.thought", "contents.name", "contents.parts", "generationConfig.mediaResolution",
              "generationConfig.responseMimeType", "generationConfig.responseJsonSchema", "tools.strict",
              "generationConfig.thinkingConfig.thinkingBudget", "generationConfig.thinkingConfig.thinkingLevel",
              "contents.parts.citations"};
    case llm::Dialect::bedrock:
      return {"messages.content.reasoningContent", "messages.name", "messages.content", "messages.content.image",
              "outputConfig", "outputConfig.schema", "toolConfig.tools.strict",
              "additionalModelRequestFields.thinking.budget_tokens", "additionalModelRequestFields.effort",
              "messages.content.document.citations"};
    case llm::Dialect::openai: case llm::Dialect::cohere: case llm::Dialect::ollama: break;
  }
  return {"messages.reasoning_content", "messages.name", "messages.content", "messages.content.image_url.detail",
          "response_format", "response_format.json_schema.schema", "tools.function.strict", "thinking.budget_tokens",
          "reasoning_effort", "messages.content.citations"};
}

}  // namespace sluice::dialects::gemini
