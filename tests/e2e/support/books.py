"""Reads the gateway's database as an auditor does: does everything in it agree?"""
import contextlib
import json
import sqlite3

MEASURES = {"spend": "cost_nano_usd", "requests": "requests", "input_tokens": "input_tokens",
            "output_tokens": "output_tokens", "tokens": "input_tokens + output_tokens"}
LEVELS = {"customer": "customer = ?", "team": "team = ?", "key": "key_id = ?", "target": "account || '/' || target = ?"}


@contextlib.contextmanager
def opened(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


def check(path):
    """The file is sound, no row is doubled, the ledger is the sum of the rows, every counter the sum of the ledger."""
    with opened(path) as db:
        db.execute("BEGIN")
        assert db.execute("PRAGMA integrity_check").fetchall()[0][0] == "ok"
        assert not db.execute("SELECT id FROM requests GROUP BY id HAVING count(*) > 1").fetchall()
        rows, = db.execute("SELECT total(cost_nano_usd) FROM requests").fetchone()
        lines, = db.execute("SELECT total(cost_nano_usd) FROM spend").fetchone()
        assert rows == lines, f"rows {rows}, ledger {lines}"
        for row in db.execute("SELECT id, cost_nano_usd, attempts FROM requests"):
            assert row["cost_nano_usd"] == sum(attempt.get("cost_nano_usd", 0) for attempt in json.loads(row["attempts"])), dict(row)
        counters = db.execute("SELECT * FROM counters WHERE in_force").fetchall()
        assert counters
        for counter in counters:
            says, = db.execute("SELECT coalesce(sum(amount), 0) FROM counter_values WHERE id = ?", (counter["id"],)).fetchone()
            measure = MEASURES[counter["measure"]]
            if measure == "requests" and counter["level"] == "target":
                measure = "attempts"   # each is a request to it
            should, = db.execute(f"SELECT coalesce(sum({measure}), 0) FROM spend WHERE {LEVELS[counter['level']]}",
                                 (counter["subject"],)).fetchone()
            assert says == should, f"{counter['name']}: {says}, the ledger {should}"


def spent(path, key):
    """Nano-USD of all requests of a key."""
    with opened(path) as db:
        return db.execute("SELECT coalesce(sum(cost_nano_usd), 0) FROM requests WHERE key_id = ?", (key,)).fetchone()[0]
