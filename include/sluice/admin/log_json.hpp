// One logged request as JSON, for the API and `sluice logs --json`. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "sluice/store/records.hpp"

namespace sluice::admin {

nlohmann::ordered_json log_json(const store::RequestRecord&);

// What the row cost, if that can be said: attempts that failed may have been booked though no answer was priced.
bool cost_known(const store::RequestRecord&);

}  // namespace sluice::admin
