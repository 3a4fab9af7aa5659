// Certificates made at run time, so that no key ever lies in the repository: a certificate authority of its own and a
// leaf for the given names, as PEM.
#pragma once
#include <string>
#include <vector>

namespace sluice::test {

struct Certificate {
  std::string authority;   // PEM: what a client has to trust
  std::string leaf;        // PEM: the server's certificate, followed by the authority's
  std::string key;         // PEM: the leaf's private key
};

enum class Validity { current, expired };

// `names` are host names or IP addresses; the first is also the common name.
Certificate make_certificate(const std::vector<std::string>& names, Validity validity = Validity::current);

// A file that holds `contents` as long as this lives.
class TempFile final {
 public:
  explicit TempFile(const std::string& contents);
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  const std::string& path() const { return x_path; }

 private:
  std::string x_path;
};

}  // namespace sluice::test
