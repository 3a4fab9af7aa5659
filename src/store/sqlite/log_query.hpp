// A LogQuery as a SELECT: which conditions the text has depends on the query, its values are always bound.
#pragma once
#include <string>

#include "sluice/store/store.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

// Our patterns know only '*'; SQLite's GLOB also '?' and '['.
std::string as_glob(const std::string& pattern);

class LogSelect {
 public:
  explicit LogSelect(const LogQuery& query);     // the query must outlive this
  const std::string& sql() const { return x_sql; }
  void bind(Statement&) const;                   // this must outlive the stepping

 private:
  const LogQuery& x_query;
  std::string x_sql, x_model_pattern;
};

}  // namespace sluice::store
