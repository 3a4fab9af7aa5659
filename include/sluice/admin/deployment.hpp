// What administration works on: the gateway around it. All but flush() and reload() are called on the administering thread,
// with hold() held where they belong to a change.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/admin/kept.hpp"
#include "sluice/base/result.hpp"
#include "sluice/config/config.hpp"
#include "sluice/config/load.hpp"
#include "sluice/gateway/snapshot.hpp"
#include "sluice/store/store.hpp"

namespace sluice::admin {

class Deployment {
 public:
  virtual ~Deployment() = default;

  // While it is held, nothing else changes what is in force.
  virtual std::shared_ptr<void> hold() = 0;
  virtual store::Store& store() = 0;                                   // the administering thread's own
  virtual std::shared_ptr<const config::Config> declared() = 0;        // what the configuration file says
  virtual std::shared_ptr<const gateway::Snapshot> in_force() = 0;
  virtual gateway::Memory& memory() = 0;
  // A change has been written: `whole`, as it was checked before, counts from now on.
  virtual Result<> put_in_force(Whole whole) = 0;
  virtual bool flush() = 0;                                            // all that has been settled is in the store

  // Reads the configuration file again; what it warns of. Without hold().
  virtual Result<std::vector<std::string>> reload() = 0;
  // What would become of this text in the place of the configuration file.
  virtual config::LoadResult read(std::string_view yaml) = 0;
};

}  // namespace sluice::admin
