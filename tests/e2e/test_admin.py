"""The administration API of the binary: its document, its answers, its tokens, and what a crash leaves."""
import json
import re
import signal
import time

from openapi_spec_validator import validate

from support.admin import TOKEN, Admin, call
from support.gateway import KEY, eventually, settings
from support.traffic import post
from support.wire import chat_body


def administered(upstream, **sections):
    config = settings(upstream, models=["gpt-4o"], teams=[{"id": "ml", "budget": {"max_spend": 100, "reset_duration": "1M"}}], **sections)
    config["server"]["admin"] = {"token": TOKEN}
    return config


def ask(gateway, key):
    return post(gateway, "/v1/chat/completions", chat_body(model="gpt-4o", max_tokens=20), key)[0]


def test_the_document_is_valid_openapi_and_every_answer_is_as_it_says(start, upstream):
    gateway = start(administered(upstream))
    admin = Admin(gateway)
    validate(admin.document)
    assert admin.document["openapi"].startswith("3.1")
    budget = {"max_spend": 12.5, "reset_duration": "1M", "warn_at": [50], "time_zone": "Europe/Berlin"}
    for kind in ("customers", "tags"):
        assert admin("POST", f"/admin/{kind}", {"id": "one", "budgets": [budget]})[0] == 201
    assert admin("POST", "/admin/teams", {"id": "ops", "customer": "one", "rate_limit": {"max_requests": 50, "reset_duration": "1m"}})[0] == 201
    key = {"id": "ci", "team": "ops", "budget": budget, "rate_limits": [{"max_concurrent": 9}], "networks": ["127.0.0.0/8", "::1"],
           "tags": ["one"], "endpoints": ["chat"], "models": ["gpt-4o"], "expires_at": "2099-01-01T00:00:00Z",
           "providers": [{"provider": "openai", "budget": budget}], "queue": {"max_wait": "2s"}}
    status, made = admin("POST", "/admin/keys", key)
    assert status == 201
    assert ask(gateway, made["key"]) == 200
    assert admin("POST", "/admin/tokens", {"id": "look", "role": "viewer"})[0] == 201
    _, override = admin("POST", "/admin/overrides", {"level": "key", "subject": "ci", "max_spend": 99, "periods": 2})
    _, price = admin("POST", "/admin/prices/overrides", {"model": "mine*", "input": 1, "output": 2.5, "cache_read": 0.1, "web_search": 10, "provider": "openai"})
    for kind, one in (("customers", "one"), ("teams", "ops"), ("tags", "one"), ("keys", "ci")):
        assert admin("GET", f"/admin/{kind}")[0] == 200
        assert admin("GET", f"/admin/{kind}/{one}")[0] == 200
        assert admin("GET", f"/admin/{kind}/{one}/limits")[1]["data"]
        assert admin("PATCH", f"/admin/{kind}/{one}", {"rate_limit": {"max_tokens": 1_000_000, "reset_duration": "1d"}})[0] == 200
        assert admin("PATCH", f"/admin/{kind}/{one}", {"nonsense": 1})[0] == 400
        assert admin("GET", f"/admin/{kind}/nobody")[0] == 404
        assert admin("POST", f"/admin/{kind}", {"id": one})[0] == 409
    for path in ("rotate", "disable", "enable"):
        assert admin("POST", f"/admin/keys/ci/{path}")[0] == 200
    for path in ("tokens", "overrides", "prices/overrides", "prices?provider=openai&model=gpt-4o", "prices?provider=x&model=y", "audit", "targets",
                 "config", "whoami", "logs", "spend", "spend?group_by=key,model,day", "openapi.json"):
        assert admin("GET", f"/admin/{path}")[0] == 200, path
    assert admin("GET", "/admin/logs")[1]["data"][0]["key"] == "ci"
    assert admin("GET", "/admin/spend?group_by=key")[1]["data"][0]["key"] == "ci"
    assert admin("POST", "/admin/config/validate", "accounts: 3")[1]["problems"][0]["line"] == 1
    assert admin("POST", "/admin/config/reload")[0] == 200
    assert admin("GET", "/admin/keys", token="nobody")[0] == 401
    for path in ("keys/ci", "teams/ops", "tags/one", "customers/one", "tokens/look", "prices/overrides/" + price["id"]):
        if path == "keys/ci":
            assert admin("DELETE", f"/admin/overrides/{override['id']}")[0] == 204
        assert admin("DELETE", f"/admin/{path}")[0] == 204, path
    every = {(method.upper(), path) for path, methods in admin.document["paths"].items() for method in methods}
    assert admin.asked == every


def test_no_secret_is_in_an_answer_or_in_the_log(start, upstream):
    gateway = start(administered(upstream))
    admin = Admin(gateway)
    key = admin("POST", "/admin/keys", {"id": "ci"})[1]["key"]
    rotated = admin("POST", "/admin/keys/ci/rotate", {"grace": "1h"})[1]["key"]
    token = admin("POST", "/admin/tokens", {"id": "look", "role": "viewer"})[1]["token"]
    admin.seen.clear()
    for path, methods in admin.document["paths"].items():
        if "get" in methods:
            admin("GET", path.replace("{id}", "ci") + ("?provider=openai&model=gpt-4o" if path == "/admin/prices" else ""))
    admin("GET", "/admin/keys", token=key)
    for secret in (key, rotated, token, TOKEN, KEY, "sk-upstream-secret"):
        assert not [text for text in admin.seen if secret in text]
        assert secret not in gateway.log
    stored = gateway.database.read_bytes() + gateway.database.with_name("sluice.db-wal").read_bytes()
    for secret in (key, rotated, token):
        assert secret.encode() not in stored


def test_a_key_answered_with_201_works_after_kill_9(start, upstream):
    gateway = start(administered(upstream))
    for n in range(5):
        status, made, _ = call(gateway, "POST", "/admin/keys", {"id": f"k{n}", "team": "ml"})
        assert status == 201
        gateway.send(signal.SIGKILL)
        gateway.wait()
        gateway.start()
        assert ask(gateway, made["key"]) == 200
    assert len(call(gateway, "GET", "/admin/audit")[1]["data"]) == 5


def test_the_first_start_shows_a_token_once(start, upstream):
    config = settings(upstream, models=["gpt-4o"])
    gateway = start(config)
    token = eventually(lambda: re.search(r"sk-sl-admin-\S+", gateway.log), "the token is shown").group(0)
    assert call(gateway, "GET", "/admin/whoami", token=token)[1]["role"] == "admin"
    assert gateway.stop() == 0
    gateway.start()
    assert call(gateway, "GET", "/admin/whoami", token=token)[0] == 200
    assert "sk-sl-admin-" not in gateway.log


def test_a_file_that_declares_what_the_store_keeps_is_refused(start, upstream):
    gateway = start(administered(upstream))
    assert call(gateway, "POST", "/admin/teams", {"id": "ops"})[0] == 201
    config = administered(upstream)
    config["teams"].append({"id": "ops"})
    gateway.write(config)
    status, answer, _ = call(gateway, "POST", "/admin/config/reload")
    assert status == 409 and "teams[1].id" in answer["error"]["message"]
    assert gateway.stop() == 0
    run = gateway.command("serve")
    assert run.returncode == 2 and "team `ops` is declared here and is kept in the store" in run.stderr


def test_the_command_line_does_the_same(start, upstream, tmp_path):
    gateway = start(administered(upstream))
    more = tmp_path / "more.json"
    more.write_text(json.dumps({"endpoints": ["chat"]}))
    run = gateway.command("keys", "create", "--id", "ci", "--team", "ml", "--budget", "50/1M", "--max-requests", "2/1d", "--max-concurrent", "5",
                          "--tags", "night", "--networks", "127.0.0.1", "--settings", more)
    assert run.returncode == 0, run.stderr
    key = run.stdout.strip()
    eventually(lambda: ask(gateway, key) == 200, "the key is taken up")
    admin = Admin(gateway)
    shown = admin("GET", "/admin/keys/ci")[1]
    assert shown["budgets"] == [{"max_spend": 50, "reset_duration": "1M"}] and shown["endpoints"] == ["chat"] and shown["tags"] == ["night"]
    run = gateway.command("keys", "rotate", "ci", "--grace", "1h")
    assert run.returncode == 0, run.stderr
    eventually(lambda: ask(gateway, run.stdout.strip()) == 200, "the new text is taken up")
    assert ask(gateway, key) == 429, "the old text works too: two requests a day are used"
    assert [line["who"] for line in admin("GET", "/admin/audit?id=ci")[1]["data"]] == ["cli", "cli"]
    spent = eventually(lambda: [row for row in json.loads(gateway.command("spend", "--by", "key,model", "--since", "1h", "--json").stdout)
                                if row["key"] == "ci" and row["requests"] >= 2], "it is in the ledger")
    assert spent[0]["cost_nano_usd"] > 0
    assert "KEY" in gateway.command("spend", "--by", "key").stdout
    assert gateway.command("keys", "create", "--id", "bad", "--budget", "x/1M").returncode == 1
    refused = gateway.command("keys", "create", "--id", "bad", "--budget", "5/1q")
    assert refused.returncode == 1 and "reset_duration" in refused.stderr
