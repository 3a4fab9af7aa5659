"""Tool loops of several turns: every official SDK in its own dialect, against providers of every dialect, whole and
streamed. The providers (support/tool_loop) check each turn by their own API's rules."""
import os
import pathlib
import subprocess

import pytest

from support import tool_loop
from support.gateway import KEY, ROOT, Gateway
from support.sdk_loops import LOOPS
from support.upstream import Upstream

NODE = pathlib.Path(__file__).parent / "node" / "tool_loops.mjs"
NODE_LOOPS = ["openai_chat", "openai_responses", "anthropic_messages", "google_genai", "vercel_openai", "vercel_anthropic",
              "vercel_google"]
PROVIDERS = {
    "openai": (tool_loop.OpenAIChat, "gpt-5-mini", lambda url: {"type": "openai", "base_url": f"{url}/v1", "api_key": "k"}),
    "anthropic": (tool_loop.Anthropic, "claude-sonnet-4-5", lambda url: {"type": "anthropic", "base_url": url, "api_key": "k"}),
    "gemini": (tool_loop.Gemini, "gemini-3-pro-preview", lambda url: {"type": "gemini", "base_url": f"{url}/v1beta", "api_key": "k"}),
    "bedrock": (tool_loop.Bedrock, tool_loop.Bedrock.model,
                lambda url: {"type": "bedrock", "base_url": url, "region": "us-east-1",
                             "aws": {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "secret"}}),
    "cohere": (tool_loop.Cohere, "command-a-03-2025", lambda url: {"type": "cohere", "base_url": url, "api_key": "k"}),
    "ollama": (tool_loop.Ollama, "qwen3", lambda url: {"type": "ollama", "base_url": url}),
}
# Whose proofs of thinking an SDK's user sends back. LangChain and Vercel's own OpenAI forms have no place for them.
KEEPS_PROOFS = {"openai_chat", "openai_responses", "anthropic_messages", "google_genai", "boto3_converse"}
SPEAKS = {"openai_chat": "openai", "anthropic_messages": "anthropic", "google_genai": "gemini", "boto3_converse": "bedrock",
          "cohere_chat": "cohere"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """(gateway, {provider: its fake})"""
    upstreams = {name: Upstream(kind()) for name, (kind, _, _) in PROVIDERS.items()}
    responses = Upstream(tool_loop.OpenAIResponses())
    providers = [{"id": f"p-{name}", **entry(upstreams[name].url)} for name, (_, _, entry) in PROVIDERS.items()]
    providers.append({"id": "p-responses", "type": "openai", "base_url": f"{responses.url}/v1", "api_key": "k"})
    targets = [{"id": f"t-{provider['id']}", "provider": provider["id"], "models": ["*"]} for provider in providers]
    config = {"server": {"listen": "127.0.0.1:0", "threads": 2}, "providers": providers,
              "accounts": [{"id": "main", "providers": targets}], "virtual_keys": [{"id": "tester", "key": KEY}]}
    with Gateway(tmp_path_factory.mktemp("loops"), config) as gateway:
        yield gateway, {**{name: upstream.answer for name, upstream in upstreams.items()}, "responses": responses.answer}
    for upstream in [*upstreams.values(), responses]:
        upstream.close()


def play(world, sdk, provider, run):
    """Runs a loop and looks at what its provider saw."""
    gateway, fakes = world
    # A caller of Responses finds a provider that speaks it where one does.
    name = "responses" if provider == "openai" and sdk == "openai_responses" else provider
    fake = fakes[name]
    fake.turns.clear()
    fake.refused.clear()
    text = run(gateway.url, f"p-{name}/{PROVIDERS[provider][1]}")
    assert fake.refused == []
    assert text.strip() == tool_loop.ANSWER
    assert len(fake.turns) == 3
    return fake


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("sdk", LOOPS)
def test_python(world, sdk, provider, stream):
    fake = play(world, sdk, provider, lambda url, model: LOOPS[sdk](url, KEY, model, stream))
    if sdk in KEEPS_PROOFS and provider in ("anthropic", "gemini", "bedrock"):
        assert [len(proofs) for proofs in fake.turns] == [0, 1, 2], fake.turns


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("sdk", NODE_LOOPS)
def test_node(world, sdk, provider, stream):
    modules = pathlib.Path(os.environ.get("SLUICE_NODE_MODULES", ROOT / "build/node/node_modules"))

    def run(url, model):
        # ECMAScript modules do not look at NODE_PATH: the script is run from beside the packages.
        beside = modules.parent / NODE.name
        if not beside.exists() or beside.read_text() != NODE.read_text():
            fresh = beside.with_suffix(f".{os.getpid()}")
            fresh.write_text(NODE.read_text())
            fresh.replace(beside)
        env = {"PATH": os.environ["PATH"], "SLUICE_URL": url, "SLUICE_KEY": KEY}
        done = subprocess.run(["node", str(beside), sdk, model, "stream" if stream else "whole"], env=env, capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    play(world, sdk, provider, run)
