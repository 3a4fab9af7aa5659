// How a request ends that nobody served.
#pragma once
#include <string>
#include <string_view>

#include "gateway/attempt.hpp"

namespace sluice::gateway {

// The error in the caller's dialect, with its status, retry-after, a word to SDKs where retrying is in vain, and Sluice's own headers; before anything was sent.
net::Task<> fail(Exchange& ex, Worker& worker, Error error, int status);
net::Task<> fail(Exchange& ex, Worker& worker, Error error);

// The outcome of the failed attempt that tells most: the provider's own words where they are in the caller's dialect.
net::Task<> fail(Exchange& ex, Worker& worker, Troubled& best);

// Header lines of an error: content type and retry-after.
std::string error_lines(const Error& error);

}  // namespace sluice::gateway
