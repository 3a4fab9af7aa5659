#include "store/journal_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sluice::store {
namespace {

// Directories open in this process: flock() belongs to the open file, so the workers must share one.
std::mutex open_mutex;
std::map<std::filesystem::path, std::weak_ptr<JournalDirectory>> open_directories;

// The n of "<worker>-<n>.seg"; zero: another file.
std::uint64_t sequence_of(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const auto dash = name.find('-');
  if (dash == std::string::npos || path.extension() != ".seg") return 0;
  std::uint64_t n = 0;
  const char* end = name.data() + name.size() - 4;
  const auto [stop, failed] = std::from_chars(name.data() + dash + 1, end, n);
  return failed == std::errc{} && stop == end && n < (std::uint64_t{1} << 62) ? n : 0;
}

std::string holder_of(int lock) {
  char text[32];
  const auto size = ::pread(lock, text, sizeof text - 1, 0);
  std::string pid(text, size > 0 ? static_cast<std::size_t>(size) : 0);
  pid.erase(std::remove_if(pid.begin(), pid.end(), [](char c) { return c < '0' || c > '9'; }), pid.end());
  return pid.empty() ? "" : " (process " + pid + ")";
}

Result<int> lock_file(const std::filesystem::path& path) {
  const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return Error(Code::internal, "journal: cannot write " + path.string() + ": " + std::strerror(errno));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const auto holder = holder_of(lock);
    ::close(lock);
    return Error(Code::internal, "another gateway" + holder + " is using the store " + path.parent_path().string());
  }
  const auto pid = std::to_string(::getpid());
  // Only for the message above: the lock holds without it.
  if (::ftruncate(lock, 0) == 0 && ::pwrite(lock, pid.data(), pid.size(), 0) < 0) errno = 0;
  return lock;
}

}  // namespace

Result<std::shared_ptr<JournalDirectory>> JournalDirectory::open(const std::filesystem::path& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (!failed) ::chmod(path.c_str(), 0700);
  const auto real = failed ? path : std::filesystem::canonical(path, failed);
  if (failed) return Error(Code::internal, "journal: cannot create " + path.string() + ": " + failed.message());

  const std::lock_guard guard(open_mutex);
  if (auto shared = open_directories[real].lock()) return shared;
  auto lock = lock_file(real / "lock");
  if (!lock) return std::move(lock).error();
  std::shared_ptr<JournalDirectory> directory(new JournalDirectory(real, *lock));
  directory->list();
  open_directories[real] = directory;
  return directory;
}

JournalDirectory::JournalDirectory(std::filesystem::path path, int lock) : x_path(std::move(path)), x_lock(lock) {}
JournalDirectory::~JournalDirectory() { ::close(x_lock); }

void JournalDirectory::list() {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(x_path, failed))
    if (sequence_of(entry.path()) > 0) x_leftovers.push_back(entry.path());
  std::sort(x_leftovers.begin(), x_leftovers.end(),
            [](const auto& a, const auto& b) { return sequence_of(a) < sequence_of(b); });
  if (!x_leftovers.empty()) x_next = sequence_of(x_leftovers.back()) + 1;
}

std::filesystem::path JournalDirectory::next_file(unsigned worker) {
  return x_path / (std::to_string(worker) + "-" + std::to_string(x_next.fetch_add(1)) + ".seg");
}

std::vector<std::filesystem::path> JournalDirectory::take_leftovers() {
  const std::lock_guard guard(open_mutex);
  return std::exchange(x_leftovers, {});
}

}  // namespace sluice::store
