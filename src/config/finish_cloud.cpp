// Cloud platforms: where they are reached and by what authority, from the file and from the variables that their own
// SDKs read.
#include <algorithm>

#include "config/addresses.hpp"
#include "config/cloud_access.hpp"
#include "config/finishing.hpp"

namespace sluice::config {
namespace {

// The first of the variables that is set, if nothing is written.
void take_first(std::string& out, std::initializer_list<std::string_view> names, const Findings& findings) {
  for (const std::string_view name : names) {
    if (!out.empty()) return;
    out = variable(findings, name).value_or(std::string());
  }
}

bool word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; });
}

void take_address(ProviderDraft& draft, std::string_view name, const Findings& findings, Findings& problems) {
  if (draft.base_url_given) return;
  const auto value = variable(findings, name);
  if (!value) return;
  auto url = parse_base_url(*value);
  if (url) draft.provider.base_url = *std::move(url);
  else problems.problem(draft.path, "the environment variable " + std::string(name) + " " + url.error().message());
}

// https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations; multi-regions have addresses of another form.
std::string vertex_address(const std::string& region) {
  if (region == "global") return "https://aiplatform.googleapis.com";
  if (region == "us" || region == "eu") return "https://aiplatform." + region + ".rep.googleapis.com";
  return "https://" + region + "-aiplatform.googleapis.com";
}

void finish_vertex(ProviderDraft& draft, Findings& findings) {
  Provider& provider = draft.provider;
  const bool project_written = !provider.project.empty();
  // No variable: GOOGLE_API_KEY is the Gemini API's, and would shadow the service account.
  const bool keyed = take_keys(draft, {}, findings);
  take_first(provider.region, {"GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_REGION", "CLOUD_ML_REGION"}, findings);
  if (provider.region.empty()) provider.region = "global";
  if (!word(provider.region)) findings.problem(draft.path + ".region", "must be letters, digits and -");
  if (provider.base_url.empty() && !draft.base_url_given) provider.base_url = vertex_address(provider.region);
  if (keyed) return;   // express mode knows the project by the key
  google_access(draft, findings);
  if (!project_written) take_first(provider.project, {"GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"}, findings);
  if (provider.project.empty()) provider.project = google_project(provider.access.google.account);
  if (provider.project.empty() && !findings.broken(draft.path))
    findings.problem(draft.path, "needs project: neither the credentials nor GOOGLE_CLOUD_PROJECT name one");
}

// https://docs.aws.amazon.com/general/latest/gr/bedrock.html
std::string aws_domain(std::string_view region) { return region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com"; }

std::string region_in(const std::string& base_url) {
  const std::string host = base_url.empty() ? std::string() : origin_of(base_url).host;
  for (const std::string_view service : {"bedrock-runtime.", "bedrock-runtime-fips."}) {
    if (host.starts_with(service) && host.find(".amazonaws.com") != host.npos) return host.substr(service.size(), host.find('.', service.size()) - service.size());
  }
  return {};
}

void finish_bedrock(ProviderDraft& draft, Findings& findings) {
  Provider& provider = draft.provider;
  take_address(draft, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", findings, findings);
  if (provider.region.empty()) provider.region = region_in(provider.base_url);
  take_first(provider.region, {"AWS_REGION", "AWS_DEFAULT_REGION"}, findings);
  const bool keyed = take_keys(draft, {"AWS_BEARER_TOKEN_BEDROCK"}, findings);
  if (!word(provider.region)) findings.problem(draft.path + ".region", "must be letters, digits and -");
  if (provider.region.empty() && (!keyed || provider.base_url.empty())) {
    if (!findings.broken(draft.path)) findings.problem(draft.path, "needs region: AWS_REGION is not set");
    return;
  }
  if (provider.base_url.empty() && !draft.base_url_given) provider.base_url = "https://bedrock-runtime." + provider.region + aws_domain(provider.region);
  if (!keyed) aws_access(draft, "https://sts." + provider.region + aws_domain(provider.region), findings);
}

void finish_azure(ProviderDraft& draft, Findings& findings) {
  Provider& provider = draft.provider;
  take_address(draft, "AZURE_OPENAI_ENDPOINT", findings, findings);
  if (provider.base_url.empty() && !draft.base_url_given && !findings.broken(draft.path)) {
    findings.problem(draft.path, "needs base_url: every resource has an address of its own, https://NAME.openai.azure.com or https://NAME.services.ai.azure.com");
  }
  if (provider.api_version.empty()) take_first(provider.api_version, {"OPENAI_API_VERSION"}, findings);
  // Who writes down an identity does not mean a key that happens to be in the environment.
  const bool keyed = draft.cloud.entra_given ? take_keys(draft, {}, findings) : take_keys(draft, {"AZURE_OPENAI_API_KEY", "AZURE_API_KEY"}, findings);
  if (keyed || entra_access(draft, findings)) return;
  const std::string host = provider.base_url.empty() ? std::string() : origin_of(provider.base_url).host;
  if (!host.ends_with(".azure.com") && !host.ends_with(".azure.us")) return;   // an address of one's own may need none
  provider.usable = false;
  provider.unusable_because = "it has no api_key, no entra, and neither AZURE_OPENAI_API_KEY nor AZURE_CLIENT_ID is set";
  findings.warning(draft.path, "is left out: " + provider.unusable_because);
}

void finish_gemini(ProviderDraft& draft, const ProviderType& type, Findings& findings) {
  Provider& provider = draft.provider;
  take_address(draft, type.base_url_env, findings, findings);
  if (provider.base_url.empty() && !draft.base_url_given) provider.base_url = type.base_url;
  // As google-genai has it: GOOGLE_API_KEY goes before GEMINI_API_KEY.
  if (take_keys(draft, {"GOOGLE_API_KEY", "GEMINI_API_KEY"}, findings) || provider.base_url != type.base_url) return;
  provider.usable = false;
  provider.unusable_because = "it has no api_key and neither GEMINI_API_KEY nor GOOGLE_API_KEY is set";
  findings.warning(draft.path, "is left out: " + provider.unusable_because);
}

// Keys that mean something for some types only. Those of services that speak OpenAI's dialect are told for all other
// types in finish_provider.cpp.
struct Only { const char* key; const char* types; };
constexpr Only only_for[] = {{"region", "vertex and bedrock"}, {"project", "vertex"}, {"api_version", "azure and vertex"},
                             {"credentials", "vertex"},        {"aws", "bedrock"},    {"entra", "azure"}};

void refuse_others_keys(const ProviderDraft& draft, Findings& findings) {
  for (const Only& only : only_for) {
    const std::string_view types = only.types;
    if (!findings.written(draft.path + "." + only.key) || types.find(draft.provider.type) != types.npos) continue;
    findings.problem(draft.path + "." + only.key, "is for type " + std::string(types));
  }
}

// Azure asks OpenAI's models: what is said of them counts there too.
void refuse_compatibles_keys(const ProviderDraft& draft, Findings& findings) {
  for (const char* key : {"quirks", "auth_header", "operations"}) {
    if (!findings.written(draft.path + "." + key) || (draft.provider.type == "azure" && std::string_view(key) == "quirks")) continue;
    findings.problem(draft.path + "." + key, "is for services that speak OpenAI's dialect, not for type " + draft.provider.type);
  }
}

// An authority of its own beside a key would leave it open which counts.
void refuse_two(const ProviderDraft& draft, Findings& findings) {
  if (draft.provider.keys.empty()) return;
  for (const char* key : {"credentials", "aws", "entra"})
    if (findings.written(draft.path + "." + key)) findings.problem(draft.path + "." + key, "is a second credential beside the key: give one of them");
}

}  // namespace

bool finish_cloud(ProviderDraft& draft, const ProviderType& type, Findings& findings) {
  refuse_others_keys(draft, findings);
  if (type.type == "vertex") finish_vertex(draft, findings);
  else if (type.type == "bedrock") finish_bedrock(draft, findings);
  else if (type.type == "azure") finish_azure(draft, findings);
  else if (type.type == "gemini") finish_gemini(draft, type, findings);
  else return false;
  if (draft.simulation_given) findings.problem(draft.path + ".simulation", "is for type simulated");
  refuse_two(draft, findings);
  refuse_compatibles_keys(draft, findings);
  finish_proxy(draft, findings);
  return true;
}

}  // namespace sluice::config
