"""The official Python SDK, used as a user uses it: only base_url and api_key differ."""
import asyncio
import threading

import openai
import pydantic
import pytest

from support.gateway import KEY

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}
TOOL = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}, "unit": {"type": "string"}}, "required": ["city"]}}}


class Weather(pydantic.BaseModel):
    city: str
    degrees: int


@pytest.fixture
def client(sdk_world):
    gateway, _ = sdk_world
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made


@pytest.fixture
def upstream(sdk_world):
    return sdk_world[1]


def test_chat(client, upstream):
    answer = client.chat.completions.create(**CHAT, temperature=0.3, user="u-1")
    assert answer.choices[0].message.content == "you said: hello"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == 18
    sent = upstream.seen[-1]
    assert sent.path == "/v1/chat/completions"
    assert sent.json == {**CHAT, "temperature": 0.3, "user": "u-1"}
    assert sent.header("authorization") == "Bearer sk-upstream-secret"
    assert KEY not in str(sent.headers)


def test_the_same_under_openai_prefix(sdk_world):
    gateway, _ = sdk_world
    with openai.OpenAI(base_url=f"{gateway.url}/openai/v1", api_key=KEY) as client:
        assert client.chat.completions.create(**CHAT).choices[0].message.content == "you said: hello"


def test_streaming(client):
    with client.chat.completions.create(**CHAT, stream=True, stream_options={"include_usage": True}) as stream:
        chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "you said: hello"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 7


def test_streaming_helper(client):
    with client.chat.completions.stream(**CHAT) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    assert {"chunk", "content.delta", "content.done"} <= kinds
    assert final.choices[0].message.content == "you said: hello"


def test_events_come_as_they_are_sent(client, upstream):
    """The first event reaches the caller while the upstream still holds back the second."""
    seen_first = threading.Event()
    usual = upstream.answer

    def answer(seen, caller):
        caller.begin()
        caller.event({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o",
                      "choices": [{"index": 0, "delta": {"content": "one"}, "finish_reason": None}]})
        assert seen_first.wait(20)
        caller.event("[DONE]")
        caller.end()

    upstream.answer = answer
    try:
        stream = client.chat.completions.create(**CHAT, stream=True, timeout=20)
        assert next(stream).choices[0].delta.content == "one"
        seen_first.set()
        assert list(stream) == []
    finally:
        seen_first.set()
        upstream.answer = usual


def test_parallel_tool_calls(client, upstream):
    answer = client.chat.completions.create(**CHAT, tools=[TOOL], parallel_tool_calls=True, tool_choice="auto")
    calls = answer.choices[0].message.tool_calls
    assert [call.id for call in calls] == ["call_a", "call_b"]
    assert calls[1].function.arguments == '{"city":"Oslo","unit":"c"}'
    assert answer.choices[0].finish_reason == "tool_calls"
    assert upstream.seen[-1].json["tools"] == [TOOL]


def test_parallel_tool_calls_streamed(client):
    arguments, ids = {}, {}
    for chunk in client.chat.completions.create(**CHAT, tools=[TOOL], stream=True):
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            arguments[call.index] = arguments.get(call.index, "") + (call.function.arguments or "")
            ids.setdefault(call.index, call.id)
    assert ids == {0: "call_a", 1: "call_b"}
    assert arguments == {0: '{"city":"Paris"}', 1: '{"city":"Oslo","unit":"c"}'}


def test_tool_result_goes_back(client, upstream):
    messages = [*CHAT["messages"],
                {"role": "assistant", "tool_calls": [{"id": "call_a", "type": "function", "function": {
                    "name": "get_weather", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "call_a", "content": "21 degrees"}]
    answer = client.chat.completions.create(model="gpt-4o", messages=messages)
    assert answer.choices[0].message.content == "you said: 21 degrees"
    assert upstream.seen[-1].json["messages"] == messages


def test_structured_output(client):
    answer = client.chat.completions.parse(**CHAT, response_format=Weather)
    assert answer.choices[0].message.parsed == Weather(city="Paris", degrees=21)


def test_structured_output_streamed(client):
    with client.chat.completions.stream(**CHAT, response_format=Weather) as stream:
        assert stream.get_final_completion().choices[0].message.parsed == Weather(city="Paris", degrees=21)


def test_completions(client):
    answer = client.completions.create(model="gpt-4o-mini", prompt="once upon a time")
    assert answer.choices[0].text == "once upon a time!"


@pytest.mark.parametrize("format", [None, "float", "base64"])
def test_embeddings(client, format):
    wanted = {} if format is None else {"encoding_format": format}
    answer = client.embeddings.create(model="text-embedding-3-small", input=["a", "b"], **wanted)
    assert len(answer.data) == 2 and answer.usage.prompt_tokens == 4
    if format != "base64":
        assert answer.data[0].embedding == [1.0, 2.0, 3.0]


def test_models(client):
    names = {model.id for model in client.models.list()}
    assert {"gpt-4o", "gpt-4o-mini", "text-embedding-3-small"} <= names
    assert client.models.retrieve("gpt-4o").id == "gpt-4o"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-unknown")


def test_raw_response(client):
    raw = client.chat.completions.with_raw_response.create(**CHAT)
    assert raw.parse().choices[0].message.content == "you said: hello"
    assert raw.headers["x-request-id"]
    assert raw.headers["x-sluice-model"] == "gpt-4o"
    assert raw.headers["x-sluice-provider"] == "openai"
    assert raw.headers["x-sluice-attempts"] == "1"
    assert "sk-upstream-secret" not in str(raw.headers)


def test_streaming_response_has_headers_before_the_body(client):
    with client.chat.completions.with_streaming_response.create(**CHAT, stream=True) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.headers["x-request-id"]
        assert [line for line in raw.iter_lines() if line][-1] == "data: [DONE]"


def test_async_client(sdk_world):
    gateway, _ = sdk_world

    async def many():
        async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=KEY) as client:
            async def one(number):
                stream = await client.chat.completions.create(
                    model="gpt-4o", messages=[{"role": "user", "content": str(number)}], stream=True)
                return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
            return await asyncio.gather(*(one(number) for number in range(50)))

    assert asyncio.run(many()) == [f"you said: {number}" for number in range(50)]


@pytest.mark.parametrize("model, error, status, code", [
    ("error-400", openai.BadRequestError, 400, "context_length_exceeded"),
    ("error-403", openai.PermissionDeniedError, 403, "forbidden"),
    ("error-422", openai.UnprocessableEntityError, 422, None),
    ("error-429", openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("error-500", openai.InternalServerError, 500, None),
    ("gpt-unknown", openai.NotFoundError, 404, "model_not_found"),
])
def test_error_classes(client, model, error, status, code):
    with pytest.raises(error) as raised:
        client.chat.completions.create(model=model, messages=CHAT["messages"])
    assert raised.value.status_code == status
    if code is not None:
        assert raised.value.code == code
    assert raised.value.response.headers["x-request-id"]


@pytest.mark.parametrize("model", ["error-400", "gpt-unknown"])
def test_error_classes_of_streamed_calls(client, model):
    with pytest.raises((openai.BadRequestError, openai.NotFoundError)):
        client.chat.completions.create(model=model, messages=CHAT["messages"], stream=True)


def test_a_provider_that_cannot_be_reached_is_a_server_error(client):
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model="unreachable", messages=CHAT["messages"])
    assert raised.value.status_code in (502, 503)
    assert raised.value.type


def test_wrong_key(sdk_world):
    gateway, upstream = sdk_world
    before = len(upstream.seen)
    client = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="sk-sl-wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError) as raised:
        client.chat.completions.create(**CHAT)
    assert raised.value.code == "invalid_api_key"
    assert "sk-sl-wrong" not in str(raised.value)
    assert len(upstream.seen) == before


def test_the_sdk_retries_what_is_worth_retrying(sdk_world):
    gateway, upstream = sdk_world
    upstream.answer.flaky_left = 1
    client = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=5)
    answer = client.chat.completions.create(model="flaky", messages=CHAT["messages"])
    assert answer.choices[0].message.content == "you said: hello"


def test_timeout(sdk_world):
    gateway, upstream = sdk_world
    client = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=0, timeout=0.3)
    try:
        with pytest.raises(openai.APITimeoutError):
            client.chat.completions.create(model="waits", messages=CHAT["messages"])
    finally:
        upstream.answer.release.set()


def test_nobody_there():
    client = openai.OpenAI(base_url="http://127.0.0.1:9/v1", api_key=KEY, max_retries=0)
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(**CHAT)
