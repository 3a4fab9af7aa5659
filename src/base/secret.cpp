#include "sluice/base/secret.hpp"

#include <openssl/crypto.h>

namespace sluice {

Secret::~Secret() { OPENSSL_cleanse(x_value.data(), x_value.size()); }

}  // namespace sluice
