// Where an answer's text comes from: Google's groundingMetadata (searches, retrieval, maps) and citationMetadata
// (recitation). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/llm/chat.hpp"

namespace sluice::dialects::gemini {

// `text`: of the answer so far, whose bytes Google counts; the neutral ranges are in characters. One citation for each
// supported range and source; a source without a range where nothing says what it supports.
void read_grounding(std::string_view raw, std::string_view text, std::vector<llm::Citation>& into);
void read_citations(std::string_view raw, std::string_view text, std::vector<llm::Citation>& into);

// A groundingMetadata of them; empty: none has a source.
std::string write_grounding(const std::vector<llm::Citation>&, std::string_view text);

}  // namespace sluice::dialects::gemini
