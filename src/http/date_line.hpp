// "Date: …\r\n" for answers (RFC 9110 6.6.1), made once a second and thread.
#pragma once
#include <string_view>

namespace sluice::http {

// Valid until the thread's next call.
std::string_view date_line();

}  // namespace sluice::http
