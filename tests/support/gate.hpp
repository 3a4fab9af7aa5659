// The inside of Gate: permits counted under a lock, and what to run when there is a new one.
#pragma once
#include <functional>
#include <mutex>
#include <vector>

#include "support/fake_upstream.hpp"

namespace sluice::test {

struct Gate::State {
  // True and one permit is used up; or false, and `wake` runs once as soon as trying again may succeed.
  bool pass_or(std::function<void()> wake);
  void let(bool all);

  std::mutex mutex;
  std::size_t permits = 0;
  bool opened = false;
  std::vector<std::function<void()>> waiting;
};

}  // namespace sluice::test
