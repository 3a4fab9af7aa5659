// What one request holds of its limits while it is under way. Owned by the request, used by its worker's thread. Whatever
// becomes of it: when this goes, nothing is held any more.
#pragma once
#include <boost/container/small_vector.hpp>
#include <cstdint>

#include "sluice/governance/demand.hpp"
#include "sluice/governance/scope.hpp"
#include "sluice/store/records.hpp"

namespace sluice::governance {

class Book;

// The scopes a request counts in, in the order in which they are looked at: customer, team, key, key at the provider,
// target, tags. Each once.
using Chain = boost::container::small_vector<Scope*, 8>;

class Hold {
 public:
  Hold() = default;
  ~Hold();
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

  bool empty() const { return x_entries.empty(); }
  // The attempt under way has come to this much. What is held for it is given back and what it used is booked.
  void settle(const Used& used, Moment now);
  // The request is over, its last attempt settled: its places among those at once are free.
  void finish();
  // What the request adds to the counters that the store keeps: what its attempts have used, and for the one under way
  // what is held, of money `worst`.
  void charges(std::vector<store::Charge>& out, std::int64_t worst = 0) const;
  // An answer under way will have so many tokens: reserves for them where less was. False: there is no money for it, and a
  // budget says that it stops then.
  bool grow(std::int64_t output_tokens);
  // Of hard budgets, for the attempt under way: what the tightest of them has set aside. 0: none applies.
  std::int64_t money() const;
  bool counts_in(const Tally& tally) const;
  bool measures() const;                     // money or tokens: what the attempt comes to matters to some limit
  bool grows() const { return x_grows; }     // some budget reserved less than the answer may come to
  bool stops() const { return x_stops; }     // and ends it when the money does
  bool learns() const { return x_learns; }   // some budget goes by how long answers are

 private:
  friend class Book;
  struct Entry {
    Scope* scope;
    Tally* tally;
    std::int64_t held = 0, period = 0, used = 0;   // period: of a rate, which taking it was
    bool open = true;        // of the attempt under way, or (requests, slots) of the request
  };
  template <class Each> void each_locked(Each each);
  void begin(Book& book, const Demand& demand, Moment now);    // an attempt
  void add(Scope& scope, Tally& tally, Moment now);            // with the scope locked

  Book* x_book = nullptr;
  boost::container::small_vector<Entry, 16> x_entries;
  Demand x_demand;           // of the attempt under way; its views are not read
  Moment x_began;            // the attempt
  bool x_grows = false, x_stops = false, x_learns = false;
};

}  // namespace sluice::governance
