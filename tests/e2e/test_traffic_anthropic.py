"""Every recorded Anthropic answer, given by an anthropic-type target, reaches an OpenAI caller with the same meaning. What
it must mean is worked out here from the recording, by other code than the gateway's."""
import json

import openai
import pytest

from support.gateway import KEY, Gateway, settings
from support.traffic import exchanges, replay
from support.upstream import Upstream

OPERATIONS = ("messages", "rawPredict", "streamRawPredict")
RECORDED = [exchange for exchange in exchanges(lambda entry: entry["operation"] in OPERATIONS)
            if exchange["response"]["status"] == 200]
WHOLE = [exchange for exchange in RECORDED if "body" in exchange["response"]]
STREAMED = [exchange for exchange in RECORDED if "sse" in exchange["response"]]
FINISH = {"end_turn": "stop", "stop_sequence": "stop", "tool_use": "tool_calls", "max_tokens": "length",
          "pause_turn": "length",   # it would go on if asked: what the caller has is not the end
          "refusal": "content_filter", "model_context_window_exceeded": "length"}


def from_stream(text):
    """The message that an event stream builds up, by the rules of Anthropic's documentation."""
    message, partial = None, {}
    for line in text.splitlines():
        if not line.startswith("data:"):
            continue
        event = json.loads(line[5:])
        kind = event["type"]
        if kind == "message_start":
            message = {**event["message"], "content": []}
        elif kind == "content_block_start":
            message["content"].append(dict(event["content_block"]))
            partial[event["index"]] = ""
        elif kind == "content_block_delta":
            block, delta = message["content"][event["index"]], event["delta"]
            if delta["type"] == "text_delta":
                block["text"] += delta["text"]
            elif delta["type"] == "input_json_delta":
                partial[event["index"]] += delta["partial_json"]
        elif kind == "content_block_stop" and partial.get(event["index"]):
            message["content"][event["index"]]["input"] = json.loads(partial[event["index"]])
        elif kind == "message_delta":
            message["stop_reason"] = event["delta"]["stop_reason"]
            message["usage"].update({k: v for k, v in event["usage"].items() if v is not None})
    return message


def meaning(message):
    """(text, [(tool, arguments)], finish reason, prompt tokens, completion tokens) for an OpenAI caller."""
    text = "".join(block["text"] for block in message["content"] if block["type"] == "text")
    tools = [(block["name"], block["input"]) for block in message["content"] if block["type"] == "tool_use"]
    usage = message["usage"]
    prompt = sum(usage.get(field) or 0
                 for field in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"))
    return text, tools, FINISH[message["stop_reason"]], prompt, usage["output_tokens"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with Upstream(None) as fake:
        config = settings(fake, models=["claude-test"], provider={
            "type": "anthropic", "base_url": fake.url, "keys": [{"value": "sk-ant-secret"}]})
        with Gateway(tmp_path_factory.mktemp("anthropic"), config) as gateway:
            yield openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=0), fake


ASK = {"model": "claude-test", "max_tokens": 900, "messages": [
    {"role": "system", "content": "Be brief."}, {"role": "user", "content": "What is a sluice?"}]}


@pytest.mark.parametrize("exchange", WHOLE, ids=lambda exchange: exchange["id"])
def test_whole(world, exchange):
    client, upstream = world
    upstream.answer = replay(exchange)
    answer = client.chat.completions.create(**ASK)
    text, tools, finish, prompt, completion = meaning(exchange["response"]["body"])
    choice = answer.choices[0]
    assert (choice.message.content or "") == text
    assert [(call.function.name, json.loads(call.function.arguments)) for call in choice.message.tool_calls or []] == tools
    assert choice.finish_reason == finish
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (prompt, completion)
    check_request(upstream.seen[-1], stream=False)


@pytest.mark.parametrize("exchange", STREAMED, ids=lambda exchange: exchange["id"])
def test_streamed(world, exchange):
    client, upstream = world
    upstream.answer = replay(exchange)
    chunks = list(client.chat.completions.create(**ASK, stream=True, stream_options={"include_usage": True}))
    text, tools, finish, prompt, completion = meaning(from_stream(exchange["response"]["sse"]))
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert "".join(choice.delta.content or "" for choice in choices) == text
    assert called(choices) == tools
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == [finish]
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (prompt, completion)
    check_request(upstream.seen[-1], stream=True)


def called(choices):
    names, arguments = [], []
    for call in (call for choice in choices for call in choice.delta.tool_calls or []):
        if call.id:
            assert call.index == len(names)
            names.append(call.function.name)
            arguments.append("")
        arguments[call.index] += call.function.arguments or ""
    return [(name, json.loads(text)) for name, text in zip(names, arguments)]


def check_request(seen, stream):
    assert seen.path == "/v1/messages"
    assert seen.header("x-api-key") == "sk-ant-secret" and seen.header("authorization") is None
    assert seen.header("anthropic-version")
    body = seen.json
    assert body["model"] == "claude-test" and body["max_tokens"] == 900
    assert bool(body.get("stream")) is stream
    assert "Be brief." in json.dumps(body["system"]) and body["messages"][0]["role"] == "user"
