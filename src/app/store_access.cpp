#include "app/store_access.hpp"

#include <algorithm>
#include <charconv>

#include "sluice/app/command_line.hpp"
#include "sluice/base/time.hpp"
#include "sluice/config/load.hpp"

namespace sluice::app {

bool Flagged::has(std::string_view flag) const { return std::find(flags.begin(), flags.end(), flag) != flags.end(); }

Flagged read_flagged(std::span<const std::string> arguments, std::span<const std::string_view> with_value,
                     std::span<const std::string_view> flags) {
  const auto among = [](std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  Flagged result;
  std::vector<std::string> others;
  std::optional<std::string> missing;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (among(flags, arguments[i])) {
      result.flags.push_back(arguments[i]);
      continue;
    }
    others.push_back(arguments[i]);
    if (!among(with_value, arguments[i]) || i + 1 == arguments.size()) continue;
    if (arguments[i + 1].starts_with("--")) missing = "option '" + arguments[i] + "' needs a value";
    others.push_back(arguments[++i]);
  }
  result.options = read_options(others, with_value);
  if (missing) result.options.problem = missing;
  return result;
}

std::optional<std::int64_t> parse_span(std::string_view text) {
  std::int64_t count = 0;
  const auto [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::int64_t most = 1'000'000'000;
  if (failed != std::errc{} || stop + 1 != text.data() + text.size() || count <= 0 || count > most) return std::nullopt;
  switch (*stop) {
    case 's': return count;
    case 'm': return count * 60;
    case 'h': return count * 3600;
    case 'd': return count * 86400;
    case 'w': return count * 7 * 86400;
    default: return std::nullopt;
  }
}

std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now, int direction) {
  if (const auto span = parse_span(text)) return now + direction * *span;
  return parse_rfc3339(text);
}

std::variant<Opened, Refusal> open_store(const Options& options, bool read_only) {
  const auto* given = options.value("--config");
  const auto file = given != nullptr ? *given : default_config();
  auto loaded = config::load_file(file, config::process_environment());
  if (const auto* problems = std::get_if<std::vector<config::Problem>>(&loaded))
    return Refusal{1, config::format(*problems)};
  auto& config = std::get<config::Loaded>(loaded).config;
  auto store = store::open_sqlite(config.store.path, read_only);
  if (!store) return Refusal{2, store.error().message() + "\n"};
  return Opened{std::move(config), std::move(*store)};
}

}  // namespace sluice::app
