#include "sluice/store/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <random>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "store/journal_directory.hpp"
#include "store/replay.hpp"
#include "store/segment.hpp"
#include "support/full_disk.hpp"
#include "unit/store/support.hpp"

namespace sluice::store {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::unique_ptr<Journal> opened(const std::filesystem::path& path, unsigned index = 0) {
  auto journal = open_journal(path, index);
  if (!journal) {
    ADD_FAILURE() << journal.error().message();
    std::abort();
  }
  return std::move(*journal);
}

// What earlier processes left, as recover() reads it.
struct Leftovers {
  explicit Leftovers(const std::filesystem::path& path)
      : directory(*JournalDirectory::open(path)), replay(directory->take_leftovers()) {}
  std::vector<RequestRecord> take(std::size_t most) {
    std::vector<RequestRecord> records;
    replay.take(records, most);
    return records;
  }
  void release() { replay.release(); }

  std::shared_ptr<JournalDirectory> directory;
  Replay replay;
};

std::vector<std::string> ids(const std::vector<RequestRecord>& records) {
  std::vector<std::string> out;
  for (const auto& r : records) out.push_back(r.id);
  return out;
}

std::vector<std::filesystem::path> files(const std::filesystem::path& directory, const std::string& extension) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == extension) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

TEST(Journal, GivesRecordsInOrderOnce) {
  TemporaryDirectory directory;
  const auto journal = opened(directory / "journal");
  ASSERT_TRUE(journal->append(full_record("a")));
  ASSERT_TRUE(journal->append(small_record("b")));
  ASSERT_TRUE(journal->append(small_record("c")));
  auto two = journal->take(2);
  EXPECT_THAT(ids(two), ElementsAre("a", "b"));
  expect_same(two[0], full_record("a"));
  EXPECT_THAT(ids(journal->take(2)), ElementsAre("c"));
  EXPECT_THAT(journal->take(2), IsEmpty());
}

TEST(Journal, KeepsWhatWasNotReleasedForTheNextProcess) {
  TemporaryDirectory directory;
  {
    const auto journal = opened(directory.path());
    for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(journal->append(small_record(id)));
    EXPECT_THAT(ids(journal->take(1)), ElementsAre("a"));
    journal->release();
    EXPECT_THAT(ids(journal->take(1)), ElementsAre("b"));
  }
  const auto journal = opened(directory.path());
  ASSERT_TRUE(journal->append(small_record("d")));
  EXPECT_THAT(ids(Leftovers(directory.path()).take(10)), ElementsAre("b", "c"));
  EXPECT_THAT(ids(journal->take(10)), ElementsAre("d"));
}

TEST(Journal, LeavesNoFileWhenAllIsReleased) {
  TemporaryDirectory directory;
  {
    const auto journal = opened(directory.path());
    ASSERT_TRUE(journal->append(small_record("a")));
    EXPECT_EQ(journal->take(9).size(), 1u);
    journal->release();
  }
  EXPECT_THAT(files(directory.path(), ".seg"), IsEmpty());
}

TEST(Journal, RefusesRecordsWhileTheDiskIsFullAndKeepsTheOthers) {
  TemporaryDirectory directory;
  const auto journal = opened(directory.path());
  int appended = 0;
  {
    const sluice::test::FullDisk full(segment_bytes / 2);
    EXPECT_TRUE(journal->ready());
    while (journal->append(full_record("r" + std::to_string(appended)))) ++appended;
    const auto refused = journal->append(full_record("lost"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), testing::HasSubstr("cannot allocate"));
    EXPECT_FALSE(journal->ready());
    EXPECT_EQ(files(directory.path(), ".seg").size(), 1u);
  }
  EXPECT_GT(appended, 1000);
  EXPECT_TRUE(journal->ready());
  ASSERT_TRUE(journal->append(full_record("r" + std::to_string(appended++))));
  int taken = 0;
  for (auto some = journal->take(500); !some.empty(); some = journal->take(500))
    for (const auto& r : some) ASSERT_EQ(r.id, "r" + std::to_string(taken++));
  EXPECT_EQ(taken, appended);
}

TEST(Journal, IsNotReadyWhileHundredsOfRecordsStillFit) {
  TemporaryDirectory directory;
  const auto journal = opened(directory.path());
  const sluice::test::FullDisk full(segment_bytes / 2);
  int before = 0, after = 0;
  while (journal->ready() && journal->append(full_record("r"))) ++before;
  while (journal->append(full_record("r"))) ++after;
  EXPECT_GT(before, 300);
  EXPECT_GT(after, 300);
}

TEST(Journal, RunsThroughManySegmentsAndRemovesTheFinishedOnes) {
  TemporaryDirectory directory;
  const auto journal = opened(directory.path());
  int appended = 0, taken = 0;
  std::size_t most_files = 0;
  for (int round = 0; round < 12; ++round) {
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(journal->append(full_record("r" + std::to_string(appended++))));
    for (;;) {
      const auto some = journal->take(256);
      if (some.empty()) break;
      for (const auto& r : some) ASSERT_EQ(r.id, "r" + std::to_string(taken++));
      journal->release();
    }
    most_files = std::max(most_files, files(directory.path(), ".seg").size());
  }
  EXPECT_EQ(taken, appended);
  EXPECT_LE(most_files, 3u);
}

TEST(Journal, ReplaysTheRecordsOfMoreWorkersThanThereAreNow) {
  TemporaryDirectory directory;
  {
    const auto first = opened(directory.path(), 0), second = opened(directory.path(), 1),
               third = opened(directory.path(), 2);
    ASSERT_TRUE(first->append(small_record("a")));
    ASSERT_TRUE(second->append(small_record("b")));
    ASSERT_TRUE(third->append(small_record("c")));
  }
  const auto journal = opened(directory.path(), 1);
  const auto other = opened(directory.path(), 0);
  Leftovers leftovers(directory.path());
  EXPECT_THAT(ids(leftovers.take(10)), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Leftovers(directory.path()).take(10), IsEmpty());
  leftovers.release();
  EXPECT_EQ(files(directory.path(), ".seg").size(), 2u);
}

TEST(Journal, SkipsADamagedRecordAndKeepsItsFileAside) {
  TemporaryDirectory directory;
  {
    const auto journal = opened(directory.path());
    for (const char* id : {"aaaa", "bbbb", "cccc"}) ASSERT_TRUE(journal->append(small_record(id)));
  }
  const auto file = files(directory.path(), ".seg").at(0);
  auto bytes = contents(file);
  bytes.replace(bytes.find("bbbb"), 4, "bXbb");
  overwrite(file, bytes);
  Leftovers leftovers(directory.path());
  EXPECT_THAT(ids(leftovers.take(10)), ElementsAre("aaaa", "cccc"));
  leftovers.release();
  EXPECT_EQ(files(directory.path(), ".bad").size(), 1u);
}

TEST(Journal, SkipsATornTail) {
  TemporaryDirectory directory;
  {
    const auto journal = opened(directory.path());
    for (const char* id : {"aaaa", "bbbb"}) ASSERT_TRUE(journal->append(small_record(id)));
  }
  // As if the machine stopped in the middle of the second: its bytes are half there, the commit mark is before it.
  const auto file = files(directory.path(), ".seg").at(0);
  auto bytes = contents(file);
  const auto whole = *frame_at(std::as_bytes(std::span(bytes)), first_frame);
  const std::uint64_t end = whole.next;
  std::memcpy(bytes.data() + offsetof(SegmentHeader, committed), &end, sizeof end);
  bytes.replace(bytes.find("bbbb"), 4, std::string(4, '\0'));
  overwrite(file, bytes);
  Leftovers leftovers(directory.path());
  EXPECT_THAT(ids(leftovers.take(10)), ElementsAre("aaaa"));
  leftovers.release();
  EXPECT_THAT(files(directory.path(), ".bad"), IsEmpty());
}

TEST(Journal, SurvivesEveryOneByteDamageAndEveryTruncation) {
  TemporaryDirectory source;
  {
    const auto journal = opened(source.path());
    for (const char* id : {"aaaa", "bbbb", "cccc"}) ASSERT_TRUE(journal->append(small_record(id)));
  }
  auto bytes = contents(files(source.path(), ".seg").at(0));
  bytes.resize(2048);
  for (std::size_t at = 0; at < 1000; at += 13) {
    TemporaryDirectory directory;
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xFF);
    if (at % 2 == 1) damaged.resize(at);
    overwrite(directory / "0-1.seg", damaged);
    Leftovers leftovers(directory.path());
    EXPECT_LE(leftovers.take(100).size(), 3u);
    leftovers.release();
    EXPECT_THAT(leftovers.take(100), IsEmpty());
  }
}

TEST(Journal, LeavesForeignFilesAlone) {
  TemporaryDirectory directory;
  overwrite(directory / "notes.txt", "mine");
  overwrite(directory / "0-7.seg", "no segment");
  overwrite(directory / "0-8.seg", "");
  Leftovers leftovers(directory.path());
  EXPECT_THAT(leftovers.take(10), IsEmpty());
  leftovers.release();
  EXPECT_EQ(contents(directory / "notes.txt"), "mine");
  EXPECT_EQ(contents(directory / "0-7.seg.bad"), "no segment");
}

TEST(Journal, IsReadableByItsOwnerOnly) {
  TemporaryDirectory directory;
  const auto journal = opened(directory / "journal");
  struct stat info {};
  ASSERT_EQ(::stat((directory / "journal").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0700u);
  ASSERT_EQ(::stat(files(directory / "journal", ".seg").at(0).c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777u, 0600u);
}

TEST(Journal, RefusesADirectoryThatAnotherProcessHoldsAndSaysWhich) {
  TemporaryDirectory directory;
  const int holder = ::open((directory / "lock").c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(holder, LOCK_EX | LOCK_NB), 0);
  ASSERT_EQ(::write(holder, "4321", 4), 4);
  const auto journal = open_journal(directory.path(), 0);
  ASSERT_FALSE(journal);
  EXPECT_THAT(journal.error().message(), testing::AllOf(testing::HasSubstr("another gateway (process 4321)"),
                                                        testing::HasSubstr(directory.path().string())));
  ::close(holder);
}

TEST(Journal, OneThreadAppendsWhileAnotherTakes) {
  TemporaryDirectory directory;
  const auto journal = opened(directory.path());
  constexpr int count = 30'000;
  std::thread producer([&journal] {
    for (int i = 0; i < count; ++i)
      if (!journal->append(small_record("r" + std::to_string(i)))) return;
  });
  int next = 0;
  while (next < count) {
    const auto some = journal->take(100);
    for (const auto& r : some) ASSERT_EQ(r.id, "r" + std::to_string(next++));
    if (next % 3 == 0) journal->release();
    if (some.empty()) std::this_thread::yield();
  }
  producer.join();
}

// A child appends and confirms each record on a pipe, until it is killed at a moment of chance. Whatever it confirmed
// must be there afterwards, each record once.
TEST(Journal, LosesNothingConfirmedWhenTheProcessIsKilled) {
  std::mt19937 random(std::random_device{}());
  for (int round = 0; round < 10; ++round) {
    TemporaryDirectory directory;
    int confirmations[2];
    ASSERT_EQ(::pipe(confirmations), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto journal = open_journal(directory.path(), 0);
      for (std::uint32_t i = 0; journal; ++i) {
        if (!(*journal)->append(full_record("r" + std::to_string(i)))) ::_exit(1);
        if (::write(confirmations[1], &i, sizeof i) != sizeof i) ::_exit(1);
      }
      ::_exit(1);
    }
    ::close(confirmations[1]);
    const auto wanted = std::uniform_int_distribution<std::uint32_t>(0, 4000)(random);
    std::uint32_t last = 0, confirmed = 0;
    while (confirmed <= wanted && ::read(confirmations[0], &last, sizeof last) == sizeof last) ++confirmed;
    ::kill(child, SIGKILL);
    while (::read(confirmations[0], &last, sizeof last) == sizeof last) ++confirmed;
    ::close(confirmations[0]);
    ::waitpid(child, nullptr, 0);

    Leftovers leftovers(directory.path());
    std::uint32_t found = 0;
    for (auto some = leftovers.take(1000); !some.empty(); some = leftovers.take(1000))
      for (const auto& r : some) ASSERT_EQ(r.id, "r" + std::to_string(found++));
    EXPECT_GE(found, confirmed);
    EXPECT_LE(found, confirmed + 1);   // at most the one whose confirmation was not sent yet
  }
}

}  // namespace
}  // namespace sluice::store
