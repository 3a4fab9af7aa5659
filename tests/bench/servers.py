"""The servers that scripts/bench compares, each started in a directory of its own on a port of its own."""
import atexit
import json
import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import time

from instructions import KEY

# Servers inherit it: a thousand streams are two thousand sockets.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
TICK = os.sysconf("SC_CLK_TCK")
NGINX = """\
daemon off; worker_processes {threads}; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log {log}; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
  keepalive_requests 100000000; tcp_nodelay on;
  upstream model {{ server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; {extra} }}
  }}
}}
"""
HAPROXY = """\
global
  nbthread {threads}
  maxconn 8192
  log stdout format raw local0
defaults
  mode http
  log global
  option httplog
  option http-no-delay
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend in
  bind 127.0.0.1:{port}
  default_backend model
backend model
  http-reuse always
  server one 127.0.0.1:{upstream} pool-max-conn 1024
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def wait_for(port):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nothing listens on {port}")


class Server:
    """A process with its children; what it has used so far."""

    def __init__(self, command, directory, port=None, environment=None):
        self.log = open(pathlib.Path(directory) / "output", "w+b")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, cwd=directory,
                                        env={"PATH": os.environ["PATH"] + ":/usr/sbin", **(environment or {})})
        atexit.register(self.stop)
        self.port = port or self.printed_port()
        try:
            wait_for(self.port)
        except SystemExit:
            raise SystemExit(f"{command[0]} does not listen: {pathlib.Path(self.log.name).read_text()}")

    def printed_port(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            text = pathlib.Path(self.log.name).read_text()
            if found := re.search(r"(?:serving on http://[^ ]*:|^port )(\d+)", text, re.MULTILINE):
                return int(found.group(1))
            time.sleep(0.02)
        raise SystemExit(f"{self.process.args[0]} did not start: {pathlib.Path(self.log.name).read_text()}")

    def pids(self):
        found, pending = [], [self.process.pid]
        while pending:
            pid = pending.pop()
            found.append(pid)
            for children in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
                pending += map(int, children.read_text().split())
        return found

    def cpu_seconds(self):
        total = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def resident_mib(self):
        total = 0
        for pid in self.pids():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
        return total / 1024

    def stop(self):
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def start_upstream(build, directory, interval_us=0):
    return Server([str(build / "tests/bench/bench_upstream"), "--interval-us", str(interval_us)], directory)


def start_nginx(upstream, directory, threads, log, extra=""):
    port = free_port()
    (directory / "nginx.conf").write_text(NGINX.format(
        threads=threads, directory=directory, port=port, upstream=upstream, extra=extra,
        log=f"{directory}/access.log" if log else "off"))
    return Server(["nginx", "-p", str(directory), "-c", str(directory / "nginx.conf")], directory, port)


def start_haproxy(upstream, directory, threads):
    port = free_port()
    (directory / "haproxy.cfg").write_text(HAPROXY.format(threads=threads, port=port, upstream=upstream))
    return Server(["haproxy", "-db", "-f", str(directory / "haproxy.cfg")], directory, port)


def start_sluice(binary, upstream, directory, threads):
    """Keys, budgets, rate limits and the log on, as in production."""
    config = {
        "server": {"listen": "127.0.0.1:0", "threads": threads}, "store": {"path": str(directory / "sluice.db")},
        "providers": [{"id": "up", "type": "openai", "base_url": f"http://127.0.0.1:{upstream}/v1",
                       "keys": [{"value": "sk-upstream"}]}],
        "accounts": [{"id": "main", "providers": [{"id": "t", "provider": "up", "models": ["gpt-4o"]}]}],
        "pricing": {"overrides": [{"model": "*", "input": 2.5, "output": 10}]},
        "virtual_keys": [{"id": "bench", "key": KEY, "budget": {"max_spend": 500000, "reset_duration": "1M"},
                          "rate_limit": {"max_requests": 1000000000, "reset_duration": "1d"}}]}
    (directory / "sluice.yaml").write_text(json.dumps(config))
    return Server([str(binary), "serve", "--config", str(directory / "sluice.yaml")], directory)
