// An open record as the row of a request that never ended, because the process did.
#pragma once
#include "sluice/store/records.hpp"

namespace sluice::store {

inline RequestRecord interrupted(RequestRecord record) {
  record.open = false;
  record.status = 0;
  record.error = "interrupted";
  record.error_message =
      "The gateway was stopped while this request was under way; what it may have cost at most is booked.";
  record.usage.estimated = true;
  return record;
}

}  // namespace sluice::store
