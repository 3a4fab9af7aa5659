// What of a request besides its messages is said to Cohere, and how.
#pragma once
#include <string>
#include <string_view>

#include "dialects/dropped.hpp"
#include "dialects/object_writer.hpp"
#include "sluice/llm/chat.hpp"

namespace sluice::dialects::cohere {

// Appends the members. `documents`: the request has some. Refuses what would change the meaning if it were left out.
Result<> write_settings(const llm::ChatRequest&, std::string_view model, bool documents, ObjectWriter&, Dropped&);

bool can_think(std::string_view model);

}  // namespace sluice::dialects::cohere
