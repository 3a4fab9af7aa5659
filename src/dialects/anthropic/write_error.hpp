// Errors in Anthropic's form: {"type":"error","error":{"type","message"}}.
#pragma once
#include <string>

#include "sluice/base/result.hpp"

namespace sluice::dialects::anthropic {

std::string write_error(const Error&);
std::string write_error_event(const Error&);   // one whole event; the official SDKs raise it to their caller

}  // namespace sluice::dialects::anthropic
