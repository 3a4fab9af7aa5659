"""Writes what scripts/bench measured as docs/performance.md."""
import datetime
import os
import pathlib
import re
import subprocess


def first_line(*command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"] + ":/usr/sbin"})
        return (run.stdout + run.stderr).strip().splitlines()[0]
    except (OSError, IndexError):
        return f"{command[0]}: not found"


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) // 1024 // 1024
    return f"{os.cpu_count()} × {cpu.group(1) if cpu else 'unknown processor'}, {memory} GiB, Linux {os.uname().release}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def verdict(value, must, aim):
    if value <= aim:
        return "aim met"
    return f"must met, {value / aim:.2f}× the aim" if value <= must else f"**over the must, by {value / must:.2f}×**"


COUNTED = {"chat_verbatim": "chat, passed on", "delta_verbatim": "delta, passed on",
           "chat_translated": "chat, OpenAI's caller and Anthropic's provider", "delta_translated": "delta, the same",
           "delta_from_gemini": "delta, OpenAI's caller and Gemini's provider",
           "delta_to_anthropic": "delta, Anthropic's caller and OpenAI's provider",
           "log_row_verbatim": "log row of a chat passed on", "log_row_translated": "log row of a translated one"}


def budget(chats, own, streamed, counted):
    sluice, stream = chats["Sluice"], streamed["Sluice"]
    ratio = sluice["cpu_us"] / chats["nginx"]["cpu_us"]
    rows = [("CPU of a non-streamed chat request against nginx's plain `proxy_pass`", ratio, 1.5, 1.0, f"{ratio:.2f}×")]
    if counted:
        for name, what, must, aim in (("chat_verbatim", "instructions, chat call forwarded verbatim", 40000, 25000),
                                      ("delta_verbatim", "instructions, one relayed stream delta", 8000, 5000)):
            rows.append((what, counted[name], must, aim, f"{counted[name]:,}"))
        translated = max(counted[name] for name in ("delta_translated", "delta_from_gemini", "delta_to_anthropic"))
        dearest = translated / counted["delta_verbatim"]
        rows.append(("the dearest translated delta against a verbatim one", dearest, 3, 2, f"{dearest:.2f}×"))
    rows += [
        (f"gateway's own time a request at {own['rate']:,.0f} requests/s, mean µs", own["mean_us"], 50, 11, f"{own['mean_us']:.1f}"),
        ("resident memory idle, MiB", sluice["idle_mib"], 30, 15, f"{sluice['idle_mib']:.1f}"),
        (f"resident memory with {stream['most_open']:,} open streams, MiB", stream["rss_mib"], 100, 50, f"{stream['rss_mib']:.1f}"),
        ("first byte of the upstream to the caller's, p99 added, ms", stream["added_p99_us"] / 1000, 1.0, 0.2,
         f"{stream['added_p99_us'] / 1000:.2f}"),
    ]
    return table(("what", "must", "aim", "measured", ""),
                 [(what, f"≤ {must:,}", f"≤ {aim:,}", shown, verdict(value, must, aim)) for what, value, must, aim, shown in rows])


def page(options, chats, own, streamed, direct, keyed, counted):
    chat_rows = [(name, f"{r['cpu_us']:.1f}", f"{r['cpu_us'] / chats['nginx']['cpu_us']:.2f}×", f"{r['rate']:,.0f}",
                  f"{r['p50_us'] / 1000:.2f} / {r['p90_us'] / 1000:.2f} / {r['p99_us'] / 1000:.2f}",
                  f"{r['idle_mib']:.1f}", f"{r['rss_mib']:.1f}") for name, r in chats.items()]
    stream_rows = [(name, f"{r['cpu_us']:.1f}", f"{r['added_p50_us'] / 1000:.2f} / {r['added_p99_us'] / 1000:.2f}",
                    f"{r['rss_mib']:.1f}") for name, r in streamed.items()]
    parts = [
        "# Performance",
        "Written by `scripts/bench`; run it on your own machine before you believe it. Ratios carry over, microseconds do not:\n"
        "the load generator, the upstream and the server under test share the processors here.",
        f"- machine: {machine()}\n- date: {datetime.date.today()}\n- Sluice {first_line(str(options.build / 'sluice'), 'version')[7:]}"
        f" with virtual keys, budgets, prices, request log and spend journal on; {options.threads} worker threads\n"
        f"- {first_line('nginx', '-v').removeprefix('nginx version: ')}, `proxy_pass` with kept upstream connections, "
        f"{options.threads} workers\n- {first_line('haproxy', '-v')}, {options.threads} threads\n"
        f"- {options.repeat} interleaved repetitions of {options.seconds} s; the cheapest counts",
        "## The budget\n\n" + budget(chats, own, streamed, counted),
        "## Chat requests, not streamed\n\n1 KB requests, 0.6 KB answers, 32 kept connections, as fast as they go.\n\n" +
        table(("", "CPU µs a request", "against nginx", "requests/s", "latency p50 / p90 / p99 ms", "RSS idle MiB", "RSS loaded MiB"),
              chat_rows),
        f"At {own['rate']:,.0f} requests/s Sluice itself took {own['mean_us']:.1f} µs of each request in the mean "
        f"(p50 {own['p50_us']}, p99 {own['p99_us']}), everything between the first byte in and the last byte out that was not\n"
        "waiting for the upstream or the caller.",
        f"## {options.streams:,} streams at once\n\n40 deltas of about 190 bytes each, one every 200 ms, all streams open together. "
        f"First bytes are later than without a proxy\n(p50 {direct['p50'] / 1000:.2f} ms, p99 {direct['p99'] / 1000:.2f} ms) by what stands here.\n\n" +
        table(("", "CPU µs a delta", "first byte added, p50 / p99 ms", "RSS MiB"), stream_rows),
        f"## {options.keys:,} virtual keys\n\nEach with a budget and two limits, in 1,000 teams of 100 customers that have as many. From the command "
        "to the first request\nserved; the first time the counters of all limits are made in the store besides. A change is `POST /admin/keys`, "
        "in force when\nit is answered.\n\n" +
        table(("settings of the keys", "start s", "first start s", "RSS MiB", "a change s"),
              [(name, f"{r['start_s']:.2f}", f"{r['first_s']:.2f}", f"{r['rss_mib']:.0f}", f"{r['change_s']:.2f}") for name, r in keyed.items()]),
    ]
    if counted:
        parts.append("## Instructions\n\nUser-space instructions under callgrind, one worker, log on; `ctest -R bench.instructions` "
                     "fails above the ceilings in\n`tests/bench/ceilings.json`. A log row is what the store's own thread spends on it, "
                     "with the few rows a transaction that callgrind's\nslowness leaves; the more load, the less.\n\n" +
                     table(("what", "instructions"), [(what, f"{counted[name]:,}") for name, what in COUNTED.items()]))
    return "\n\n".join(parts) + "\n"
