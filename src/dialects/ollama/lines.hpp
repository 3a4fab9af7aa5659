// Cuts newline-delimited JSON into its lines. No I/O. Any split of the bytes gives the same lines; one that lies whole in
// one piece is not copied. Bounded memory: a line longer than the limit is told as oversized and not kept.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::dialects::ollama {

// Views are valid during the call only. Empty lines are not told.
class LineSink {
 public:
  virtual void line(std::string_view text) = 0;
  virtual void oversized() = 0;

 protected:
  ~LineSink() = default;
};

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t most) : x_most(most) {}
  void feed(std::string_view bytes, LineSink& sink);
  void finish(LineSink& sink);   // the last line may lack its end

 private:
  void keep(std::string_view piece);
  void end(LineSink& sink);

  std::size_t x_most;
  std::string x_line;
  bool x_oversized = false;
};

// A recording proxy that keeps HTTP's chunk framing in the body (Go's httprr does) leaves the chunks' sizes, in
// hexadecimal, on lines of their own: no JSON object, and nothing of the answer.
bool is_chunk_size(std::string_view line);
// A whole body without such lines around it.
std::string_view without_chunk_sizes(std::string_view body);

}  // namespace sluice::dialects::ollama
