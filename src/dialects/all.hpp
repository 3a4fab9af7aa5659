// The dialects there are, each in its folder.
#pragma once
#include "sluice/dialects/dialect.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects {

namespace openai { const CallerDialect& caller(); const Wire& wire(); }
namespace responses { const CallerDialect& caller(); const Wire& wire(); }
namespace anthropic { const CallerDialect& caller(); const Wire& wire(); }
namespace gemini { const CallerDialect& caller(); const Wire& wire(); }
namespace bedrock { const CallerDialect& caller(); const Wire& wire(); }
namespace cohere { const CallerDialect& caller(); const Wire& wire(); }
namespace ollama { const Wire& wire(); }

}  // namespace sluice::dialects
