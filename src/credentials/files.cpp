#include "credentials/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sluice::credentials {
namespace {

constexpr std::size_t longest_file = 256 << 10;

Error cannot_read(const std::string& path, std::string why) { return {Code::upstream_failed, "cannot read " + path + ": " + std::move(why)}; }
std::string describe(int error) { return std::generic_category().message(error); }

Result<Secret> read_all(int file, const std::string& path) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return cannot_read(path, describe(errno));
  if (!S_ISREG(facts.st_mode)) return cannot_read(path, "not a regular file");
  std::string text;
  for (;;) {
    const std::size_t have = text.size();
    if (have > longest_file) return cannot_read(path, "too large");
    text.resize(have + 16'384);
    const ssize_t got = ::read(file, text.data() + have, text.size() - have);
    if (got < 0 && errno != EINTR) return cannot_read(path, describe(errno));
    text.resize(have + static_cast<std::size_t>(got < 0 ? 0 : got));
    if (got == 0) return Secret(std::move(text));
  }
}

}  // namespace

Result<Secret> read_small_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (file < 0) return cannot_read(path, describe(errno));
  auto text = read_all(file, path);
  ::close(file);
  return text;
}

Result<Secret> read_token_file(const std::string& path) {
  auto text = read_small_file(path);
  if (!text) return text;
  const std::string_view all = text->reveal();
  const std::size_t end = all.find_last_not_of(" \t\r\n");
  return Secret(std::string(all.substr(0, end == all.npos ? 0 : end + 1)));
}

}  // namespace sluice::credentials
