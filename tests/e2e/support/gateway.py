"""The built binary as a user starts it: a configuration file, a process, a port, signals, an exit code."""
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = pathlib.Path(os.environ.get("SLUICE_BINARY", ROOT / "build/release/sluice"))
KEY = "sk-sl-end-to-end-tests-0123456789abcdefghijklmnopq"
PATIENCE = 30.0   # how long anything may take before a test says that it never will


def eventually(claim, what, within=PATIENCE):
    """Waits until claim() is true and returns its value; fails with `what` otherwise."""
    until = time.monotonic() + within
    while True:
        value = claim()
        if value:
            return value
        assert time.monotonic() < until, f"never happened: {what}"
        time.sleep(0.01)


def settings(upstream=None, *, models=("*",), provider=None, **sections):
    """A configuration: one OpenAI-type provider at `upstream`, one account, one key. Sections given replace their own."""
    # Its own list of models would be one request more for the fake provider, at a time of its own.
    shared = {"id": "openai", "type": "openai", "keys": [{"value": "sk-upstream-secret"}], "list_models": False}
    if upstream is not None:
        shared["base_url"] = f"{upstream.url}/v1"
    return {
        "server": {"listen": "127.0.0.1:0", "threads": 2},
        "providers": [{**shared, **(provider or {})}],
        "accounts": [{"id": "main", "providers": [{"id": "any", "provider": "openai", "models": list(models)}]}],
        "virtual_keys": [{"id": "tester", "key": KEY}],
        **sections,
    }


def environment(extra=None):
    """Nothing of the person who runs the tests: no provider keys, no proxies."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8", **(extra or {})}


def sluice(*arguments, cwd=None, env=None, timeout=PATIENCE):
    """Runs one command to its end."""
    return subprocess.run([str(BINARY), *map(str, arguments)], cwd=cwd, env=environment(env), timeout=timeout,
                          capture_output=True, text=True)


class Gateway:
    """`sluice serve` in a directory of its own; the store is <directory>/data/sluice.db."""

    def __init__(self, directory, config, env=None, runner=()):
        self.directory = pathlib.Path(directory)
        self.file = self.directory / "sluice.yaml"
        self.database = self.directory / "data" / "sluice.db"
        self.env = environment(env)
        self.runner = list(runner)
        self.lines = []
        self.process = None
        self.port = None
        self.write(config)

    def write(self, config):
        """Replaces the configuration file in one step, as an editor or a config-map does."""
        if isinstance(config, dict):
            if "store" not in config:
                config = {**config, "store": {"path": str(self.database)}}
            config = json.dumps(config, indent=1)   # JSON is YAML
        fresh = self.file.with_suffix(".new")
        fresh.write_text(config)
        fresh.replace(self.file)

    def serve(self):
        """The command line."""
        return [*self.runner, str(BINARY), "serve", "--config", str(self.file)]

    def start(self):
        self.lines = []
        self.process = subprocess.Popen(self.serve(), cwd=self.directory, env=self.env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        served = eventually(lambda: self._serving() or self.process.poll() is not None, "the gateway starts")
        assert not isinstance(served, bool), f"exit code {self.process.poll()}: {self.log}"
        self.port = int(served)
        return self

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def _serving(self):
        for line in list(self.lines):
            found = re.search(r"sluice: serving on https?://[^ ]*:(\d+)", line)
            if found:
                return found.group(1)
        return None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return "\n".join(self.lines)

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, within=PATIENCE):
        code = self.process.wait(within)
        self.reader.join(5)
        return code

    def stop(self, number=signal.SIGTERM):
        """Ends it if it still runs; the exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.send(number)
            try:
                return self.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.wait()
                raise
        return self.process.returncode

    def rows(self, where="1"):
        """The request log as it stands in the store."""
        return self._query(f"SELECT * FROM requests WHERE {where}")

    def count(self, where="1"):
        return self._query(f"SELECT count(*) AS n FROM requests WHERE {where}")[0]["n"]

    def _query(self, sql):
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]
        finally:
            connection.close()

    def command(self, *arguments):
        """Another sluice command against the same configuration."""
        return sluice(*arguments, "--config", self.file, cwd=self.directory, env=self.env)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        code = self.stop()
        assert code in (0, -signal.SIGKILL, -signal.SIGTERM), f"exit code {code}: {self.log}"
