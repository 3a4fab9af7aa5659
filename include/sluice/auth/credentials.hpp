// Where a caller may put its key. Plain views, so that this module need not know HTTP. Pure.
#pragma once
#include <string>
#include <string_view>

namespace sluice::auth {

// The values of these request headers and the query without its '?'; empty: absent.
struct Credentials {
  std::string_view authorization, x_api_key, x_goog_api_key, api_key, query;
};

// The key presented: the first place that holds one, in the order Authorization ("Bearer KEY", the scheme in either
// case), x-api-key, x-goog-api-key, api-key, the query's first "key" (percent-decoded). Empty: none. A scheme other
// than Bearer counts as none. The view points into the credentials or into `decoded`, which is used only where the
// query's key has escapes.
std::string_view presented_key(const Credentials& given, std::string& decoded);

}  // namespace sluice::auth
