// The API's description, made of the table of routes that serves it.
#pragma once
#include "admin/call.hpp"

namespace sluice::admin {

Json openapi();
Json schemas();   // by name: what the routes' `takes` and `gives` refer to

}  // namespace sluice::admin
