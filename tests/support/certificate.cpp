#include "support/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

namespace sluice::test {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const { Free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("certificate: ") + what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "key");
  return key;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(bio.get(), certificate) == 1, "write certificate");
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "write key");
  return text_of(bio.get());
}

void extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  require(extension != nullptr, "extension");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509Ptr blank(EVP_PKEY* key, const std::string& common_name, Validity validity) {
  static std::atomic<long> serial{1};
  constexpr long day = 24 * 60 * 60;
  X509Ptr made(X509_new());
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial.fetch_add(1) + static_cast<long>(getpid()) * 1000);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -10 * day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), validity == Validity::expired ? -day : 10 * day);
  X509_set_pubkey(made.get(), key);
  const auto* name = reinterpret_cast<const unsigned char*>(common_name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, name, -1, -1, 0);
  return made;
}

bool is_address(const std::string& name) {
  ASN1_OCTET_STRING* parsed = a2i_IPADDRESS(name.c_str());
  ASN1_OCTET_STRING_free(parsed);
  return parsed != nullptr;
}

}  // namespace

Certificate make_certificate(const std::vector<std::string>& names, Validity validity) {
  const Key authority_key = make_key();
  const X509Ptr authority = blank(authority_key.get(), "Test authority", Validity::current);
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  extend(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(authority.get(), authority_key.get(), EVP_sha256()) > 0, "sign authority");

  const Key key = make_key();
  const X509Ptr leaf = blank(key.get(), names.at(0), validity);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(authority.get()));
  std::string alternatives;
  for (const std::string& name : names) {
    if (!alternatives.empty()) alternatives += ',';
    alternatives += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  extend(leaf.get(), authority.get(), NID_subject_alt_name, alternatives);
  extend(leaf.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
  require(X509_sign(leaf.get(), authority_key.get(), EVP_sha256()) > 0, "sign leaf");

  Certificate made;
  made.authority = pem_of(authority.get());
  made.leaf = pem_of(leaf.get()) + made.authority;
  made.key = pem_of(key.get());
  return made;
}

TempFile::TempFile(const std::string& contents) {
  x_path = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
  const int file = mkstemp(x_path.data());
  require(file >= 0, "temporary file");
  require(write(file, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()), "write file");
  close(file);
}

TempFile::~TempFile() { unlink(x_path.c_str()); }

}  // namespace sluice::test
