#include "sluice/gateway/model_lists.hpp"

namespace sluice::gateway {

std::shared_ptr<const ListedModels> ModelLists::of(const std::string& provider, const std::string& base_url) const {
  std::lock_guard lock(x_mutex);
  const auto found = x_lists.find({provider, base_url});
  return found == x_lists.end() ? nullptr : found->second;
}

void ModelLists::put(const std::string& provider, const std::string& base_url, ListedModels models) {
  auto list = std::make_shared<const ListedModels>(std::move(models));
  std::lock_guard lock(x_mutex);
  // An entry has one address at a time: what an earlier one said goes.
  std::erase_if(x_lists, [&](const auto& one) { return one.first.first == provider; });
  x_lists[{provider, base_url}] = std::move(list);
}

}  // namespace sluice::gateway
