"""Every recorded exchange of OpenAI's dialect passes byte for byte, whatever the vendor."""
import json

import pytest

from support.gateway import Gateway, settings
from support.traffic import answer_bytes, exchanges, post, replay
from support.upstream import Upstream
from support.wire import is_openai_error

PATHS = {"chat.completions": "/v1/chat/completions", "completions": "/v1/completions", "embeddings": "/v1/embeddings"}
FOREIGN = ("/v2/embed", "/api/embed")   # Cohere's and Ollama's own dialects
FAILS_OVER = (408, 409, 425, 429)
RECORDED = [exchange for exchange in exchanges(lambda entry: entry["operation"] in PATHS)
            if exchange["request"]["path"] not in FOREIGN]
# OpenRouter's upstream failed, and it says so inside a choice.
BROKEN = [exchange for exchange in RECORDED if "odd:error_in_choice" in exchange["features"]]
GOOD = [exchange for exchange in RECORDED if exchange["response"]["status"] < 400 and exchange not in BROKEN]
REFUSED = [exchange for exchange in RECORDED if exchange["response"]["status"] >= 400]


def request_bytes(exchange, indent=None):
    body = exchange["request"]["body"]
    if "model" not in body:   # Azure has the deployment in the path
        body = {"model": exchange["request"]["path"].split("/deployments/")[1].split("/")[0], **body}
    return json.dumps(body, ensure_ascii=False, indent=indent).encode()


def name(exchange):
    return exchange["id"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with Upstream(None) as fake:
        pinned = {"id": "pinned", "providers": [{"id": "p", "provider": "vendor", "model": "another/model-name"}]}
        # Not "openai": in "openai/gpt-oss-120b" that would name the provider, not a part of the model.
        config = settings(fake, provider={"id": "vendor"})
        config["accounts"][0]["providers"][0]["provider"] = "vendor"
        config["accounts"].append(pinned)
        config["virtual_keys"][0]["account"] = "main"
        config["virtual_keys"].append({"id": "pins", "key": "sk-sl-pinned-account-0123456789", "account": "pinned"})
        with Gateway(tmp_path_factory.mktemp("traffic"), config) as gateway:
            yield gateway, fake


def test_the_recordings_are_there():
    assert len(GOOD) > 50 and len(REFUSED) > 5 and len(BROKEN) == 1


@pytest.mark.parametrize("exchange", GOOD, ids=name)
def test_passes_byte_for_byte(world, exchange):
    gateway, upstream = world
    upstream.answer = replay(exchange)
    sent = request_bytes(exchange, indent=1)
    status, headers, body = post(gateway, PATHS[exchange["operation"]], sent)
    assert status == exchange["response"]["status"], body
    assert body == answer_bytes(exchange["response"])
    assert upstream.seen[-1].body == sent
    recorded = {name.lower(): value for name, value in exchange["response"].get("headers", {}).items()}
    if "content-type" in recorded:
        assert headers["content-type"] == recorded["content-type"]


@pytest.mark.parametrize("exchange", GOOD, ids=name)
def test_only_the_model_is_spliced(world, exchange):
    gateway, upstream = world
    upstream.answer = replay(exchange)
    recorded = request_bytes(exchange)
    model = json.loads(recorded)["model"]
    status, headers, body = post(gateway, PATHS[exchange["operation"]], with_model(recorded, model, "pinned"),
                                 key="sk-sl-pinned-account-0123456789")
    assert status == exchange["response"]["status"], body
    assert body == answer_bytes(exchange["response"])
    assert upstream.seen[-1].body == with_model(recorded, model, "another/model-name")
    assert headers["x-sluice-model"] == "another/model-name"


def with_model(body, old, new):
    field = b'"model": ' + json.dumps(old, ensure_ascii=False).encode()
    assert body.count(field) >= 1
    return body.replace(field, b'"model": ' + json.dumps(new).encode(), 1)


@pytest.mark.parametrize("exchange", REFUSED, ids=name)
def test_refusals_keep_their_words(start, exchange):
    """With one target there is nobody to fail over to, so the caller sees what the provider said."""
    with Upstream(replay(exchange)) as fake:
        status, _, body = post(start(settings(fake)), PATHS[exchange["operation"]], request_bytes(exchange))
    assert status == exchange["response"]["status"], body
    if status not in FAILS_OVER and status < 500:
        assert body == answer_bytes(exchange["response"])
    assert isinstance(json.loads(body), dict)


@pytest.mark.parametrize("exchange", BROKEN, ids=name)
def test_a_failure_inside_an_answer_is_one(start, exchange):
    """The next target is asked; where there is none, the caller is told in OpenAI's form what the provider said."""
    sent, path = request_bytes(exchange), PATHS[exchange["operation"]]
    with Upstream(replay(exchange)) as broken, Upstream(replay(GOOD[0])) as good:
        config = settings(broken)
        gateway = start(config)
        status, _, body = post(gateway, path, sent)
        assert status == 502 and is_openai_error(body), body
        assert "Malformed function call" in json.loads(body)["error"]["message"]
        config["providers"].append({**config["providers"][0], "id": "second", "base_url": f"{good.url}/v1"})
        config["accounts"][0]["providers"].append({"id": "next", "provider": "second", "models": ["*"], "weight": 0})
        status, headers, body = post(start(config), path, sent)
        assert (status, headers["x-sluice-attempts"]) == (200, "2")
        assert body == answer_bytes(GOOD[0]["response"])
