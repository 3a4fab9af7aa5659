// Durable state: the request log, the ledger and the counters kept with it, and the virtual keys made at run time.
// Synchronous; an instance is used by one thread at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sluice/base/result.hpp"
#include "sluice/store/administration.hpp"
#include "sluice/store/audit.hpp"
#include "sluice/store/counters.hpp"
#include "sluice/store/records.hpp"
#include "sluice/store/spend.hpp"

namespace sluice::store {

// A virtual key as kept: never its text, only the SHA-256 of it.
struct StoredKey {
  std::string id;
  std::string sha256;               // 32 raw bytes
  std::string hint;                 // last four characters, to recognise it by
  std::string account, team;        // account empty: the only one
  std::vector<std::string> models;  // patterns; empty: all
  bool enabled = true;
  std::optional<std::int64_t> expires_at;   // Unix seconds
  std::int64_t created_at = 0;
  bool from_config = false;  // made at first start for a key of the YAML that has none: its settings come from there
  std::string settings = "{}";       // JSON: what else the configuration may say of a key, in its words
  std::string previous_sha256;       // of the text before the last rotation; empty: none
  std::int64_t previous_until = 0;   // Unix seconds: until when that one works too
};

// `model` may have '*' in it. `request_id` may be the end of one, at least six characters of it.
struct LogQuery {
  std::optional<std::string> key_id{}, model{}, provider{}, account{}, request_id{};
  std::optional<int> status{};
  bool errors_only = false;
  std::optional<std::int64_t> since_us{}, until_us{};
  std::int64_t after_row = 0;       // rows with a greater row number, for following
  std::size_t limit = 100;
  bool newest_first = true;         // by arrival; otherwise the oldest first, by row number
  bool by_row = false;              // newest_first by row number: in the order of writing
};
struct LogRow { std::int64_t row = 0; RequestRecord record; };

class Store {
 public:
  virtual ~Store() = default;
  // One transaction. A record that is over becomes a row and is added to the ledger and to the counters that it charges;
  // one whose id is known is left as it is, and nothing of it is added. An `open` one is kept aside until its end comes,
  // in this span or in a later one.
  virtual Result<> write(std::span<const RequestRecord>) = 0;
  // At start only: every record still open becomes a row with status 0 and the error "interrupted", cost and charges as
  // reserved. Returns how many.
  virtual Result<std::int64_t> settle_interrupted() = 0;

  // The counters in force from now on. One that was not before gets the values of its `periods` from the ledger, where
  // a slot that reaches into a period counts whole; records in the journal are not in the ledger yet, so flush first.
  // One that is no longer among them keeps its values as history. Cheap when nothing changes.
  virtual Result<> declare(std::span<const Declaration>) = 0;
  virtual Result<std::vector<CounterValue>> counter_values(std::int64_t since) = 0;   // of periods that begin then or later
  virtual Result<std::vector<SpendRow>> spend(const SpendQuery&) = 0;   // by time, then the dearest first
  virtual Result<Audit> audit(const PeriodEnd&) = 0;                    // one read transaction: right beside a gateway

  virtual Result<std::vector<LogRow>> find(const LogQuery&) = 0;
  virtual Result<std::vector<StoredKey>> keys() = 0;                   // by id
  virtual Result<std::optional<StoredKey>> key(const std::string& id) = 0;
  virtual Result<> add_key(const StoredKey&) = 0;                      // refuses an id or hash that exists
  virtual Result<> replace_key(const StoredKey&) = 0;                  // rotate, enable, disable: by id
  virtual Result<bool> remove_key(const std::string& id) = 0;
  virtual Result<std::int64_t> change_counter() = 0;                   // differs after another process changed the file
  // Deletes log rows older than that, `most` a call, and values of counters older than 400 days but for each one's last.
  // The ledger stays.
  virtual Result<std::int64_t> expire(std::int64_t before_us, std::size_t most) = 0;

  virtual Result<std::vector<Entity>> entities() = 0;                  // by kind and id
  virtual Result<std::vector<AdminToken>> tokens() = 0;                // by id
  virtual Result<> apply(const Change&) = 0;                           // one transaction
  virtual Result<std::vector<LoggedChange>> changes(const ChangeQuery&) = 0;   // newest first
  virtual void idle() {}   // nothing has been written for a while: a good moment for housekeeping
};

// Creates the file (mode 0600) and its directory when missing, migrates it. `read_only` for `sluice logs`.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, bool read_only = false);

}  // namespace sluice::store
