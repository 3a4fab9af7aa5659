// Lists of models as each dialect writes them. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "gateway/model_entries.hpp"
#include "sluice/llm/dialect.hpp"

namespace sluice::gateway {

// One model. OpenAI's form, or Anthropic's or Gemini's; each with context_length, max_output_tokens and pricing (US
// dollars per token as decimal text) as OpenRouter names them, where they are known.
std::string write_model(const ModelEntry& model, llm::Dialect dialect);

// The list; `query` may ask for a page of it, as the dialect's API has it (limit, after_id, before_id; pageSize, pageToken).
std::string write_models(std::span<const ModelEntry> models, llm::Dialect dialect, std::string_view query);

// Nano-USD per 1000 of something as US dollars for one: 2500000 is "0.0000025".
std::string dollars_each(std::int64_t nano_usd_per_1000);

}  // namespace sluice::gateway
