// A provider's list of its models, in whichever form it has. Pure; the text is hostile.
#pragma once
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/gateway/model_lists.hpp"

namespace sluice::gateway {

struct ModelListPage {
  ListedModels models;   // as they come
  std::string next;      // the mark of the page behind this one; empty: it is the last
};

// Known forms: OpenAI's {"data":[{"id"}]} and what services add to it, a bare array of the same (Together, GitHub),
// Anthropic's (display_name, has_more, last_id), Gemini's {"models":[{"name":"models/…"}],"nextPageToken"}, Cohere's
// ({"models":[{"name"}],"next_page_token"}), Ollama's ({"models":[{"name"}]}), Databricks' {"endpoints":[{"name"}]}.
// Names that could not be asked for are left out; a text of none of these forms is an error.
Result<ModelListPage> read_model_list(std::string_view body);

}  // namespace sluice::gateway
