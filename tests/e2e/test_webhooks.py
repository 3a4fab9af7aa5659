"""Notices of budgets, as the library of the standard that they are signed by reads them."""
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from support.gateway import KEY, eventually, settings
from support.traffic import post
from support.upstream import Upstream
from support.wire import chat_body

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
PRICES = {"overrides": [{"model": "gpt-4o", "input": 1000, "output": 1000}]}


class Receiver:
    """Answers the first of each delivery with 500, and those that follow with 204."""

    def __init__(self):
        self.got = []

    def __call__(self, seen, caller):
        headers = {name.lower(): value for name, value in seen.headers}
        again = any(headers["webhook-id"] == other["webhook-id"] for other, _ in self.got)
        self.got.append((headers, seen.body))
        caller.send(204 if again else 500)

    def delivered(self):
        """The bodies by their ids, each once, in the order of the first attempts; the signatures have been checked."""
        return list({headers["webhook-id"]: Webhook(SECRET).verify(body, headers) for headers, body in self.got}.values())


def test_notices_are_signed_by_the_standard_and_sent_again(start, upstream):
    receiver = Receiver()
    with Upstream(receiver) as hook:
        key = {"id": "tester", "key": KEY, "budget": {"max_spend": 1, "reset_duration": "1Y", "warn_at": [1]}}
        gateway = start(settings(upstream, models=["gpt-4o"], virtual_keys=[key], pricing=PRICES, webhooks=[{"url": hook.url + "/notices", "secret": SECRET}]))
        for _ in range(200):
            status = post(gateway, "/v1/chat/completions", chat_body(model="gpt-4o", max_tokens=20), KEY)[0]
            if status != 200:
                break
        assert status == 402
        kinds = eventually(lambda: len(receiver.got) >= 4 and [one["type"] for one in receiver.delivered()], "both notices came twice")
        assert kinds == ["budget_threshold", "budget_exhausted"]
        for one in receiver.delivered():
            assert one["data"]["subject"] == "tester", one
        headers, body = receiver.got[0]
        forged = body.replace(b"tester", b"nobody")
        assert forged != body
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(forged, headers)
        assert SECRET not in gateway.log
        assert json.loads(body)
