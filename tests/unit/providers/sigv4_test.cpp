// Signature Version 4 against AWS's own published vectors (aws-sig-v4-test-suite) and against what botocore 1.44 signs.
#include <gtest/gtest.h>

#include "sluice/providers/sigv4.hpp"

namespace sluice::providers {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

const AwsCredentials example{"AKIDEXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}};

std::string header(const std::vector<std::pair<std::string, std::string>>& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

struct Vector {
  std::string_view name, method, target;
  Headers headers;
  std::string_view body, token, signed_headers, signature;
};

constexpr std::string_view unreserved = "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
                                        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// Region us-east-1, service "service", 30 August 2015 12:36:00 UTC.
const std::vector<Vector> suite = {
    {"get-vanilla", "GET", "/", {}, "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-with-session-token", "GET", "/", {}, "", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267",
     "host;x-amz-date;x-amz-security-token", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
    {"get-vanilla-empty-query-key", "GET", "/?Param1=value1", {}, "", "", "host;x-amz-date",
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {"get-vanilla-query-order-key", "GET", "/?Param1=value2&Param1=Value1", {}, "", "", "host;x-amz-date",
     "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
    {"get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", {}, "", "", "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-query-order-value", "GET", "/?Param1=value2&Param1=value1", {}, "", "", "host;x-amz-date",
     "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
    {"get-vanilla-query-order-encoded", "GET", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", {}, "", "", "host;x-amz-date",
     "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
    {"get-vanilla-query-unreserved", "GET", unreserved, {}, "", "", "host;x-amz-date",
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"get-vanilla-utf8-query", "GET", "/?\u1234=bar", {}, "", "", "host;x-amz-date",
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {}, "", "", "host;x-amz-date",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-utf8", "GET", "/\u1234", {}, "", "", "host;x-amz-date", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-space", "GET", "/example space/", {}, "", "", "host;x-amz-date",
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    // normalize-path: each stands for a plain "/", whose signature is that of get-vanilla.
    {"get-relative", "GET", "/example/..", {}, "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-relative-relative", "GET", "/example1/example2/../..", {}, "", "", "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash", "GET", "//", {}, "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-dot-slash", "GET", "/./", {}, "", "", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-header-key-duplicate", "GET", "/", {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}, "", "",
     "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-order", "GET", "/",
     {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"}, {"My-Header1", "value2"}}, "", "",
     "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"get-header-value-trim", "GET", "/", {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}, "", "",
     "host;my-header1;my-header2;x-amz-date", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"post-vanilla", "POST", "/", {}, "", "", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-vanilla-query", "POST", "/?Param1=value1", {}, "", "", "host;x-amz-date",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"post-header-key-sort", "POST", "/", {{"My-Header1", "value1"}}, "", "", "host;my-header1;x-amz-date",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-x-www-form-urlencoded", "POST", "/", {{"Content-Type", "application/x-www-form-urlencoded"}}, "Param1=value1", "",
     "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
};

TEST(SigV4, AgreesWithTheTestSuiteOfAws) {
  for (const Vector& vector : suite) {
    SCOPED_TRACE(vector.name);
    AwsCredentials credentials = example;
    credentials.session_token = Secret(std::string(vector.token));
    const std::size_t mark = std::min(vector.target.find('?'), vector.target.size());
    SigningRequest request;
    request.method = vector.method;
    request.host = "example.amazonaws.com";
    request.path = vector.target.substr(0, mark);
    request.query = vector.target.substr(std::min(mark + 1, vector.target.size()));
    request.headers = vector.headers;
    const std::string hash = hex_sha256(vector.body);
    request.body_sha256 = hash;
    request.region = "us-east-1";
    request.service = "service";
    request.unix_seconds = 1440938160;
    const auto signed_request = sign(request, credentials);
    EXPECT_EQ(header(signed_request, "X-Amz-Date"), "20150830T123600Z");
    EXPECT_EQ(header(signed_request, "X-Amz-Security-Token"), vector.token);
    EXPECT_EQ(signed_request.size(), vector.token.empty() ? 2u : 3u);
    EXPECT_EQ(header(signed_request, "Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" +
                  std::string(vector.signed_headers) + ", Signature=" + std::string(vector.signature));
  }
}

struct Signed { std::string_view host, region, path, body, token, signature; };

// Made by botocore.auth.SigV4Auth at 2026-03-01 04:05:06 UTC for service "bedrock" with a JSON body: model ids with ':'
// and '/' in the path, a session token, text beyond ASCII, a port, no body.
const std::vector<Signed> botocore = {
    {"bedrock-runtime.us-east-1.amazonaws.com", "us-east-1", "/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse",
     R"({"messages":[]})", "", "107e710c3216ed4cce5aca536eb4d055841187e1e65d2c8c7504c7f8f0090ebc"},
    {"bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1", "/model/us.amazon.nova-2-lite-v1%3A0/converse-stream",
     R"({"messages":[{"role":"user","content":[{"text":"héllo"}]}]})", "IQoJb3JpZ2luX2VjEXAMPLE//token==",
     "0d86210a6a70e7bb8a982b255f28aba3218d66890f9638ca83bd7bab6f697b5b"},
    {"bedrock-runtime.us-west-2.amazonaws.com", "us-west-2",
     "/model/arn%3Aaws%3Abedrock%3Aus-west-2%3A123456789012%3Aapplication-inference-profile%2Fabc/invoke", R"({"inputText":"x"})", "",
     "d5a9ea416529dc0e996cb90b11a8bf499fd48429cee0245d6dc91e65fbc84b30"},
    {"localhost:4566", "us-east-1", "/model/m/count-tokens", "", "", "4af63044d7162ba8f322b8db0182392767d434bbc0b7276f04652b44d743048c"},
};

TEST(SigV4, AgreesWithBotocoreOnBedrocksPaths) {
  for (const Signed& expected : botocore) {
    AwsCredentials credentials = example;
    credentials.session_token = Secret(std::string(expected.token));
    const std::string hash = hex_sha256(expected.body);
    const SigningRequest request{"POST", expected.host, expected.path, "", {{"content-type", "application/json"}}, hash,
                                 expected.region, "bedrock", 1772337906};
    const std::string authorization = header(sign(request, credentials), "Authorization");
    EXPECT_TRUE(authorization.ends_with(", Signature=" + std::string(expected.signature))) << expected.path << "\n" << authorization;
  }
}

TEST(SigV4, HashesWhatIsSent) {
  EXPECT_EQ(hex_sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_sha256("Param1=value1"), "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e");
}

}  // namespace
}  // namespace sluice::providers
