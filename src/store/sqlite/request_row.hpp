// A RequestRecord as a row of the table requests, and back.
#pragma once
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/store/records.hpp"
#include "sluice/store/store.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

extern const std::string_view insert_request;    // statement; a known id is left as it is
extern const std::string_view select_requests;   // all columns, up to and without WHERE

// Binds record after record to one statement of insert_request, whose texts live here until the next record. What a
// column has from the record before is left bound: most stay the same, and comparing is cheaper than binding.
class RequestBinder {
 public:
  void bind(Statement&, const RequestRecord&);

 private:
  struct Column { std::string text; std::int64_t number = 0; bool bound = false; };
  void text(Statement&, std::string_view value);
  void number(Statement&, std::int64_t value);

  std::array<Column, 41> x_columns;
  std::size_t x_at = 0;
  std::string x_attempts, x_tags;
};
LogRow read_request(const Statement&);           // of select_requests
// Every row of requests that came at `since_us` or later, in the order of writing.
Result<> read_rows(sqlite3* db, std::int64_t since_us, const std::function<void(const RequestRecord&)>& each);

std::string names_to_json(const std::vector<std::string>&);
std::vector<std::string> names_from_json(const std::string&);   // anything else than a list of strings: empty

}  // namespace sluice::store
