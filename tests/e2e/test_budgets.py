"""Budgets as an operator meets them: over restarts, in the ledger, on the command line."""
import json
import sqlite3

import pytest

from support.gateway import eventually, settings
from support.traffic import post
from support.upstream import Upstream

PRICES = {"pricing": {"overrides": [{"model": "gpt-4o", "input": 1.0, "output": 2.0}]}}
ASK = {"model": "gpt-4o", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
INPUT = 8                          # tokens, as OpenAI bills this request
COST = INPUT * 1_000 + 100 * 2_000   # nano-USD


def answer(seen, caller):
    caller.send(200, {"choices": [], "usage": {"prompt_tokens": INPUT, "completion_tokens": 100, "total_tokens": INPUT + 100}})


@pytest.fixture
def upstream():
    with Upstream(answer) as fake:
        yield fake


def keyed(upstream, **limits):
    config = settings(upstream, models=["gpt-4o"], **PRICES)
    config["virtual_keys"][0].update(limits)
    return config


def asked(gateway):
    status, _, body = post(gateway, "/v1/chat/completions", json.dumps(ASK))
    return status, json.loads(body)


def test_the_example_of_the_contract(start, upstream):
    """A budget by the month and requests by the day, over a restart."""
    limits = {"budget": {"max_spend": 5 * COST / 1e9, "reset_duration": "1M"},
              "rate_limit": {"max_requests": 3, "reset_duration": "1d"}}
    gateway = start(keyed(upstream, **limits))
    assert [asked(gateway)[0] for _ in range(3)] == [200, 200, 200]
    status, body = asked(gateway)
    assert (status, body["error"]["code"]) == (429, "rate_limit_exceeded")
    gateway.stop()
    limits["rate_limit"]["max_requests"] = 10
    gateway.write(keyed(upstream, **limits))
    gateway.start()
    assert [asked(gateway)[0] for _ in range(2)] == [200, 200]
    status, body = asked(gateway)
    assert (status, body["error"]["code"]) == (402, "budget_exceeded")
    assert "resets at" in body["error"]["message"]
    assert len(upstream.seen) == 5


def test_an_audit_finds_nothing_and_what_is_wrong(start, upstream):
    gateway = start(keyed(upstream, budget={"max_spend": 1, "reset_duration": "1M"}))
    assert asked(gateway)[0] == 200

    def audit():
        done = gateway.command("audit", "--json")
        return done.returncode, json.loads(done.stdout)

    eventually(lambda: audit()[1]["requests"] == 1, "the row in the ledger")
    code, found = audit()
    assert code == 0 and found["clean"] and found["spent_nano_usd"] == COST
    gateway.stop()
    with sqlite3.connect(gateway.database) as database:
        database.execute("UPDATE counter_values SET amount = amount - 1")
    code, found = audit()
    assert code == 1 and len(found["counters_differing"]) == 1
    assert found["counters_differing"][0]["should_be"] - found["counters_differing"][0]["says"] == 1


def test_a_budget_set_later_counts_the_month_so_far(start, upstream):
    gateway = start(keyed(upstream))
    assert [asked(gateway)[0] for _ in range(2)] == [200, 200]
    gateway.write(keyed(upstream, budget={"max_spend": 2 * COST / 1e9, "reset_duration": "1M"}))
    eventually(lambda: " loaded" in gateway.log, "the reload")
    assert asked(gateway)[0] == 402
