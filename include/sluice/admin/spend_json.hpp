// The ledger's answers as JSON, for the API and the command line. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "sluice/base/result.hpp"
#include "sluice/store/spend.hpp"

namespace sluice::admin {

// "key,model,day" into the query. Refuses (bad_request) what cannot be told apart.
Result<> group_spend(store::SpendQuery& query, std::string_view list);
std::string_view name_of(store::SpendQuery::By by);
const std::string& value_of(const store::SpendRow& row, store::SpendQuery::By by);

// Money as integer nano-dollars and as a decimal string of dollars.
nlohmann::ordered_json sums_json(const store::SpendSums& sums);
nlohmann::ordered_json spend_json(const store::SpendRow& row, const store::SpendQuery& query);

}  // namespace sluice::admin
