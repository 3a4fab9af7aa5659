// A RequestRecord as a row of the table requests, and back.
#pragma once
#include <string>
#include <vector>

#include "sluice/store/records.hpp"
#include "sluice/store/store.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

extern const std::string_view insert_request;    // statement; a known id is left as it is
extern const std::string_view select_requests;   // all columns, up to and without WHERE

// JSON texts of the columns that hold lists; must live until the statement was stepped.
struct RowTexts { std::string attempts, dropped; };
void bind_request(Statement&, const RequestRecord&, RowTexts&);
LogRow read_request(const Statement&);           // of select_requests

std::string names_to_json(const std::vector<std::string>&);
std::vector<std::string> names_from_json(const std::string&);   // anything else than a list of strings: empty

}  // namespace sluice::store
