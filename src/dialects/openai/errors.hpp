// Reads errors of OpenAI-compatible services, whole answers and events alike, in every form seen.
#pragma once
#include <optional>
#include <string_view>

#include "sluice/http/head.hpp"
#include "sluice/dialects/wire.hpp"

namespace sluice::dialects::openai {

Failure read_failure(int status, const http::Fields& headers, std::string_view body);

// The body of a 2xx answer: an error object with nothing useful beside it, or no JSON object at all.
std::optional<Failure> failure_in_success(const http::Fields& headers, std::string_view body);

// Likewise of the operations beside chat, whose good answers may be no JSON (sound, subtitles): only an error object with
// nothing else useful is one.
std::optional<Failure> failure_in_other_success(const http::Fields& headers, std::string_view body);

// The JSON object of an event that reports an error. Its status is the one it states, else the one its names mean.
Failure failure_in_event(std::string_view data);

// True: the raw value of an `error` member reports something (not null, false, "", {} or absent).
bool is_reported(std::string_view raw_error);

}  // namespace sluice::dialects::openai
