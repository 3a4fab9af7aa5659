"""A hard budget under a thousand requests at once: not a nano-dollar over, by the provider's own count."""
import pytest

from support.billing import BillingProvider, PRICES, body_of, dollars, number_of, two_targets, worst
from support.books import check
from support.gateway import KEY, settings
from support.load import Load
from support.upstream import Upstream

REQUESTS, AFFORDABLE, CONNECTIONS = 1_000, 100, 96


def run(start, plan, kind, size, budget):
    """(gateway, provider, load) when all is asked and answered."""
    provider = BillingProvider(plan)
    with Upstream(provider) as first, Upstream(provider) as second:
        key = {"id": "tester", "key": KEY, "budget": {"max_spend": dollars(budget), "reset_duration": "1Y"}}
        quick = {"timeouts": {"total": "2s", "first_event": "2s"}}
        gateway = start(settings(accounts=two_targets(first, second, **quick), providers=[], virtual_keys=[key], pricing=PRICES))
        load = Load([provider], kind, size)
        callers = load.callers(gateway, [KEY] * CONNECTIONS, wanted=REQUESTS)
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(120)
            assert not caller.is_alive()
        assert not load.mistakes
        assert gateway.stop() == 0
    check(gateway.database)
    return gateway, provider, load


def test_of_plain_requests_as_many_as_it_pays_for(start):
    budget = AFFORDABLE * worst(body_of(0, tokens=50))
    gateway, provider, load = run(start, lambda *_: "answer", lambda _: "plain", lambda _: (50, 0), budget)
    served = list(load.whole.values()).count(200)
    assert provider.total() <= budget
    assert served == AFFORDABLE and list(load.whole.values()).count(402) == REQUESTS - AFFORDABLE
    assert sum(row["cost_nano_usd"] for row in gateway.rows()) == provider.total() == budget


def test_who_leaves_a_plain_request_pays_for_its_answer(start):
    """No way to have answers made for the price of the question."""
    budget = AFFORDABLE * worst(body_of(0, tokens=50))
    gateway, provider, load = run(start, lambda *_: "slow", lambda _: "leave plain", lambda _: (50, 0), budget)
    assert provider.total() == budget
    left = [row for row in gateway.rows() if row["status"] == 499]
    assert len(left) > AFFORDABLE // 2 and not any(row["estimated"] for row in left)
    for row in left:
        assert row["cost_nano_usd"] == provider.billed(number_of(row)), row
    assert sum(row["cost_nano_usd"] for row in gateway.rows()) == budget


KINDS = ("plain", "stream", "plain", "leave stream", "stream", "plain", "leave plain", "stream", "plain", "plain")
TROUBLES = {1: "refuse", 3: "cut", 5: "late"}   # of the first attempt, by what is left of the number divided by seven


@pytest.mark.parametrize("affordable", [AFFORDABLE, 25])
def test_of_a_mixture_never_more_than_it_pays_for(start, affordable):
    def kind(number):
        return KINDS[number % 10]

    def plan(number, attempt):
        if kind(number).startswith("leave"):
            return "linger" if "stream" in kind(number) else "slow"
        return TROUBLES.get(number % 7, "answer") if attempt == 0 else "answer"

    def size(number):
        return 20 + number % 60, number % 8 * 60   # of prompts of up to 430 tokens

    budget = affordable * worst(body_of(0, tokens=50, length=210))
    gateway, provider, load = run(start, plan, kind, size, budget)
    rows = {number_of(row): row for row in gateway.rows()}
    assert len(rows) == REQUESTS == len(load.asked)
    assert provider.total() <= budget, f"over by {provider.total() - budget}"
    spent = sum(row["cost_nano_usd"] for row in rows.values())
    for number, row in rows.items():
        assert row["cost_nano_usd"] >= provider.billed(number), (row, provider.bills[number])
        if kind(number) != "leave stream":
            assert row["cost_nano_usd"] == provider.billed(number), (row, provider.bills[number])
    assert provider.total() <= spent <= budget
    assert spent > budget // 2   # those who left have given back, perhaps when nobody asked any more
    assert {"refuse", "cut", "late"} <= {plan(number, 0) for number in provider.bills}
