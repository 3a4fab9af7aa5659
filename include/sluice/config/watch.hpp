// Notices that files have changed, however they are changed: written in place, replaced by rename, swapped by a symbolic
// link as Kubernetes does with mounted configuration. By inotify on the directories, and by looking every two seconds
// where that says nothing (network file systems, directories that are links). Has its own thread, which calls back.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace sluice::config {

class FileWatch final {
 public:
  struct Pace {
    std::chrono::milliseconds quiet{50};  // nothing may have changed for this long before the call
    std::chrono::milliseconds poll{2000};
  };

  // `changed` is called once for each burst of changes, from the watch's thread; it must not throw nor destroy the
  // watch. A file that is gone is no change until it is back. Changes from here on count: make the watch before reading
  // the files.
  FileWatch(std::vector<std::filesystem::path> files, std::function<void()> changed);
  FileWatch(std::vector<std::filesystem::path> files, std::function<void()> changed, Pace pace);
  // Waits for a call that is going on.
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  // Watches these from now on; any thread, the callback included. A file that was watched before keeps its state.
  void watch(std::vector<std::filesystem::path> files);

 private:
  class Loop;
  std::unique_ptr<Loop> x_loop;
};

}  // namespace sluice::config
