#include <algorithm>

#include "config/reading.hpp"

namespace sluice::config {

void Findings::problem(const std::string& path, Mark mark, std::string message) {
  x_broken.insert(path);
  x_problems.push_back({x_file, mark.line, mark.column, path, std::move(message)});
}

void Findings::warning(const std::string& path, Mark mark, std::string message) {
  x_warnings.push_back({x_file, mark.line, mark.column, path, std::move(message)});
}

void Findings::problem(const std::string& path, std::string message) {
  if (!x_broken.contains(path)) problem(path, where(path), std::move(message));
}

void Findings::warning(const std::string& path, std::string message) { warning(path, where(path), std::move(message)); }

bool Findings::broken(const std::string& path) const {
  if (path.empty()) return !x_broken.empty();
  const auto found = x_broken.lower_bound(path);
  if (found == x_broken.end() || !found->starts_with(path)) return false;
  if (found->size() == path.size()) return true;
  return std::any_of(found, x_broken.end(), [&](const std::string& inner) {
    return inner.starts_with(path) && inner.size() > path.size() &&
           (inner[path.size()] == '.' || inner[path.size()] == '[');
  });
}

Mark Findings::where(std::string path) const {
  while (true) {
    const auto found = x_places.find(path);
    if (found != x_places.end()) return found->second;
    const auto cut = path.find_last_of(".[");
    if (path.empty()) return {1, 1};
    path.resize(cut == std::string::npos ? 0 : cut);
  }
}

namespace {
std::vector<Problem> sorted(std::vector<Problem> problems) {
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return problems;
}
}  // namespace

std::vector<Problem> Findings::take_problems() { return sorted(std::move(x_problems)); }
std::vector<Problem> Findings::take_warnings() { return sorted(std::move(x_warnings)); }

std::string format(const std::vector<Problem>& problems) {
  std::string out;
  for (const auto& problem : problems) {
    out.append(problem.file);
    if (problem.line > 0) out.append(":" + std::to_string(problem.line) + ":" + std::to_string(problem.column));
    if (!problem.path.empty()) out.append(": " + problem.path);
    out.append(": " + problem.message + "\n");
  }
  return out;
}

}  // namespace sluice::config
