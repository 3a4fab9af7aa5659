"""The official SDK lists models: what the gateway knows, merged with what the provider lists itself."""
import openai
import pytest

from support.gateway import KEY, eventually, settings

LISTED = [{"id": "gpt-4o", "object": "model", "created": 1_715_367_049, "owned_by": "system"},
          {"id": "gpt-next", "object": "model", "created": 1_800_000_000, "owned_by": "system", "context_length": 4096},
          {"id": "whisper-1", "object": "model", "created": 1_677_532_384, "owned_by": "openai-internal"}]


def listing(seen, caller):
    assert seen.method == "GET" and seen.path == "/v1/models" and seen.header("authorization") == "Bearer sk-upstream-secret"
    caller.send(200, {"object": "list", "data": LISTED})


@pytest.fixture
def client(start, upstream):
    upstream.answer = listing
    gateway = start(settings(upstream, models=["gpt-*", "mine"], provider={"list_models": True}))
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=KEY, max_retries=0) as made:
        eventually(lambda: len(list(made.models.list())) == 3, "the provider's list is merged in")
        yield made


def test_models_of_gateway_and_provider_are_one_list(client):
    models = {model.id: model for model in client.models.list()}
    assert set(models) == {"gpt-4o", "gpt-next", "mine"}
    known = models["gpt-4o"].model_extra
    assert known["context_length"] == 128_000 and known["max_output_tokens"] == 16_384
    assert known["pricing"]["prompt"] == "0.0000025" and known["pricing"]["input_cache_read"] == "0.00000125"
    assert models["gpt-next"].model_extra == {"context_length": 4096}
    assert models["gpt-4o"].created == 1_715_367_049


def test_one_model(client):
    assert client.models.retrieve("gpt-next").created == 1_800_000_000
    assert client.models.retrieve("gpt-unheard-of").id == "gpt-unheard-of"   # the pattern admits it
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("whisper-1")
