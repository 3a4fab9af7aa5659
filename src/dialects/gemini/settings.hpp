// generationConfig: how the answer is to be made. What one setting allows depends on others and on the model.
#pragma once
#include <string>
#include <string_view>

#include "dialects/dropped.hpp"
#include "dialects/gemini/model_traits.hpp"
#include "sluice/base/result.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// `media_resolution`: see Contents. The JSON of a GenerationConfig; empty: nothing is asked.
Result<std::string> encode_settings(const llm::ChatRequest&, const ModelTraits&, std::string_view media_resolution, Dropped&);

// The JSON of a ThinkingConfig; empty: left to the model.
std::string encode_thinking(const llm::ChatRequest&, const ModelTraits&, Dropped&);

}  // namespace sluice::dialects::gemini
