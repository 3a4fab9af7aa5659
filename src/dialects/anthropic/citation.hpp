// Citations: on what a text of the answer rests. Pure.
#pragma once
#include <string>
#include <string_view>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::anthropic {

// `raw`: one object of `citations`. At Anthropic what is cited is the whole text block, so no range is said.
llm::Citation read_citation(std::string_view raw);

// One in Anthropic's form: its own as it came, another's as what comes nearest. False, and nothing written: it says
// nothing that could be shown.
bool append_citation(std::string& out, const llm::Citation&);

// Anthropic's own, which it takes back. What append_citation() made of another's is none.
bool is_own_citation(const llm::Citation&);

}  // namespace sluice::dialects::anthropic
