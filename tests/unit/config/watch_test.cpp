// Real files, changed in the ways editors and orchestrators change them. Waits for calls with a limit, never for time to
// pass; that nothing more is called is shown by the next change's call being the next one.
#include "sluice/config/watch.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "unit/config/loading.hpp"
#include "unit/config/scratch.hpp"

namespace sluice::config {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

// Counts calls, and what the file held at each.
class Calls final {
 public:
  explicit Calls(fs::path file) : x_file(std::move(file)) {}
  std::function<void()> record() {
    return [this] {
      const std::lock_guard lock(x_mutex);
      x_seen.push_back(contents(x_file.string()));
      x_changed.notify_all();
    };
  }
  // True once a call has seen this text.
  bool saw(const std::string& text) {
    std::unique_lock lock(x_mutex);
    return x_changed.wait_for(lock, 20s, [&] { return !x_seen.empty() && x_seen.back() == text; });
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(x_mutex);
    return x_seen;
  }

 private:
  fs::path x_file;
  std::mutex x_mutex;
  std::condition_variable x_changed;
  std::vector<std::string> x_seen;
};

// Polling so rarely that only inotify can be what noticed, and the other way round.
constexpr FileWatch::Pace by_events{50ms, 60'000ms};

class Watch : public testing::Test {
 protected:
  Scratch scratch;
  fs::path file = scratch.path() / "sluice.yaml";
  Calls calls{file};
};

TEST_F(Watch, SeesAFileWrittenInPlace) {
  scratch.write("sluice.yaml", "one");
  const FileWatch watch({file}, calls.record(), by_events);
  scratch.write("sluice.yaml", "two");
  EXPECT_TRUE(calls.saw("two"));
  scratch.write("sluice.yaml", "six");
  EXPECT_TRUE(calls.saw("six"));
}

TEST_F(Watch, SeesAFileReplacedByRename) {
  scratch.write("sluice.yaml", "one");
  const FileWatch watch({file}, calls.record(), by_events);
  for (const std::string text : {"two", "three", "four"}) {
    scratch.write(".sluice.yaml.new", text);
    fs::rename(scratch.path() / ".sluice.yaml.new", file);
    EXPECT_TRUE(calls.saw(text));
  }
  EXPECT_EQ(calls.all().size(), 3u);
}

TEST_F(Watch, SeesAFileMovedAwayAndWrittenAnew) {  // as vim does with backups
  scratch.write("sluice.yaml", "one");
  const FileWatch watch({file}, calls.record(), by_events);
  fs::rename(file, scratch.path() / "sluice.yaml~");
  scratch.write("sluice.yaml", "two");
  fs::remove(scratch.path() / "sluice.yaml~");
  EXPECT_TRUE(calls.saw("two"));
}

TEST_F(Watch,
       SeesAMountedConfigurationSwapped) {  // as Kubernetes does: file -> ..data/file, ..data -> a dated directory
  for (const std::string version : {"1", "2", "3"}) {
    fs::create_directory(scratch.path() / ("..v" + version));
    scratch.write("..v" + version + "/sluice.yaml", "version " + version);
  }
  fs::create_symlink("..v1", scratch.path() / "..data");
  fs::create_symlink("..data/sluice.yaml", file);
  const FileWatch watch({file}, calls.record(), by_events);
  for (const std::string version : {"2", "3"}) {
    fs::create_symlink("..v" + version, scratch.path() / "..data_tmp");
    fs::rename(scratch.path() / "..data_tmp", scratch.path() / "..data");
    EXPECT_TRUE(calls.saw("version " + version));
  }
  EXPECT_EQ(calls.all().size(), 2u);
}

TEST_F(Watch, SeesALinkedFileChangeWhereItIs) {
  fs::create_directory(scratch.path() / "real");
  scratch.write("real/file", "one");
  fs::create_symlink("real/file", file);
  const FileWatch watch({file}, calls.record(), by_events);
  scratch.write("real/file", "two");
  EXPECT_TRUE(calls.saw("two"));
}

TEST_F(Watch, ABurstIsOneCallAndSeesItsEnd) {
  scratch.write("sluice.yaml", "one");
  const FileWatch watch({file}, calls.record(), FileWatch::Pace{2000ms, 60'000ms});
  for (int i = 0; i < 50; ++i) scratch.write("sluice.yaml", "write " + std::to_string(i));
  EXPECT_TRUE(calls.saw("write 49"));
  EXPECT_EQ(calls.all().size(), 1u);
}

TEST_F(Watch, AFileThatIsGoneIsWaitedFor) {
  scratch.write("sluice.yaml", "one");
  const FileWatch watch({file}, calls.record(), by_events);
  fs::remove(file);
  scratch.write("other", "two");
  fs::rename(scratch.path() / "other", file);
  EXPECT_TRUE(calls.saw("two"));
  for (const auto& seen : calls.all()) EXPECT_EQ(seen, "two");
}

TEST_F(Watch, AFileThatStaysAwayHoldsUpNoOther) {
  scratch.write("sluice.yaml", "one");
  scratch.write("secret", "one");
  const FileWatch watch({file, scratch.path() / "secret"}, calls.record(), by_events);
  fs::remove(scratch.path() / "secret");
  scratch.write("new", "two");
  fs::rename(scratch.path() / "new", file);
  EXPECT_TRUE(calls.saw("two"));
}

TEST_F(Watch, PollsWhereThereAreNoEvents) {  // a directory that is made only later cannot be watched
  const fs::path later = scratch.path() / "later" / "sluice.yaml";
  Calls found(later);
  const FileWatch watch({later}, found.record(), FileWatch::Pace{20ms, 20ms});
  fs::create_directory(later.parent_path());
  scratch.write("later/sluice.yaml", "here");
  EXPECT_TRUE(found.saw("here"));
  fs::remove_all(later.parent_path());
  fs::create_directory(later.parent_path());
  scratch.write("later/sluice.yaml", "again");
  EXPECT_TRUE(found.saw("again"));
}

TEST_F(Watch, FilesCanBeAdded) {
  scratch.write("sluice.yaml", "one");
  scratch.write("secret", "one");
  Calls secrets(scratch.path() / "secret");
  FileWatch watch({file}, secrets.record(), by_events);
  watch.watch({file, scratch.path() / "secret"});
  scratch.write("secret", "two");
  EXPECT_TRUE(secrets.saw("two"));
}

TEST_F(Watch, StopsAtOnce) {
  scratch.write("sluice.yaml", "one");
  const auto began = std::chrono::steady_clock::now();
  { const FileWatch watch({file}, calls.record(), by_events); }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
}

}  // namespace
}  // namespace sluice::config
