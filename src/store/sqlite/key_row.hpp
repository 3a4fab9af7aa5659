// A StoredKey as a row of the table virtual_keys, and back.
#pragma once
#include <string>
#include <string_view>

#include "sluice/store/store.hpp"
#include "store/sqlite/statement.hpp"

namespace sluice::store {

extern const std::string_view insert_key, update_key, select_keys, select_key;   // select_key: by id

// For insert_key and update_key; `models` is filled and must live until the statement was stepped.
void bind_key(Statement&, const StoredKey&, std::string& models);
StoredKey read_key(const Statement&);

}  // namespace sluice::store
