// A full disk, as far as a process can make itself one: while this exists no file may grow beyond `most` bytes.
#pragma once
#include <csignal>
#include <cstddef>
#include <sys/resource.h>

namespace sluice::test {

class FullDisk {
 public:
  explicit FullDisk(std::size_t most) {
    ::getrlimit(RLIMIT_FSIZE, &x_before);
    x_signal = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{most, x_before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &x_before);
    std::signal(SIGXFSZ, x_signal);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit x_before{};
  void (*x_signal)(int) = nullptr;
};

}  // namespace sluice::test
