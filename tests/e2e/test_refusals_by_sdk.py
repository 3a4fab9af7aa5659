"""Every refusal as the user of an official SDK sees it: the right class, no retry where none helps, and no provider asked."""
import itertools
import time

import pytest

from support.fake_openai import FakeOpenAI
from support.gateway import Gateway, eventually, settings
from support.sdk_refusals import SDKS
from support.traffic import post
from support.upstream import Upstream
from support.wire import chat_body

# What is refused: its key's terms, the model asked for, the status, and the name that OpenAI's dialect has for it.
HOUR = {"reset_duration": "1h"}
REFUSALS = {
    "budget": ({"budget": {"max_spend": 0.0001, "reset_duration": "1M"}}, "gpt-4o", 402, "budget_exceeded"),
    "rate": ({"rate_limit": {"max_requests": 0, **HOUR}}, "gpt-4o", 429, "rate_limit_exceeded"),
    "model": ({"models": ["gpt-4o-mini"]}, "gpt-4o", 403, "model_not_allowed"),
    "disabled": ({"enabled": False}, "gpt-4o", 403, "key_disabled"),
    "expired": ({"expires_at": "2020-01-01T00:00:00Z"}, "gpt-4o", 403, "key_expired"),
    "network": ({"networks": ["10.0.0.0/8"]}, "gpt-4o", 403, "network_not_allowed"),
    "endpoint": ({"endpoints": ["embeddings"]}, "gpt-4o", 403, "endpoint_not_allowed"),
    "unpriced": ({"budget": {"max_spend": 100, "reset_duration": "1M"}}, "nobody-knows-it", 403, "model_not_priced"),
    "unknown": (None, "gpt-4o", 401, "invalid_api_key"),
}
# By status: what each SDK has for it.
CLASSES = {
    "openai": {401: "AuthenticationError", 402: "APIStatusError", 403: "PermissionDeniedError", 429: "RateLimitError"},
    "anthropic": {401: "AuthenticationError", 402: "APIStatusError", 403: "PermissionDeniedError", 429: "RateLimitError"},
    "genai": dict.fromkeys((401, 402, 403, 429), "ClientError"),
    "node-openai": {401: "AuthenticationError", 402: "APIError", 403: "PermissionDeniedError", 429: "RateLimitError"},
    "node-anthropic": {401: "AuthenticationError", 402: "APIError", 403: "PermissionDeniedError", 429: "RateLimitError"},
    "node-genai": dict.fromkeys((401, 402, 403, 429), "ApiError"),
}
ANTHROPIC = {401: "authentication_error", 402: "billing_error", 403: "permission_error", 429: "rate_limit_error"}
RETRIES = [sdk for sdk in SDKS if sdk != "node-genai"]   # which has none


def secret(name):
    return f"sk-sl-refusals-{name}-0123456789abcdefghijklmnopqrstuv"


class World:
    """A gateway with a key for every refusal, and one for every SDK that is to be refused for a moment only."""

    def __init__(self, directory, upstream):
        keys = [{"id": name, "key": secret(name), **terms} for name, (terms, *_) in REFUSALS.items() if terms is not None]
        for sdk in SDKS:
            keys.append({"id": f"brief-{sdk}", "key": secret(f"brief-{sdk}"), "rate_limit": {"max_requests": 1, "reset_duration": "3s"}})
            keys.append({"id": f"full-{sdk}", "key": secret(f"full-{sdk}"), "rate_limit": {"max_requests": 1, "max_tokens": 100_000, **HOUR}})
            keys.append({"id": f"long-{sdk}", "key": secret(f"long-{sdk}"), "rate_limit": {"max_requests": 1, **HOUR}})
        keys.append({"id": "marker", "key": secret("marker")})
        # One thread: rows come into the log in the order of their requests.
        config = settings(upstream, virtual_keys=keys, server={"listen": "127.0.0.1:0", "threads": 1})
        self.gateway, self.upstream = Gateway(directory, config), upstream
        self.markers, self.last = itertools.count(), 0

    def ask(self, sdk, key, model="gpt-4o", retries=0):
        """What the SDK's user sees, the rows that it has left, and how many requests a provider got."""
        asked = len(self.upstream.seen)
        seen = SDKS[sdk](self.gateway.url, secret(key), model, retries)
        asked = len(self.upstream.seen) - asked
        marker = f"marker-{next(self.markers)}"
        post(self.gateway, "/v1/chat/completions", chat_body(model=marker), secret("marker"))
        end = eventually(lambda: self.gateway.rows(f"model_asked = '{marker}'"), "the marker is in the log")[0]["row"]
        rows = self.gateway.rows(f"row > {self.last} AND row < {end} ORDER BY row")
        self.last = end
        return seen, rows, asked


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with Upstream(FakeOpenAI()) as upstream:
        made = World(tmp_path_factory.mktemp("refusals"), upstream)
        with made.gateway:
            yield made


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_the_right_class_and_no_retry(world, sdk, refusal):
    _, model, status, code = REFUSALS[refusal]
    # Google's SDKs do not ask whether a retry may help.
    seen, rows, asked = world.ask(sdk, refusal, model, retries=0 if status == 429 and "genai" in sdk else 3)
    assert CLASSES[sdk][status] in seen["kinds"], seen
    assert seen["status"] == status
    assert seen["code"] == (ANTHROPIC[status] if "anthropic" in sdk else code)
    assert [(row["status"], row["error"], row["cost_nano_usd"]) for row in rows] == [(status, code, 0)]
    assert asked == 0


@pytest.mark.parametrize("sdk", RETRIES)
def test_the_sdk_waits_for_its_turn(world, sdk):
    """The second of two requests where one in three seconds is allowed."""
    first, rows, _ = world.ask(sdk, f"brief-{sdk}", retries=0)
    assert "hello" in first["text"] and [row["status"] for row in rows] == [200]
    second, rows, asked = world.ask(sdk, f"brief-{sdk}", retries=4)
    assert "hello" in second["text"]
    *refused, served = [row["status"] for row in rows]
    assert served == 200 and asked == 1
    # Once is enough, as all but Google's do what Retry-After says; a machine may be so slow that they have passed.
    assert refused in ([], [429]) or ("genai" in sdk and set(refused) == {429})


@pytest.mark.parametrize("sdk", [sdk for sdk in SDKS if "genai" not in sdk])
def test_no_sdk_sleeps_out_a_long_limit(world, sdk):
    """A minute and more is for the user to decide about."""
    world.ask(sdk, f"long-{sdk}")
    began = time.monotonic()
    refused, rows, asked = world.ask(sdk, f"long-{sdk}", retries=4)
    assert refused["status"] == 429 and asked == 0
    assert [row["status"] for row in rows] == [429]
    assert refused["headers"]["x-should-retry"] == "false"
    assert int(refused["headers"]["retry-after"]) > 60
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("sdk", SDKS)
def test_limits_can_be_read(world, sdk):
    served, _, _ = world.ask(sdk, f"full-{sdk}")
    refused, rows, asked = world.ask(sdk, f"full-{sdk}", retries=0)
    assert refused["status"] == 429 and asked == 0 and len(rows) == 1
    for headers, left in ((served["headers"], "0"), (refused["headers"], "0")):
        if not headers:
            assert sdk == "node-genai"   # shows none
            continue
        assert headers["x-ratelimit-limit-requests"] == "1"
        assert headers["x-ratelimit-remaining-requests"] == left
        assert headers["x-ratelimit-reset-requests"].endswith("s")
        assert headers["x-ratelimit-limit-tokens"] == "100000"
        assert 0 < int(headers["x-ratelimit-remaining-tokens"]) <= 100_000
    if refused["headers"]:
        assert 3_000 < int(refused["headers"]["retry-after"]) <= 3_600
