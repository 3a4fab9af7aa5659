// Errors in OpenAI's form: {"error":{"message","type","param","code"}}.
#pragma once
#include <string>

#include "sluice/base/result.hpp"

namespace sluice::dialects::openai {

std::string write_error(const Error&);
std::string write_error_event(const Error&);   // one whole event; the official SDKs raise it to their caller

}  // namespace sluice::dialects::openai
