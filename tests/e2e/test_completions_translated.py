"""Legacy completions (/v1/completions) served by a provider that has chat only: Anthropic's."""
import json

import openai
import pytest

from support.gateway import KEY, Gateway, settings
from support.upstream import Upstream

TEXT = "a gate for w\u00e4ter"


def claude(seen, caller):
    """Says TEXT, stopped by its limit where there is one of 5 tokens, by a stop sequence where there is one."""
    body = seen.json
    reason, sequence = ("max_tokens", None) if body["max_tokens"] == 5 else ("end_turn", None)
    if body.get("stop_sequences"):
        reason, sequence = "stop_sequence", body["stop_sequences"][0]
    usage = {"input_tokens": 9, "cache_read_input_tokens": 2, "output_tokens": 6}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
               "content": [{"type": "text", "text": TEXT}], "stop_reason": reason, "stop_sequence": sequence, "usage": usage}
    if not body.get("stream"):
        return caller.send(200, message)
    caller.begin()

    def event(kind, **members):
        caller.chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **members})}\n\n".encode())

    event("message_start", message={**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}})
    event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    event("ping")
    for at in range(0, len(TEXT), 3):
        event("content_block_delta", index=0, delta={"type": "text_delta", "text": TEXT[at:at + 3]})
    event("content_block_stop", index=0)
    event("message_delta", delta={"stop_reason": reason, "stop_sequence": sequence}, usage={"output_tokens": 6})
    event("message_stop")
    return caller.end()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """(client, Anthropic's fake)"""
    with Upstream(claude) as fake:
        config = settings(fake, models=["claude-sonnet-4-5"],
                          provider={"type": "anthropic", "base_url": fake.url, "keys": [{"value": "sk-ant-secret"}]})
        with Gateway(tmp_path_factory.mktemp("completions"), config) as gateway:
            yield openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=0), fake


ASK = {"model": "claude-sonnet-4-5", "prompt": "A sluice is"}


def check_request(seen, stream):
    assert seen.path == "/v1/messages" and seen.header("x-api-key") == "sk-ant-secret"
    assert bool(seen.json.get("stream")) is stream
    (message,) = seen.json["messages"]
    said = message["content"]
    assert message["role"] == "user"
    assert said == ASK["prompt"] or [part["text"] for part in said] == [ASK["prompt"]]


def test_a_whole_answer_is_a_completion(world):
    client, upstream = world
    answer = client.completions.create(**ASK, max_tokens=20, temperature=0.5)
    assert answer.object == "text_completion" and answer.model.startswith("claude-sonnet-4-5")
    (choice,) = answer.choices
    assert (choice.text, choice.index, choice.finish_reason, choice.logprobs) == (TEXT, 0, "stop", None)
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (11, 6, 17)
    check_request(upstream.seen[-1], stream=False)
    assert (upstream.seen[-1].json["max_tokens"], upstream.seen[-1].json["temperature"]) == (20, 0.5)


@pytest.mark.parametrize("usage", [False, True])
def test_a_stream_is_of_completions(world, usage):
    client, upstream = world
    more = {"stream_options": {"include_usage": True}} if usage else {}
    chunks = list(client.completions.create(**ASK, max_tokens=20, stream=True, **more))
    assert {chunk.object for chunk in chunks} == {"text_completion"} and len({chunk.id for chunk in chunks}) == 1
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(choice.text for choice in choices) == TEXT and len(choices) > 3
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]
    used = [chunk.usage for chunk in chunks if chunk.usage]
    assert [(one.prompt_tokens, one.completion_tokens) for one in used] == ([(11, 6)] if usage else [])
    check_request(upstream.seen[-1], stream=True)


def test_it_ends_with_done(world):
    client, _ = world
    with client.completions.with_streaming_response.create(**ASK, max_tokens=20, stream=True) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert [line for line in raw.iter_lines() if line][-1] == "data: [DONE]"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("more, finish", [({"max_tokens": 5}, "length"), ({"max_tokens": 20, "stop": ["END"]}, "stop")])
def test_why_it_ended(world, stream, more, finish):
    client, upstream = world
    answer = client.completions.create(**ASK, stream=stream, **more)
    chunks = list(answer) if stream else [answer]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == finish
    assert upstream.seen[-1].json.get("stop_sequences") == more.get("stop")


@pytest.mark.parametrize("prompt", [["a", "b"], [1, 2, 3], [[1, 2]], []])
def test_prompts_that_are_no_one_message_are_refused_before_they_are_sent(world, prompt):
    client, upstream = world
    before = len(upstream.seen)
    with pytest.raises(openai.BadRequestError) as refused:
        client.completions.create(**{**ASK, "prompt": prompt})
    assert refused.value.param == "prompt"
    assert len(upstream.seen) == before


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("more", [{"suffix": "."}, {"best_of": 3}, {"echo": True}])
def test_what_no_chat_can_do_is_told(world, more, stream):
    client, _ = world
    raw = client.completions.with_raw_response.create(**ASK, **more, stream=stream)
    assert raw.headers["x-sluice-dropped"].split(", ") == list(more)
