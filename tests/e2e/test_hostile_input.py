"""What a confused or hostile caller sends: a clear 4xx in OpenAI's form, and the gateway goes on."""
import json
import random

import pytest

from support.fake_openai import FakeOpenAI
from support.gateway import Gateway, settings
from support.upstream import Upstream
from support.wire import Wire, chat_body, chat_request, head, is_openai_error

DEEP = 100_000


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with Upstream(FakeOpenAI()) as fake, Gateway(tmp_path_factory.mktemp("hostile"), settings(fake)) as gateway:
        yield gateway, fake


@pytest.fixture(autouse=True)
def still_answers(world):
    """After every case: it still runs, and nothing of the case reached the provider unless the case says so."""
    yield
    gateway, _ = world
    with Wire(gateway) as wire:
        assert wire.send(chat_request()).answer()[0] == 200, gateway.log
    assert gateway.process.poll() is None, gateway.log


BODIES = {
    "empty": b"",
    "no json": b"hello",
    "half a body": b'{"model":"gpt-4o","messages":[',
    "two values": b'{"model":"gpt-4o","messages":[]} {}',
    "array": b'[{"model":"gpt-4o"}]',
    "number": b"7",
    "no model": b'{"messages":[]}',
    "empty model": b'{"model":"","messages":[]}',
    "model is a number": b'{"model":4,"messages":[]}',
    "model is null": b'{"model":null,"messages":[]}',
    "model is an object": b'{"model":{"a":1},"messages":[]}',
    "model twice": b'{"model":"gpt-4o","messages":[],"model":"o1-pro"}',
    "model twice, once escaped": b'{"model":"gpt-4o","messages":[],"mod\\u0065l":"o1-pro"}',
    "stream twice": b'{"model":"gpt-4o","stream":false,"messages":[],"stream":true}',
    "stream is a word": b'{"model":"gpt-4o","stream":"yes","messages":[]}',
    "invalid UTF-8": b'{"model":"gpt-4o","messages":[{"role":"user","content":"\xff\xfe"}]}',
    "overlong UTF-8": b'{"model":"gpt-4o","messages":[{"role":"user","content":"\xc0\xaf"}]}',
    "surrogate in UTF-8": b'{"model":"gpt-4o","messages":[{"role":"user","content":"\xed\xa0\x80"}]}',
    "control character in a string": b'{"model":"gpt-4o","messages":[{"role":"user","content":"a\nb"}]}',
    "NaN": b'{"model":"gpt-4o","temperature":NaN}',
    "comment": b'{"model":"gpt-4o"/*x*/}',
    "byte order mark": b'\xef\xbb\xbf{"model":"gpt-4o","messages":[]}',
    "deep arrays": b'{"model":"gpt-4o","messages":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"model":"gpt-4o","messages":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}",
    "long model": b'{"model":"' + b"a" * 100_000 + b'","messages":[]}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_bad_bodies(world, body):
    gateway, upstream = world
    before = len(upstream.seen)
    with Wire(gateway) as wire:
        status, headers, answer = wire.send(head(len(body)) + body).answer()
    assert status == 400, answer
    assert is_openai_error(answer) and headers["content-type"].startswith("application/json")
    assert json.loads(answer)["error"]["type"] == "invalid_request_error"
    assert len(upstream.seen) == before


MALFORMED = {
    "no HTTP": (b"hello there\r\n\r\n", {400}),
    "TLS to a plain port": (bytes.fromhex("16030100a5010000a10303") + b"\x00" * 150 + b"\r\n\r\n", {400}),
    "HTTP/0.9": (b"GET /\r\n\r\n", {400}),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 405, 505}),
    "HTTP/3.0": (b"GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n", {400, 505}),
    "no Host": (b"GET /healthz HTTP/1.1\r\n\r\n", {400}),
    "two Hosts": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", {400}),
    "space before colon": (b"GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", {400}),
    "folded header": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", {400}),
    "NUL in a header": (b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\x00c\r\n\r\n", {400}),
    "bare LF": (b"GET /healthz HTTP/1.1\nHost: a\n\n", {400}),
    "negative length": (head("-1"), {400}),
    "length is no number": (head("ten"), {400}),
    "length too large for 64 bits": (head("99999999999999999999999"), {400, 413}),
    "two lengths": (head(2, "Content-Length: 3") + b"{}", {400}),
    "length and chunked": (head(2, "Transfer-Encoding: chunked") + b"0\r\n\r\n", {400}),
    "gzip transfer encoding": (head(None, "Transfer-Encoding: gzip") + b"x", {400, 501}),
    "chunked not last": (head(None, "Transfer-Encoding: chunked, identity") + b"0\r\n\r\n", {400, 501}),
    "chunked in HTTP/1.0": (head(None, "Transfer-Encoding: chunked").replace(b"HTTP/1.1", b"HTTP/1.0") + b"0\r\n\r\n", {400}),
    "bad chunk size": (head(None, "Transfer-Encoding: chunked") + b"zz\r\nabc\r\n0\r\n\r\n", {400}),
    "headers without end": (head(2, *(f"X-{n}: {'y' * 1000}" for n in range(100))) + b"{}", {400, 413, 431}),
    "long target": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", {400, 414, 431}),
}


@pytest.mark.parametrize("bytes, expected", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_http(world, bytes, expected):
    gateway, upstream = world
    before = len(upstream.seen)
    with Wire(gateway) as wire:
        status, headers, body = wire.send(bytes).answer()
        assert status in expected, body
        assert is_openai_error(body)
        assert wire.closed(), "what follows could be read as another request"
    assert len(upstream.seen) == before


def test_trailers_are_no_headers(world):
    """An Authorization that comes as a trailer authorises nobody."""
    gateway, _ = world
    body = chat_body()
    text = (b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n"
            + b"%x\r\n" % len(body) + body + b"\r\n0\r\n" + head(None).split(b"\r\n")[2] + b"\r\n\r\n")
    with Wire(gateway) as wire:
        assert wire.send(text).answer()[0] == 401


def test_100_megabytes_are_refused_before_they_are_sent(world):
    gateway, _ = world
    with Wire(gateway) as wire:
        status, _, body = wire.send(head(100 << 20)).answer()
    assert status == 413 and json.loads(body)["error"]["code"] == "request_too_large"


def test_100_megabytes_in_chunks_are_refused_as_they_come(world):
    gateway, _ = world
    chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    with Wire(gateway) as wire:
        wire.send(head(None, "Transfer-Encoding: chunked"))
        for _ in range(40):
            wire.send(chunk)
        status, _, body = wire.answer()
    assert status == 413 and json.loads(body)["error"]["code"] == "request_too_large"


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/v1/chat/completions", 405), ("POST", "/v1/models", 405), ("POST", "/v1/nothing", 404), ("GET", "/", 404),
    ("DELETE", "/healthz", 405),
])
def test_wrong_paths_and_methods(world, method, path, status):
    with Wire(world[0]) as wire:
        got, _, body = wire.send(head(0, path=path, method=method)).answer()
    assert got == status and is_openai_error(body)


@pytest.mark.parametrize("header", ["Authorization: Basic dTpw", "Authorization: Bearer", "Authorization: Bearer sk-sl-\x01",
                                    "x-api-key: ", "Authorization: Bearer " + "k" * 20_000])
def test_wrong_credentials(world, header):
    gateway, upstream = world
    before, body = len(upstream.seen), chat_body()
    text = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{header}\r\n\r\n".encode() + body
    with Wire(gateway) as wire:
        status, _, answer = wire.send(text).answer()
    assert status in (400, 401) and is_openai_error(answer)
    assert len(upstream.seen) == before


def test_pipelined_requests_are_each_answered(world):
    with Wire(world[0]) as wire:
        wire.send(b"".join(chat_request(word) for word in ("one", "two", "three")))
        for word in ("one", "two", "three"):
            status, _, body = wire.answer()
            assert status == 200 and json.loads(body)["choices"][0]["message"]["content"] == f"you said: {word}"


def test_random_bytes(world):
    """Nothing in particular, a thousand times: mutated requests and noise."""
    gateway, _ = world
    random.seed(7)
    good = bytearray(chat_request())
    for _ in range(300):
        text = bytearray(good)
        for _ in range(random.randint(1, 8)):
            text[random.randrange(len(text))] = random.randrange(256)
        with Wire(gateway) as wire:
            wire.send(bytes(text[:random.randint(1, len(text))]))
