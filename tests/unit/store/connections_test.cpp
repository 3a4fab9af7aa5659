// Several connections to one store, in one process and in two: the gateway has two, `sluice keys` and `sluice logs` come
// and go beside it.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include "sluice/store/store.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using test::TemporaryDirectory;

// What `sluice keys create` does, in a process of its own.
bool add_key_elsewhere(const std::string& path, const std::string& id) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool done = false;
    if (auto store = open_sqlite(path)) {
      StoredKey key;
      key.id = id;
      key.sha256.assign(32, id.back());
      done = static_cast<bool>((*store)->add_key(key));
    }
    ::_exit(done ? 0 : 1);
  }
  int status = -1;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

TEST(StoreConnections, AnotherProcessThatComesAndGoesLeavesOursWhole) {
  TemporaryDirectory directory;
  const std::string path = directory / "s.db";
  auto first = open_sqlite(path);
  ASSERT_TRUE(first);
  auto second = open_sqlite(path);   // opening another must not drop the first one's locks
  ASSERT_TRUE(second);
  const RequestRecord record = test::small_record("r-1");
  for (const char* id : {"a", "b", "c"}) {
    const auto before = (*second)->change_counter();
    ASSERT_TRUE(add_key_elsewhere(path, id));
    const auto after = (*second)->change_counter();
    ASSERT_TRUE(before && after);
    EXPECT_NE(*before, *after) << "the change is noticed";
    const auto keys = (*first)->keys();
    ASSERT_TRUE(keys);
    EXPECT_EQ(keys->back().id, id) << "and seen";
    EXPECT_TRUE(std::filesystem::exists(path + "-wal")) << "the log in use is still there";
  }
  ASSERT_TRUE((*second)->write({&record, 1}));
  auto later = open_sqlite(path, true);
  ASSERT_TRUE(later);
  const auto rows = (*later)->find({});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 1u) << "what we write afterwards is seen by others";
}

}  // namespace
}  // namespace sluice::store
