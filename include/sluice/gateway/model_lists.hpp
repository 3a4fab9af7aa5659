// What providers say of their own models, kept by provider entry. It survives reloads, and the last good list stays
// when a later one cannot be had. Any thread.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::gateway {

struct ListedModel {
  std::string id, display_name;                           // display_name may be empty
  std::int64_t created = 0, context = 0, max_output = 0;  // Unix seconds, tokens; 0: not told
};
using ListedModels = std::vector<ListedModel>;            // sorted by id, each once

class ModelLists {
 public:
  // `provider`: the entry's id; `base_url`: another address makes another list. nullptr: none was had yet.
  std::shared_ptr<const ListedModels> of(const std::string& provider, const std::string& base_url) const;
  void put(const std::string& provider, const std::string& base_url, ListedModels models);

 private:
  mutable std::mutex x_mutex;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const ListedModels>> x_lists;
};

}  // namespace sluice::gateway
