"""Many virtual keys: the gateway starts with them, knows each, pages through them and takes up a change, all without
walking all of them for each of them."""
from support.admin import TOKEN, call
from support.gateway import eventually
from support.many_keys import cli, configuration, fill, text_of, timed_start
from support.traffic import post
from support.wire import chat_body

MANY = 20_000
PATIENT = 10   # seconds: fifteen times what it takes; anything quadratic takes minutes


def ask(gateway, key):
    return post(gateway, "/v1/chat/completions", chat_body(model="any/gpt-4o", max_tokens=20), key)[0]


def test_starts_with_many_keys_and_takes_up_changes(start):
    gateway = start(configuration())
    fill(gateway.database, 0, MANY // 2)
    fill(gateway.database, MANY // 2, MANY - MANY // 2, differ=True)
    gateway.stop()
    assert timed_start(gateway) < PATIENT
    assert [ask(gateway, text_of(n)) for n in (0, 1, MANY // 2, MANY - 1)] == [200] * 4
    assert ask(gateway, text_of(MANY)) == 401

    seen, after = [], ""
    for _ in range(3):
        status, page, _ = call(gateway, "GET", f"/admin/keys?limit=1000&after={after}", token=TOKEN)
        assert status == 200 and page["has_more"] and len(page["data"]) == 1000
        seen += [key["id"] for key in page["data"]]
        after = page["next_after"]
    assert seen == sorted(f"key-{n}" for n in range(MANY))[:3000]
    assert page["data"][0]["limits"][0]["level"] == "key"

    status, made, _ = call(gateway, "POST", "/admin/keys", {"id": "fresh", "team": "team-7"}, TOKEN)
    assert status == 201 and ask(gateway, made["key"]) == 200
    cli(gateway, "keys", "disable", "key-5")
    eventually(lambda: ask(gateway, text_of(5)) == 403, "the key is disabled", PATIENT)
    assert ask(gateway, text_of(6)) == 200
    assert "Nothing differs" in cli(gateway, "audit")
    status, answer, _ = call(gateway, "DELETE", "/admin/keys/fresh", token=TOKEN)
    assert status == 204 and ask(gateway, made["key"]) == 401
