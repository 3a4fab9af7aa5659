#include "sluice/store/journal.hpp"

#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#include "store/journal_directory.hpp"
#include "store/record_codec.hpp"
#include "store/segment.hpp"

namespace sluice::store {
namespace {

class MappedJournal final : public Journal {
 public:
  MappedJournal(std::shared_ptr<JournalDirectory> directory, unsigned worker, std::unique_ptr<Segment> first)
      : x_directory(std::move(directory)),
        x_worker(worker),
        x_writing(first.get()) {
    x_live.push_back(std::move(first));
  }
  ~MappedJournal() override { remove_if_empty(); }

  Result<> append(const RequestRecord& record) override {
    const auto size = encoded_size(record);
    std::byte* place = x_writing->reserve(size);
    if (place == nullptr) {
      auto turned = next_segment();
      if (!turned) return turned;
      place = x_writing->reserve(size);
    }
    encode(record, place);
    x_writing->commit(size);
    return {};
  }

  Result<> ready() override {
    if (!x_writing->half_full() || x_spare_made.load(std::memory_order_acquire)) return {};
    return make_spare();
  }

  std::vector<RequestRecord> take(std::size_t most) override {
    std::vector<RequestRecord> out;
    Segment* segment = current();
    while (out.size() < most) {
      const auto frame = segment->frame(x_read);
      if (frame) {
        x_read = frame->next;
        if (auto record = decode(frame->payload)) out.push_back(std::move(*record));
      } else if (Segment* following = after_current(*segment)) {
        segment = following;
      } else {
        break;
      }
    }
    return out;
  }

  void release() override {
    for (const auto& segment : x_done) segment->remove_file();
    x_done.clear();
    Segment* segment = current();
    segment->set_consumed(x_read);
    if (segment->half_full()) prepare_spare();
  }

 private:
  // Producer: the segment is full.
  Result<> next_segment() {
    std::unique_ptr<Segment> next;
    {
      const std::lock_guard guard(x_mutex);
      next = std::move(x_spare);
      x_spare_made.store(false, std::memory_order_relaxed);
    }
    if (!next) {
      auto made = Segment::create(x_directory->next_file(x_worker));
      if (!made) return std::move(made).error();
      next = std::move(*made);
    }
    x_writing = next.get();
    const std::lock_guard guard(x_mutex);
    x_live.push_back(std::move(next));
    return {};
  }

  // Consumer: the oldest live segment.
  Segment* current() {
    const std::lock_guard guard(x_mutex);
    return x_live.front().get();
  }

  // Consumer: the segment to go on with after everything in `segment` was read; nullptr: it is still the last one, or
  // the producer added to it before it turned to the next.
  Segment* after_current(Segment& segment) {
    const std::lock_guard guard(x_mutex);
    if (x_live.size() < 2) return nullptr;
    if (segment.committed() > x_read && segment.frame(x_read)) return &segment;
    x_done.push_back(std::move(x_live.front()));
    x_live.pop_front();
    x_read = first_frame;
    return x_live.front().get();
  }

  // Consumer: makes the next file before the producer needs it.
  void prepare_spare() {
    {
      const std::lock_guard guard(x_mutex);
      if (x_spare || x_live.size() > 1) return;
    }
    const auto made = make_spare();
    (void)made;   // a full disk: the producer tries for itself, and tells
  }

  Result<> make_spare() {
    auto made = Segment::create(x_directory->next_file(x_worker));
    if (!made) return std::move(made).error();
    {
      const std::lock_guard guard(x_mutex);
      if (!x_spare) x_spare.swap(*made);
      x_spare_made.store(true, std::memory_order_release);
    }
    if (*made) (*made)->remove_file();   // both sides made one at the same moment
    return {};
  }

  void remove_if_empty() {
    if (x_spare) x_spare->remove_file();
    const bool all_read = x_live.size() == 1 && x_done.empty() && x_live.front()->committed() == x_read;
    if (all_read && x_live.front()->consumed() == x_read) x_live.front()->remove_file();
  }

  const std::shared_ptr<JournalDirectory> x_directory;
  const unsigned x_worker;
  Segment* x_writing;                               // producer
  std::size_t x_read = first_frame;                 // consumer: position in the oldest live segment
  std::vector<std::unique_ptr<Segment>> x_done;     // consumer: read to the end, not yet released
  std::mutex x_mutex;                               // for the two below
  std::deque<std::unique_ptr<Segment>> x_live;      // oldest first; the last is being written
  std::unique_ptr<Segment> x_spare;
  std::atomic<bool> x_spare_made{false};            // there is a spare: asked for without the lock
};

}  // namespace

Result<std::unique_ptr<Journal>> open_journal(const std::filesystem::path& directory, unsigned index) {
  auto shared = JournalDirectory::open(directory);
  if (!shared) return std::move(shared).error();
  auto first = Segment::create((*shared)->next_file(index));
  if (!first) return std::move(first).error();
  return std::unique_ptr<Journal>(std::make_unique<MappedJournal>(std::move(*shared), index, std::move(*first)));
}

}  // namespace sluice::store
