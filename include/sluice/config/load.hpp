// Reads a configuration: YAML text to Config, with defaults filled in and every environment variable and file
// resolved. Strict: whatever cannot be used as written is a problem, and all problems are found in one go. Pure but for
// the files that "file:" values name. Any thread; never throws on bad input.
#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/config/config.hpp"

namespace sluice::config {

// One thing to tell the operator. Never holds a secret: values are quoted only as the YAML has them, and values of
// secret keys not at all.
struct Problem {
  std::string file;
  int line = 0, column = 0;  // from 1, column in bytes; 0: the file as a whole
  std::string path;          // "accounts[0].providers[1].weight"; empty: the document
  std::string message;
  friend bool operator==(const Problem&, const Problem&) = default;
};

// The value of an environment variable, or nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

struct Loaded {
  Config config;
  std::vector<Problem> warnings;             // what was accepted but will not do what a reader may expect
  std::vector<std::filesystem::path> files;  // what "file:" values were read from
};

// Either the configuration or all problems, in the order of the file.
using LoadResult = std::variant<Loaded, std::vector<Problem>>;

// `file_name` is for messages; its directory is where "file:" values are looked up.
LoadResult load(std::string_view yaml, const std::string& file_name, const Environment&);
LoadResult load_file(const std::filesystem::path&, const Environment&);

// "file:line:column: path: message", one a line, each ended by a newline.
std::string format(const std::vector<Problem>&);

}  // namespace sluice::config
