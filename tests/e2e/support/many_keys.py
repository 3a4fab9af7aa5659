"""A store with many virtual keys, each with a budget and limits, in teams of customers that have limits too."""
import hashlib
import http.client
import json
import pathlib
import re
import sqlite3
import subprocess
import time

from support.gateway import BINARY

TEAMS, CUSTOMERS = 1000, 100
TOKEN = "an-admin-token-for-the-tests"


def limits(dollars):
    return {"budget": {"max_spend": dollars, "reset_duration": "1M"},
            "rate_limit": {"max_requests": 100_000, "max_tokens": 10**9, "reset_duration": "1d"}}


def configuration():
    return {"server": {"listen": "127.0.0.1:0", "threads": 2, "admin": {"token": TOKEN}},
            "providers": [{"id": "sim", "type": "simulated"}],
            "accounts": [{"id": "main", "providers": [{"id": "any", "provider": "sim", "models": ["*"]}]}],
            "customers": [{"id": f"customer-{i}", **limits(50_000)} for i in range(CUSTOMERS)],
            "teams": [{"id": f"team-{i}", "customer": f"customer-{i % CUSTOMERS}", **limits(5_000)} for i in range(TEAMS)]}


def text_of(number):
    return f"sk-sl-{number:06d}-{hashlib.sha256(str(number).encode()).hexdigest()[:40]}"


def fill(database, first, count, differ=False):
    """Writes the keys key-<first> ... as the gateway keeps them. `differ`: no two have the same budget."""
    with sqlite3.connect(database) as db:
        db.executemany(
            "INSERT INTO virtual_keys (id, sha256, hint, account, team, models, enabled, created_at, from_config, settings)"
            " VALUES (?, ?, ?, 'main', ?, '[]', 1, ?, 0, ?)",
            ((f"key-{i}", hashlib.sha256(text_of(i).encode()).digest(), text_of(i)[-4:], f"team-{i % TEAMS}", int(time.time()),
              json.dumps(limits(500 + i if differ else 500))) for i in range(first, first + count)))


def resident_mib(process):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text()).group(1)) / 1024


def timed_start(gateway):
    began = time.monotonic()
    gateway.start()
    return time.monotonic() - began


def timed_change(gateway):
    """How long it takes to make one more key."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    connection.request("POST", "/admin/keys", json.dumps({"id": "one-more"}), {"Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    assert answer.status == 201, answer.read()
    connection.close()
    return time.monotonic() - began


def cli(gateway, *arguments):
    return subprocess.run([str(BINARY), *arguments, "--config", str(gateway.file)], env=gateway.env, cwd=gateway.directory,
                          capture_output=True, text=True, check=True).stdout
