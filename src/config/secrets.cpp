#include "config/secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace sluice::config {
namespace {

constexpr std::size_t max_value_file = 1 << 20;

Error cannot(std::string why) { return {Code::bad_request, std::move(why)}; }

bool variable_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<std::string> variable(std::string_view name, const Environment& environment) {
  if (!variable_name(name)) return cannot("does not name an environment variable (letters, digits and _)");
  auto value = environment(std::string(name));
  if (!value) return cannot("the environment variable " + std::string(name) + " is not set");
  return std::move(*value);
}

// The text with every ${NAME} replaced.
Result<std::string> substitute(std::string_view text, const Environment& environment) {
  std::string out;
  while (!text.empty()) {
    const auto dollar = text.find('$');
    out.append(text.substr(0, dollar));
    if (dollar == std::string_view::npos) break;
    text.remove_prefix(dollar);
    if (text.starts_with("$${")) {
      out.append("${");
      text.remove_prefix(3);
    } else if (text.starts_with("${")) {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return cannot("has '${' without '}' (write $${ for a plain ${)");
      auto value = variable(text.substr(2, end - 2), environment);
      if (!value) return value;
      out.append(*value);
      text.remove_prefix(end + 1);
    } else {
      out.push_back('$');
      text.remove_prefix(1);
    }
  }
  return out;
}

class Descriptor final {
 public:
  explicit Descriptor(int fd) : x_fd(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (x_fd >= 0) ::close(x_fd);
  }
  int get() const { return x_fd; }

 private:
  int x_fd;
};

Error cannot_read(const std::filesystem::path& path, int error) {
  return cannot("cannot read " + path.string() + ": " + std::generic_category().message(error));
}

}  // namespace

bool stands_elsewhere(std::string_view written) {
  return written.starts_with("env.") || written.starts_with("file:") || written.find("${") != std::string_view::npos;
}

Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return cannot_read(path, errno);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return cannot_read(path, errno);
  if (!S_ISREG(facts.st_mode)) return cannot("cannot read " + path.string() + ": not a regular file");
  std::string text;
  while (true) {
    const std::size_t have = text.size();
    if (have > limit) return cannot(path.string() + " is larger than " + std::to_string(limit) + " bytes");
    text.resize(have + 16'384);
    const ssize_t got = ::read(file.get(), text.data() + have, text.size() - have);
    if (got < 0 && errno != EINTR) return cannot_read(path, errno);
    text.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return text;
  }
}

Result<Resolved> resolve(std::string_view written, const Environment& environment,
                         const std::filesystem::path& directory) {
  if (written.starts_with("env.")) {
    auto value = variable(written.substr(4), environment);
    if (!value) return std::move(value).error();
    return Resolved{std::move(*value), {}};
  }
  const bool file = written.starts_with("file:");
  auto text = substitute(file ? written.substr(5) : written, environment);
  if (!text) return std::move(text).error();
  if (!file) return Resolved{std::move(*text), {}};
  if (text->empty() || text->find('\0') != std::string::npos) return cannot("file: must be followed by a path");
  const auto path = (directory / *text).lexically_normal();
  auto content = read_whole_file(path, max_value_file);
  if (!content) return std::move(content).error();
  while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
  return Resolved{std::move(*content), path};
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

}  // namespace sluice::config
