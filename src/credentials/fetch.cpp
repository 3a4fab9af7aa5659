#include "credentials/fetch.hpp"

namespace sluice::credentials {

using namespace std::chrono_literals;

Result<Question> question_to(const Reach& reach, std::string_view url) {
  auto place = place_of(url);
  if (!place) return std::move(place).error();
  Question question;
  question.place = *std::move(place);
  question.place.origin.proxy = reach.proxy;
  question.place.origin.ca_file = reach.ca_file;
  return question;
}

Result<Question> question_to_machine(std::string_view url) {
  auto place = place_of(url);
  if (!place) return std::move(place).error();
  Question question;
  question.place = *std::move(place);
  question.method = "GET";
  question.connect = 1s;
  question.total = 5s;
  return question;
}

}  // namespace sluice::credentials
