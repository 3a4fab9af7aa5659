// Google's Gemini API with an API key (Google AI Studio). Callers of Gemini's dialect are forwarded, others translated.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sluice/providers/provider.hpp"

namespace sluice::providers {

// Immutable. `base_url` with or without the API's version behind it: Google's SDKs add it themselves to what
// GOOGLE_GEMINI_BASE_URL says. Without one it is v1beta.
std::shared_ptr<const Provider> make_gemini(std::string_view base_url);

// What stands behind the model in the path: ":generateContent", ":streamGenerateContent?alt=sse" … For a call that is
// passed through it is the caller's own method, and the caller's query follows.
std::string gemini_method(const Call&);

}  // namespace sluice::providers
