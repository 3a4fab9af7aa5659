// Values that stand elsewhere: env.NAME (the whole value), ${NAME} (anywhere in it, $${ for a plain ${), file:PATH.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/config/load.hpp"

namespace sluice::config {

// True if the value is not to be taken as it stands.
bool stands_elsewhere(std::string_view written);

struct Resolved {
  std::string value;
  std::filesystem::path file;  // it was read from; empty: none
};

// What the value stands for. `directory`: where relative file paths begin. An error's message names the variable or
// file and never what is in it. What comes out of a variable or file is not looked into again.
Result<Resolved> resolve(std::string_view written, const Environment&, const std::filesystem::path& directory);

// The whole of a regular file of at most `limit` bytes; never waits (a pipe or device is refused).
Result<std::string> read_whole_file(const std::filesystem::path&, std::size_t limit);

}  // namespace sluice::config
