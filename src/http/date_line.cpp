#include "http/date_line.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace sluice::http {

std::string_view date_line() {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::time_t made = 0;
  thread_local std::size_t size = 0;
  thread_local std::array<char, 64> line;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm utc{};
    gmtime_r(&now, &utc);
    const int n = std::snprintf(line.data(), line.size(), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                days[utc.tm_wday], utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour,
                                utc.tm_min, utc.tm_sec);
    size = n > 0 ? static_cast<std::size_t>(n) : 0;
    made = now;
  }
  return {line.data(), size};
}

}  // namespace sluice::http
