"""The sample configuration without any provider key: the README's first minutes."""
import json
import re
import subprocess

import openai
import pytest

from support.gateway import ROOT, Gateway, eventually


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    sample = (ROOT / "config/sluice.yaml").read_text()
    directory = tmp_path_factory.mktemp("sample")
    text, replaced = re.subn(r'listen: *"?127\.0\.0\.1:8080"?', 'listen: "127.0.0.1:0"', sample)
    if not replaced:
        text = f'server: {{ listen: "127.0.0.1:0" }}\n{text}'
    with Gateway(directory, text) as running:
        yield running


@pytest.fixture
def client(gateway):
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="unused", max_retries=0)


def test_it_says_that_answers_are_simulated_and_how_to_ask(gateway):
    eventually(lambda: "simulated model answers" in gateway.log and "curl" in gateway.log, "it says so")


def test_the_curl_of_the_banner_works(gateway):
    eventually(lambda: '"messages"' in gateway.log, "the banner is whole")
    line = next(line for line in gateway.lines if "curl " in line)
    command = gateway.log[gateway.log.index(line[line.index("curl "):]):]
    command = re.split(r"\n(?!\s)", command)[0]
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, f"{command}\n{run.stderr}"
    assert "choices" in run.stdout, f"{command}\n{run.stdout}"


def test_chat_and_stream(client):
    names = [model.id for model in client.models.list()]
    assert names
    ask = {"model": names[0], "messages": [{"role": "user", "content": "hello there"}]}
    whole = client.chat.completions.create(**ask)
    assert whole.choices[0].message.content and whole.usage.total_tokens > 0
    chunks = list(client.chat.completions.create(**ask, stream=True))
    assert len(chunks) > 2
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == whole.choices[0].message.content


def test_tool_calls_on_request(client):
    name = client.models.list().data[0].id
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}}}}
    answer = client.chat.completions.create(model=name, messages=[{"role": "user", "content": "weather?"}], tools=[tool],
                                            tool_choice={"type": "function", "function": {"name": "get_weather"}})
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather" and isinstance(json.loads(call.function.arguments), dict)
    assert answer.choices[0].finish_reason in ("tool_calls", "stop")
