#include "app/price_lists.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "sluice/base/time.hpp"
#include "sluice/pricing/price_list.hpp"

namespace sluice::app {

Result<PriceList> admit_price_list(const std::string& fetched, const pricing::PriceTable& in_force, std::int64_t now) {
  constexpr std::size_t date = 10;
  auto list = pricing::read_price_list(fetched, format_rfc3339(now).substr(0, date));
  if (!list) return std::move(list).error();
  auto checked = in_force.may_be_followed_by(*list, now);
  if (!checked) return std::move(checked).error();
  return std::make_shared<const std::string>(*std::move(list));
}

Result<> keep_price_list(const std::filesystem::path& file, const std::string& list) {
  const std::string fresh = file.string() + ".new";
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << list;
  out.close();
  if (!out || std::rename(fresh.c_str(), file.c_str()) != 0) return Error(Code::internal, "cannot write " + file.string());
  return {};
}

Result<PriceList> kept_price_list(const std::filesystem::path& file, std::int64_t& kept_at) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return PriceList();
  std::ifstream in(file, std::ios::binary);
  const std::string list{std::istreambuf_iterator<char>(in), {}};
  if (list.empty()) return Error(Code::internal, file.string() + " is empty");
  auto table = pricing::PriceTable::build(pricing::PriceTable::built_in_models(), {}, list);
  if (!table) return Error(Code::internal, file.string() + " cannot be used: " + table.error().message());
  kept_at = found.st_mtim.tv_sec;
  return std::make_shared<const std::string>(list);
}

}  // namespace sluice::app
