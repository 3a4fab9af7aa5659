#include <optional>
#include <utility>

#include "dialects/responses/answer.hpp"
#include "dialects/responses/read_chat.hpp"
#include "sluice/base/text.hpp"

namespace sluice::dialects::responses {
namespace {

// "data:image/png;base64,AAAA": the media type (lower case, without parameters) and the data.
struct DataUrl { std::string media_type, base64; };

std::optional<DataUrl> split_data_url(std::string_view url) {
  const std::size_t comma = url.find(',');
  if (!url.starts_with("data:") || comma == url.npos) return std::nullopt;
  const std::string_view head = url.substr(5, comma - 5);
  if (!head.ends_with(";base64")) return std::nullopt;
  DataUrl out;
  out.media_type = head.substr(0, head.find(';'));
  for (char& c : out.media_type) c = to_lower(c);
  out.base64 = url.substr(comma + 1);
  if (out.base64.empty()) return std::nullopt;
  return out;
}

bool is_web(std::string_view url) { return url.starts_with("https://") || url.starts_with("http://"); }

class PartReader {
 public:
  PartReader(Reading& reading, const Path& path, llm::Role role, std::vector<llm::Part>& into)
      : x_reading(reading), x_path(path), x_role(role), x_out(into) {}

  bool read(std::string_view raw) {
    std::string type;
    if (!x_reading.object(raw, x_path)) return false;
    const auto raw_type = json::find(raw, "type");
    if (!raw_type) return x_reading.missing(x_path / "type");
    if (!x_reading.text(*raw_type, x_path / "type", type)) return false;
    const bool assistant = x_role == llm::Role::assistant;
    const bool rich = x_role == llm::Role::user || x_role == llm::Role::tool;
    bool read = false;
    if (type == "input_text" || type == "output_text") read = text(raw);
    else if (type == "refusal" && assistant) read = refusal(raw);
    else if (type == "input_image" && rich) read = image(raw);
    else if (type == "input_file" && rich) read = file(raw);
    else if (type == "input_audio" && rich) read = audio(raw);
    else return x_reading.unsupported(x_path / "type", type, assistant ? "'output_text' and 'refusal'" : "'input_text', 'input_image', 'input_audio', and 'input_file'");
    if (read && x_breakpoint) x_out.emplace_back(llm::CacheMark{});
    return read;
  }

 private:
  // The members that all have; true: it was one of them.
  bool common(std::string_view key, std::string_view) {
    if (key == "prompt_cache_breakpoint") return x_breakpoint = true;
    return key == "type";
  }

  bool text(std::string_view raw) {
    llm::Text text;
    bool told = false;
    const bool read = x_reading.members(raw, x_path, [&](std::string_view key, std::string_view value) {
      if (key == "text") {
        told = x_reading.text(value, x_path / key, text.text);
      } else if (key == "annotations") {
        x_reading.elements(value, x_path / key, [&](std::int64_t i, std::string_view one) {
          if (x_reading.object(one, (x_path / key)[i])) text.citations.push_back(read_annotation(one));
        });
      } else if (key != "logprobs" && !common(key, value)) {
        x_reading.keep_other(x_path / key, value);
      }
    });
    if (!read) return false;
    if (!told) return x_reading.missing(x_path / "text");
    x_out.emplace_back(std::move(text));
    return true;
  }

  bool refusal(std::string_view raw) {
    llm::Refusal refusal;
    const auto text = json::find(raw, "refusal");
    if (!text) return x_reading.missing(x_path / "refusal");
    if (!x_reading.text(*text, x_path / "refusal", refusal.text)) return false;
    x_out.emplace_back(std::move(refusal));
    return true;
  }

  bool image(std::string_view raw) {
    llm::Image image;
    std::string file_id;
    const bool read = x_reading.members(raw, x_path, [&](std::string_view key, std::string_view value) {
      if (key == "image_url") x_reading.text(value, x_path / key, image.url);
      else if (key == "detail") x_reading.text(value, x_path / key, image.detail);
      else if (key == "file_id") x_reading.text(value, x_path / key, file_id);
      else if (!common(key, value)) x_reading.keep_other(x_path / key, value);
    });
    if (!read) return false;
    const Path path = x_path / "image_url";
    if (image.url.empty() && !file_id.empty()) {
      llm::File kept;
      kept.media_type = "image/*";
      kept.file_id = std::move(file_id);
      x_out.emplace_back(std::move(kept));
      return true;
    }
    if (image.url.empty()) return x_reading.missing(path);
    if (image.url.starts_with("data:")) {
      auto split = split_data_url(image.url);
      if (!split || split->media_type.empty()) {
        return x_reading.refuse(path, "Invalid '" + path.text() + "'. Expected a base64-encoded data URL with an image MIME type "
                                      "(e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').");
      }
      image.media_type = std::move(split->media_type);
      image.base64 = std::move(split->base64);
      image.url.clear();
    } else if (!is_web(image.url)) {
      return x_reading.refuse(path, "Invalid '" + path.text() + "'. Expected a valid URL.");
    }
    x_out.emplace_back(std::move(image));
    return true;
  }

  bool file(std::string_view raw) {
    llm::File file;
    std::string data;
    const bool read = x_reading.members(raw, x_path, [&](std::string_view key, std::string_view value) {
      if (key == "file_data") x_reading.text(value, x_path / key, data);
      else if (key == "file_id") x_reading.text(value, x_path / key, file.file_id);
      else if (key == "file_url") x_reading.text(value, x_path / key, file.url);
      else if (key == "filename") x_reading.text(value, x_path / key, file.name);
      else if (!common(key, value)) x_reading.keep_other(x_path / key, value);
    });
    if (!read) return false;
    if (data.empty() && file.file_id.empty() && file.url.empty()) return x_reading.missing(x_path / "file_data");
    if (!file.url.empty() && !is_web(file.url)) return x_reading.refuse(x_path / "file_url", "Invalid '" + (x_path / "file_url").text() + "'. Expected a valid URL.");
    if (!data.empty()) {
      auto split = split_data_url(data);
      if (!split) {
        const Path path = x_path / "file_data";
        return x_reading.refuse(path, "Invalid '" + path.text() + "'. Expected a base64-encoded data URL with a MIME type "
                                      "(e.g. 'data:application/pdf;base64,JVBERi0=').");
      }
      file.media_type = std::move(split->media_type);
      file.base64 = std::move(split->base64);
    }
    x_out.emplace_back(std::move(file));
    return true;
  }

  bool audio(std::string_view raw) {
    const auto body = json::find(raw, "input_audio");
    const Path path = x_path / "input_audio";
    if (!body) return x_reading.missing(path);
    llm::Audio audio;
    const bool read = x_reading.members(*body, path, [&](std::string_view key, std::string_view value) {
      if (key == "data") x_reading.text(value, path / key, audio.base64);
      else if (key == "format") x_reading.text(value, path / key, audio.format);
      else x_reading.keep_other(path / key, value);
    });
    if (!read) return false;
    if (audio.base64.empty()) return x_reading.missing(path / "data");
    if (audio.format.empty()) return x_reading.missing(path / "format");
    x_out.emplace_back(std::move(audio));
    return true;
  }

  Reading& x_reading;
  const Path& x_path;
  llm::Role x_role;
  std::vector<llm::Part>& x_out;
  bool x_breakpoint = false;   // the prompt up to this part is to be cached
};

}  // namespace

bool read_content(Reading& reading, std::string_view raw, const Path& path, llm::Role role, std::vector<llm::Part>& into) {
  const json::Kind kind = json::kind_of(raw);
  if (kind == json::Kind::string) {
    llm::Text text;
    if (!reading.text(raw, path, text.text)) return false;
    into.emplace_back(std::move(text));
    return true;
  }
  if (kind != json::Kind::array) return reading.wrong_type(path, "one of a string or array of objects", raw);
  return reading.elements(raw, path, [&](std::int64_t i, std::string_view part) {
    const Path here = path[i];
    PartReader(reading, here, role, into).read(part);
  });
}

}  // namespace sluice::dialects::responses
