// What a request aims at: the forms of a request target (RFC 9112 3.2) and the authority in Host.
#pragma once
#include <string_view>

#include "sluice/http/head.hpp"

namespace sluice::http {

// Whether a Host value holds only bytes of a host and port (it may be empty: RFC 9110 7.2).
bool is_authority(std::string_view);

// Reduces an absolute-form target to its path and query. False for forms a gateway has no use for (authority form, '*'
// other than for OPTIONS, a fragment) and for an absolute form that names another host than Host.
bool to_origin_form(RequestHead&);

}  // namespace sluice::http
