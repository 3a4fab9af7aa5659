#include <string>
#include <vector>

#include "sluice/app/command_line.hpp"

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  return sluice::app::run(arguments);
}
