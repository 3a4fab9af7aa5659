// A directory of its own for a test, removed with it.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sluice::config {

class Scratch final {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch directory");
    x_path = std::filesystem::canonical(name);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(x_path, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return x_path; }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(x_path / name, std::ios::binary) << text;
  }

 private:
  std::filesystem::path x_path;
};

}  // namespace sluice::config
