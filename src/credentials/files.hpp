// Small files that others replace while we run: tokens that Kubernetes renews, the shared files of AWS's tools.
#pragma once
#include <string>

#include "sluice/base/result.hpp"
#include "sluice/base/secret.hpp"

namespace sluice::credentials {

// The whole of a regular file of at most 256 KiB. Read on the worker's thread: local files of a few kilobytes, once in
// minutes. The error names the file.
Result<Secret> read_small_file(const std::string& path);
// The same without white space at its end.
Result<Secret> read_token_file(const std::string& path);

}  // namespace sluice::credentials
