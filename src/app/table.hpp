// Text in columns for a terminal: as wide as its widest cell, without anything that could steer the terminal.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sluice::app {

// Printable text: control characters and bytes that are no UTF-8 become '?'. Log contents come from strangers.
std::string printable(std::string_view text);
std::size_t width(std::string_view utf8);                        // in characters
// Exactly `columns` wide: filled with spaces (in front if `right`), or cut with '…'.
std::string fitted(std::string_view text, std::size_t columns, bool right = false);

class Table {
 public:
  explicit Table(std::vector<std::string> head) : x_rows{std::move(head)} {}
  void add(std::vector<std::string> cells);                      // as many as the head has; empty ones are shown as '-'
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> x_rows;
};

}  // namespace sluice::app
