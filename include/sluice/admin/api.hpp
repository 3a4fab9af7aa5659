// The administration's REST API: requests in, answers out; it knows no sockets. One thread at a time, which may wait for the
// database.
#pragma once
#include <string>

#include "sluice/admin/deployment.hpp"
#include "sluice/gateway/administration.hpp"

namespace sluice::admin {

using Request = gateway::AdminRequest;
using Answer = gateway::AdminAnswer;

class Api {
 public:
  explicit Api(Deployment& deployment) : x_deployment(deployment) {}
  Answer answer(const Request& request);

 private:
  Deployment& x_deployment;
};

std::string openapi_json();   // the document, OpenAPI 3.1

// An error as an answer, in OpenAI's form.
Answer refusal(const Error& error);

}  // namespace sluice::admin
