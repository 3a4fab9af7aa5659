#!/usr/bin/env python3
"""Sluice beside nginx and HAProxy: same run, same upstream, same load, repetitions interleaved. Writes docs/performance.md.

  compare.py [--build build/release] [--threads N] [--repeat N] [--seconds N] [--streams N] [--quick] [--output FILE]

CPU is what the kernel charged to the server's processes. Of several repetitions the cheapest counts: everything else on
the machine can only add to it.
"""
import argparse
import json
import os
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading

import report
from instructions import KEY, measure
from servers import start_haproxy, start_nginx, start_sluice, start_upstream

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
CONNECTIONS = 32
RATE, RATE_CONNECTIONS = 5000, 64
INTERVAL_US, DELTAS, RAMP_US = 200_000, 40, 4_000   # light enough that two cores are not the limit


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--keys", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="one short repetition, no instruction counts: is it all in order?")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs/performance.md")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.repeat, chosen.seconds = 1, 1
    return chosen


def wrk(port, connections, seconds, pause_ms=0):
    run = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "chat.lua"),
                          f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True,
                         env={"PATH": os.environ["PATH"], "SLUICE_KEY": KEY, "PAUSE_MS": str(pause_ms)})
    result = json.loads(run.stdout.strip().splitlines()[-1])
    if result["bad"]:
        raise SystemExit(f"{result['bad']} of {result['requests']} requests on port {port} went wrong")
    return result


def chat(server, seconds):
    wrk(server.port, CONNECTIONS, 1)   # connections made, caches warm
    before = server.cpu_seconds()
    result = wrk(server.port, CONNECTIONS, seconds)
    result["cpu_us"] = (server.cpu_seconds() - before) / result["requests"] * 1e6
    result["rss_mib"] = server.resident_mib()
    return result


def cheapest(runs):
    """The repetition with the least CPU, with the least latencies of all and the median rate."""
    best = dict(min(runs, key=lambda run: run["cpu_us"]))
    for field in ("p50_us", "p90_us", "p99_us"):
        best[field] = min(run[field] for run in runs)
    best["rate"] = statistics.median(run["requests"] / run["seconds"] for run in runs)
    return best


def compare_chats(options, folder):
    build = options.build
    upstream = start_upstream(build, folder("upstream"))
    servers = {
        "Sluice": start_sluice(build / "sluice", upstream.port, folder("sluice"), options.threads),
        "nginx": start_nginx(upstream.port, folder("nginx"), options.threads, log=True),
        "nginx, no access log": start_nginx(upstream.port, folder("nginx-silent"), options.threads, log=False),
        "HAProxy": start_haproxy(upstream.port, folder("haproxy"), options.threads),
    }
    idle = {name: server.resident_mib() for name, server in servers.items()}
    runs = {name: [] for name in servers}
    for round_number in range(options.repeat):
        for name, server in servers.items():
            runs[name].append(chat(server, options.seconds))
            print(f"  chat {round_number + 1}/{options.repeat} {name:22} {runs[name][-1]['cpu_us']:6.1f} µs CPU a request")
    results = {name: {**cheapest(each), "idle_mib": idle[name]} for name, each in runs.items()}
    for server in [*servers.values(), upstream]:
        server.stop()
    return results


def own_time(options, folder):
    """The gateway's own share of each request at a fixed rate, by its own log: mean and percentiles in µs."""
    directory = folder("own-time")
    upstream = start_upstream(options.build, folder("own-time-upstream"))
    server = start_sluice(options.build / "sluice", upstream.port, directory, options.threads)
    wrk(server.port, RATE_CONNECTIONS, 1)
    result = wrk(server.port, RATE_CONNECTIONS, options.seconds, pause_ms=int(RATE_CONNECTIONS / RATE * 1000))
    server.stop()
    upstream.stop()
    with sqlite3.connect(directory / "sluice.db") as store:
        times = [row[0] for row in store.execute("SELECT gateway_us FROM requests ORDER BY row DESC LIMIT ?",
                                                 (result["requests"],))]
    times.sort()
    return {"rate": result["requests"] / result["seconds"], "mean_us": statistics.mean(times),
            "p50_us": times[len(times) // 2], "p99_us": times[int(len(times) * .99)]}


def streams(options, port, server=None):
    """All streams at once; with a server also its CPU a delta and its memory while they are open."""
    clients = subprocess.Popen([str(options.build / "tests/bench/stream_clients"), "--port", str(port), "--key", KEY,
                                "--streams", str(options.streams), "--deltas", str(DELTAS), "--ramp-us", str(RAMP_US)],
                               stdout=subprocess.PIPE, text=True)
    before, most, stop = server.cpu_seconds() if server else 0, [0.0], threading.Event()

    def watch():
        while server and not stop.wait(0.25):
            most[0] = max(most[0], server.resident_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    said, _ = clients.communicate()
    stop.set()
    watcher.join()
    result = json.loads(said)
    if result["whole"] != options.streams:
        raise SystemExit(f"only {result['whole']} of {options.streams} streams came to their ends")
    if server:
        result["cpu_us"] = (server.cpu_seconds() - before) / result["events"] * 1e6
        result["rss_mib"] = most[0]
    return result


def compare_streams(options, folder):
    upstream = start_upstream(options.build, folder("stream-upstream"), INTERVAL_US)
    starters = {
        "Sluice": lambda d: start_sluice(options.build / "sluice", upstream.port, d, options.threads),
        "nginx": lambda d: start_nginx(upstream.port, d, options.threads, log=True, extra="proxy_buffering off;"),
        "HAProxy": lambda d: start_haproxy(upstream.port, d, options.threads),
    }
    runs, direct = {name: [] for name in starters}, []
    for round_number in range(max(1, options.repeat // 2)):
        direct.append(streams(options, upstream.port))
        for name, starter in starters.items():
            server = starter(folder(f"stream-{name}-{round_number}"))
            runs[name].append(streams(options, server.port, server))
            server.stop()
            print(f"  {options.streams} streams {name:22} {runs[name][-1]['cpu_us']:6.1f} µs CPU a delta")
    upstream.stop()
    first = {p: min(run["first_us"][p] for run in direct) for p in ("p50", "p99")}
    results = {}
    for name, each in runs.items():
        best = min(each, key=lambda run: run["cpu_us"])
        added = {p: min(run["first_us"][p] for run in each) - first[p] for p in first}
        results[name] = {**best, "added_p50_us": added["p50"], "added_p99_us": added["p99"]}
    return results, first


def many_keys(options, folder):
    """The gateway with so many virtual keys as nobody has, one after the other: all alike, and no two alike."""
    os.environ["SLUICE_BINARY"] = str(options.build / "sluice")
    sys.path.insert(0, str(ROOT / "tests/e2e"))
    from support.gateway import Gateway
    from support.many_keys import configuration, fill, resident_mib, timed_change, timed_start
    results = {}
    for name, differ in (("all alike", False), ("no two alike", True)):
        gateway = Gateway(folder(f"keys {name}"), configuration())
        gateway.start()
        gateway.stop()
        fill(gateway.database, 0, options.keys, differ)
        first = timed_start(gateway)
        gateway.stop()
        again = timed_start(gateway)
        resident = resident_mib(gateway.process)
        changed = timed_change(gateway)
        gateway.stop()
        results[name] = {"first_s": first, "start_s": again, "rss_mib": resident, "change_s": changed}
        print(f"  {options.keys} keys, {name:14} {again:6.2f} s to start, {resident:.0f} MiB")
    return results


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as temporary:
        def folder(name):
            path = pathlib.Path(temporary) / name.replace(" ", "-")
            path.mkdir()
            return path

        os.chmod(temporary, 0o755)   # nginx's workers run as another user
        chats = compare_chats(options, folder)
        own = own_time(options, folder)
        streamed, direct = compare_streams(options, folder)
        keyed = many_keys(options, folder)
    counted = None if options.quick else measure(str(options.build / "sluice"))
    text = report.page(options, chats, own, streamed, direct, keyed, counted)
    print(text)
    if not options.quick:
        options.output.write_text(text)
        print(f"written to {options.output}")


if __name__ == "__main__":
    main()
