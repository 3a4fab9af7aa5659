#include "sluice/config/watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::config {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// What changes about a file when its content may have; nothing while there is no file.
struct Fingerprint {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0, changed = 0;  // nanoseconds; the second moves even when the first is set back
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

std::optional<Fingerprint> fingerprint(const fs::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return std::nullopt;
  const auto nanoseconds = [](const timespec& t) {
    return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
  };
  return Fingerprint{facts.st_dev, facts.st_ino, facts.st_size, nanoseconds(facts.st_mtim), nanoseconds(facts.st_ctim)};
}

// The directories in which a change may change what the path leads to: its own, and those of every link on the way.
std::set<fs::path> directories_of(fs::path file) {
  std::set<fs::path> out;
  std::error_code error;
  for (int links = 0; links < 40; ++links) {
    const fs::path directory = file.parent_path().empty() ? fs::path(".") : file.parent_path();
    out.insert(directory);
    // In "..data/file.yaml" it is ..data that is swapped, in the directory above.
    if (fs::is_symlink(directory, error))
      out.insert(directory.parent_path().empty() ? fs::path(".") : directory.parent_path());
    if (!fs::is_symlink(file, error)) break;
    file = (directory / fs::read_symlink(file, error)).lexically_normal();
    if (error) break;
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

}  // namespace

class FileWatch::Loop final {
 public:
  Loop(std::vector<fs::path> files, std::function<void()> changed, Pace pace)
      : x_changed(std::move(changed)),
        x_pace(pace),
        x_inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
        x_wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    watch(std::move(files));
    x_thread = std::thread([this] { run(); });
  }
  ~Loop() {
    {
      const std::lock_guard lock(x_mutex);
      x_stopping = true;
    }
    wake();
    x_thread.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void watch(std::vector<fs::path> files) {
    const std::lock_guard lock(x_mutex);
    std::map<fs::path, std::optional<Fingerprint>> next;
    for (auto& file : files) {
      const auto known = x_files.find(file);
      auto seen = known != x_files.end() ? known->second : fingerprint(file);
      next.emplace(std::move(file), seen);
    }
    x_files = std::move(next);
    watch_directories();
  }

 private:
  // Called with the lock held. Watching a directory again is how inotify wants it; those no longer needed are let go.
  void watch_directories() {
    std::set<fs::path> wanted;
    for (const auto& [file, seen] : x_files) wanted.merge(directories_of(file));
    std::set<int> watches;
    // Not IN_MODIFY: a database or log in the same directory would wake us at every write.
    constexpr std::uint32_t what = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                   IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    for (const auto& directory : wanted) {
      const int id = ::inotify_add_watch(x_inotify.get(), directory.c_str(), what);
      if (id >= 0) watches.insert(id);  // else polling does it: no such directory, or out of watches
    }
    for (const int id : x_watches)
      if (!watches.contains(id)) ::inotify_rm_watch(x_inotify.get(), id);
    x_watches = std::move(watches);
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written =
        ::write(x_wake.get(), &one, sizeof one);  // fails only when it is full: awake already
  }

  static void empty(int fd) {
    std::array<char, 4096> bytes;
    while (::read(fd, bytes.data(), bytes.size()) > 0) {}
  }

  // Takes what is on disk as seen. Returns true if it was something else before.
  bool look() {
    const std::lock_guard lock(x_mutex);
    bool different = false;
    for (auto& [file, seen] : x_files) {
      const auto now = fingerprint(file);
      if (now == seen) continue;
      seen = now;
      x_fresh[file] = now.has_value();
      different = true;
    }
    if (different) watch_directories();
    return different;
  }

  // Something that changed is there to be read; forgets what changed.
  bool take_fresh() {
    const std::lock_guard lock(x_mutex);
    const auto changed = std::exchange(x_fresh, {});
    return std::any_of(changed.begin(), changed.end(), [](const auto& file) { return file.second; });
  }

  bool stopping() {
    const std::lock_guard lock(x_mutex);
    return x_stopping;
  }

  void wait(std::chrono::milliseconds limit) {
    std::array<pollfd, 2> descriptors{{{x_wake.get(), POLLIN, 0}, {x_inotify.get(), POLLIN, 0}}};
    ::poll(descriptors.data(), descriptors.size(), static_cast<int>(limit.count()));
    empty(x_wake.get());
    empty(x_inotify.get());
  }

  void run() {
    std::optional<Clock::time_point> settled;  // when the last change is old enough
    while (!stopping()) {
      const auto now = Clock::now();
      if (look()) settled = now + x_pace.quiet;
      if (!settled) {
        wait(x_pace.poll);
      } else if (now < *settled) {
        wait(std::chrono::ceil<std::chrono::milliseconds>(*settled - now));
      } else {
        settled.reset();
        if (take_fresh()) x_changed();
      }
    }
  }

  std::function<void()> x_changed;
  Pace x_pace;
  Descriptor x_inotify, x_wake;
  std::mutex x_mutex;  // of what follows
  std::map<fs::path, std::optional<Fingerprint>> x_files;
  std::map<fs::path, bool> x_fresh;  // changed since the last call: is it there
  std::set<int> x_watches;
  bool x_stopping = false;
  std::thread x_thread;
};

FileWatch::FileWatch(std::vector<fs::path> files, std::function<void()> changed)
    : FileWatch(std::move(files), std::move(changed), Pace{}) {}
FileWatch::FileWatch(std::vector<fs::path> files, std::function<void()> changed, Pace pace)
    : x_loop(std::make_unique<Loop>(std::move(files), std::move(changed), pace)) {}
FileWatch::~FileWatch() = default;

void FileWatch::watch(std::vector<fs::path> files) { x_loop->watch(std::move(files)); }

}  // namespace sluice::config
