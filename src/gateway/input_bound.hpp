// The most tokens that a request's body can be billed for. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/endpoints.hpp"

namespace sluice::gateway {

// `context`: of the model, 0: not known; no request is billed for more. Inexact: without a look
// at the body. Exact: text is counted by the
// model's own vocabulary where it is known, else a token a byte; pictures, sound and files by allowances.
std::int64_t input_bound(const Endpoint& endpoint, std::string_view provider, std::string_view model, std::string_view body,
                         std::int64_t context, bool exact);

// The tokens of a request that is all text, where the model's vocabulary is known; else nothing.
std::optional<std::int64_t> counted_input(const Endpoint& endpoint, std::string_view provider, std::string_view model, std::string_view body);

// The member of a JSON body that asks for what has no price, or whose cost shows only later; empty: none does.
std::string_view beyond_any_bound(const Endpoint& endpoint, std::string_view provider, std::string_view base_url, std::string_view body);
// The member that names further models for the provider to choose from; empty: there is none.
std::string_view other_models(std::string_view provider, std::string_view base_url, std::string_view body);

}  // namespace sluice::gateway
