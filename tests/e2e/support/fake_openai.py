"""What a provider of OpenAI's dialect answers, by the model asked for. Used by the SDK tests."""
import threading

CREATED = 1_721_075_653
WEATHER = [("call_a", "get_weather", '{"city":"Paris"}'), ("call_b", "get_weather", '{"city":"Oslo","unit":"c"}')]
ERRORS = {   # model: status, error object, headers
    "error-400": (400, {"message": "too long", "type": "invalid_request_error", "param": "messages",
                        "code": "context_length_exceeded"}, ()),
    "error-403": (403, {"message": "no", "type": "invalid_request_error", "param": None, "code": "forbidden"}, ()),
    "error-422": (422, {"message": "cannot", "type": "invalid_request_error", "param": None, "code": None}, ()),
    "error-429": (429, {"message": "slow down", "type": "requests", "param": None, "code": "rate_limit_exceeded"},
                  (("Retry-After", "1"),)),
    "error-500": (500, {"message": "broke", "type": "server_error", "param": None, "code": None}, ()),
}


def usage(prompt=11, completion=7):
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def completion(model, message, finish="stop"):
    return {"id": "chatcmpl-fake", "object": "chat.completion", "created": CREATED, "model": model,
            "choices": [{"index": 0, "message": {"role": "assistant", **message}, "logprobs": None,
                         "finish_reason": finish}], "usage": usage()}


def chunk(model, delta=None, finish=None, **extra):
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "chatcmpl-fake", "object": "chat.completion.chunk", "created": CREATED, "model": model,
            "choices": choices, **extra}


def tool_calls():
    return [{"id": ident, "type": "function", "function": {"name": name, "arguments": text}}
            for ident, name, text in WEATHER]


def tool_deltas():
    for index, (ident, name, text) in enumerate(WEATHER):
        yield {"index": index, "id": ident, "type": "function", "function": {"name": name, "arguments": ""}}
        for at in range(0, len(text), 5):
            yield {"index": index, "function": {"arguments": text[at:at + 5]}}


class FakeOpenAI:
    """answer(seen, caller) of an Upstream. `release` is what the model "waits" waits for."""

    def __init__(self):
        self.release = threading.Event()
        self.flaky_left = 0

    def __call__(self, seen, caller):
        path = seen.path.split("?")[0]
        body = seen.json if seen.body else {}
        model = body.get("model", "")
        if model in ERRORS:
            status, error, headers = ERRORS[model]
            return caller.send(status, {"error": error}, headers)
        if model == "waits":
            self.release.wait(30)
        if model == "flaky" and self.flaky_left > 0:
            self.flaky_left -= 1
            return caller.send(500, {"error": {"message": "once more", "type": "server_error"}})
        if path.endswith("/chat/completions"):
            return self.chat(body, model, caller)
        if path.endswith("/embeddings"):
            return caller.send(200, embeddings(body, model))
        if path.endswith("/completions"):
            return caller.send(200, {"id": "cmpl-fake", "object": "text_completion", "created": CREATED, "model": model,
                                     "choices": [{"index": 0, "text": f"{body['prompt']}!", "finish_reason": "stop",
                                                  "logprobs": None}], "usage": usage()})
        return caller.send(404, {"error": {"message": path, "type": "invalid_request_error", "code": None}})

    def chat(self, body, model, caller):
        if body.get("stream"):
            return self.stream(body, model, caller)
        last = body["messages"][-1]["content"]
        if body.get("tools"):
            return caller.send(200, completion(model, {"content": None, "tool_calls": tool_calls()}, "tool_calls"))
        if body.get("response_format", {}).get("type") == "json_schema":
            return caller.send(200, completion(model, {"content": '{"city":"Paris","degrees":21}', "refusal": None}))
        return caller.send(200, completion(model, {"content": f"you said: {last}", "refusal": None}),
                           (("x-request-id", "req_upstream"), ("x-vendor-note", "kept")))

    def stream(self, body, model, caller):
        caller.begin()
        caller.event(chunk(model, {"role": "assistant", "content": ""}))
        if body.get("tools"):
            for delta in tool_deltas():
                caller.event(chunk(model, {"tool_calls": [delta]}))
            finish = "tool_calls"
        else:
            schema = body.get("response_format", {}).get("type") == "json_schema"
            text = '{"city":"Paris","degrees":21}' if schema else f"you said: {body['messages'][-1]['content']}"
            for at in range(0, len(text), 4):
                caller.event(chunk(model, {"content": text[at:at + 4]}))
            finish = "stop"
        caller.event(chunk(model, {}, finish))
        if body.get("stream_options", {}).get("include_usage"):
            caller.event(chunk(model, usage=usage()))
        caller.event("[DONE]")
        caller.end()


def embeddings(body, model):
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    if body.get("encoding_format") == "base64":
        vector = "AACAPwAAAEAAAEBA"   # 1.0, 2.0, 3.0
    else:
        vector = [1.0, 2.0, 3.0]
    return {"object": "list", "model": model, "usage": {"prompt_tokens": 4, "total_tokens": 4},
            "data": [{"object": "embedding", "index": at, "embedding": vector} for at in range(len(texts))]}


def sdk_settings(base):
    """A gateway in front of `base` (see gateway.settings) where each failing model has a provider, and so a health, of
    its own: cooling one down must not touch the others."""
    alone = [*ERRORS, "flaky", "waits"]
    entries = [{"id": "main", "provider": "openai", "models": ["gpt-4o", "gpt-4o-mini", "text-embedding-3-small"]}]
    entries += [{"id": f"alone-{model}", "type": "openai", "base_url": base["providers"][0]["base_url"],
                 "api_key": "sk-upstream-secret", "models": [model]} for model in alone]
    entries += [{"id": "nobody", "type": "openai", "base_url": "http://127.0.0.1:9/v1", "api_key": "k",
                 "models": ["unreachable"]}]
    return {**base, "accounts": [{"id": "main", "providers": entries}]}


