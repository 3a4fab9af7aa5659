"""The recorded exchanges of tests/traffic, as bytes again, and an upstream that answers with one of them."""
import http.client
import json

from support.gateway import KEY, ROOT

FOLDER = ROOT / "tests/traffic"
FRAMING = {"content-length", "transfer-encoding", "content-encoding", "connection", "keep-alive", "date"}


def exchanges(wanted):
    """The exchanges whose index entry wanted(entry) takes, ordered by id."""
    index = json.loads((FOLDER / "index.json").read_text())
    found = [entry for entry in index if wanted(entry) and (FOLDER / entry["file"]).exists()]
    return [json.loads((FOLDER / entry["file"]).read_text()) for entry in sorted(found, key=lambda entry: entry["id"])]


def answer_bytes(response):
    if "sse" in response:
        return response["sse"].encode()
    if "text" in response:
        return response["text"].encode()
    return json.dumps(response.get("body"), ensure_ascii=False, indent=1).encode()


def headers(response):
    """Without framing, and with the content type that some recorders dropped."""
    kept = [(name, str(value)) for name, value in response.get("headers", {}).items() if name.lower() not in FRAMING]
    if not any(name.lower() == "content-type" for name, _ in kept):
        kept.append(("Content-Type", "text/event-stream" if "sse" in response else "application/json"))
    return kept


def replay(exchange):
    """answer(seen, caller) of an Upstream: the recorded answer, in its recorded transport chunks where they are known."""
    response = exchange["response"]
    data = answer_bytes(response)

    def answer(_, caller):
        if "sse" not in response:
            return caller.send(response["status"], data, headers(response))
        caller.begin(response["status"], headers(response))
        at = 0
        for length in response.get("chunk_lengths") or [1000] * (len(data) // 1000):
            caller.chunk(data[at:at + length])
            at += length
        caller.chunk(data[at:])
        caller.end()

    return answer


def post(gateway, path, body, key=KEY, headers=()):
    """(status, headers, body) as they came; nothing decoded."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    try:
        connection.request("POST", path, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json",
                                                **dict(headers)})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
