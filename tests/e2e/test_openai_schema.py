"""Any JSON request that OpenAI's published schema allows passes: it never crashes or hangs the gateway, and on its way to a
provider of OpenAI's dialect nothing in it is altered but the model's name, where the account maps it."""
import json

import openai.types as schema
import pytest
from hypothesis import HealthCheck, given, seed, settings as trials, strategies as st
from openai.types.audio import SpeechCreateParams
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming as Chat
from openai.types.completion_create_params import CompletionCreateParamsNonStreaming as Completion
from openai.types.image_generate_params import ImageGenerateParamsNonStreaming as Image
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming as Response

from support.gateway import KEY, Gateway, settings
from support.schema import TAME, WILD, Spelling, hints, request
from support.traffic import post
from support.upstream import Upstream
from support.wire import is_openai_error

PINNED, CLAUDE = "sk-sl-pinned-account-0123456789", "sk-sl-claude-account-0123456789"
MAPPED = 'another/model-"named"-\u00e9'
USAGE = '"usage" : {"prompt_tokens":3,"completion_tokens":2,"total_tokens":5.0}'
RESPONSE = ('{"id":"resp_1","object":"response","created_at":1700000000,"status":"completed","model":"m","output":[{"type":'
            '"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"hi",'
            '"annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}')
CHOICE = '"index":0,"finish_reason":"stop"'
# path: (type, answer, streamed answer). Written as no library writes: a byte that changes is seen.
KINDS = {
    "/v1/chat/completions": (
        Chat, '{ "id":"c","choices":[{"message":{"role":"assistant","content":"h\\u00e9"},%s}],\n%s}' % (CHOICE, USAGE),
        'data: {"id":"c","choices":[{"delta":{"content":"h\\u00e9"},%s}]}\n\n: x\n\ndata: [DONE]\n\n' % CHOICE),
    "/v1/completions": (Completion, '{"id":"c", "choices":[{"text":"hi",%s}], %s }' % (CHOICE, USAGE),
                        'data: {"id":"c","choices":[{"text":"hi",%s}]}\n\ndata: [DONE]\n\n' % CHOICE),
    "/v1/responses": (Response, RESPONSE,
                      'event: response.completed\ndata: {"type":"response.completed","response":%s}\n\n' % RESPONSE),
    "/v1/embeddings": (schema.EmbeddingCreateParams,
                       '{"object":"list","data":[{"index":0,"embedding":[1.0,-2e-3]}],%s}' % USAGE, None),
    "/v1/moderations": (schema.ModerationCreateParams, '{"id":"modr-1","results":[ {"flagged":false} ]}', None),
    "/v1/images/generations": (
        Image, '{"created":1,"data":[{"b64_json":"AAAA"}]}',
        'event: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"AAAA"}\n\n'),
    "/v1/audio/speech": (SpeechCreateParams, "\x00\x01RIFF\x7f", None),
}
CHATS = {"/v1/chat/completions": {"messages": [{"role": "user", "content": "x"}]}, "/v1/completions": {"prompt": "x"},
         "/v1/responses": {"input": "x"}}   # and what each asks at its plainest
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
           "stop_sequence": None, "content": [{"type": "text", "text": "hi"}], "usage": {"input_tokens": 1, "output_tokens": 1}}


def run(examples):
    """The same examples every time: what CI finds, everyone finds."""
    return trials(max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


def openai_answer(seen, caller):
    _, whole, streamed = KINDS[seen.path]
    if b'"stream"' in seen.body and seen.json.get("stream") is True:
        caller.begin()
        caller.chunk(streamed.encode())
        return caller.end()
    speech = [("Content-Type", "audio/mpeg")] if seen.path.endswith("speech") else []
    return caller.send(200, whole.encode(), speech)


def claude_answer(seen, caller):
    if not seen.json.get("stream"):
        return caller.send(200, MESSAGE)
    caller.begin()
    text = {"type": "text", "text": ""}
    for event in ({"type": "message_start", "message": {**MESSAGE, "content": [], "stop_reason": None}},
                  {"type": "content_block_start", "index": 0, "content_block": text},
                  {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
                  {"type": "content_block_stop", "index": 0},
                  {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
                  {"type": "message_stop"}):
        caller.chunk(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
    return caller.end()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """(gateway, OpenAI's fake)"""
    with Upstream(openai_answer) as fake, Upstream(claude_answer) as claude:
        config = settings(fake, provider={"id": "p-openai"})
        config["providers"].append({"id": "p-claude", "type": "anthropic", "base_url": claude.url, "api_key": "k",
                                    "list_models": False})
        target = {"id": "t", "provider": "p-openai"}
        config["accounts"] = [{"id": "main", "providers": [{**target, "models": ["*"]}]},
                              {"id": "pinned", "providers": [{**target, "model": MAPPED}]},
                              {"id": "claude", "providers": [{"id": "t", "provider": "p-claude", "model": "claude-sonnet-4-5"}]}]
        config["virtual_keys"] = [{"id": "k1", "key": KEY, "account": "main"}, {"id": "k2", "key": PINNED, "account": "pinned"},
                                  {"id": "k3", "key": CLAUDE, "account": "claude"}]
        with Gateway(tmp_path_factory.mktemp("schema"), config) as gateway:
            yield gateway, fake


@st.composite
def requests(draw, paths=tuple(KINDS), plain=WILD, always=()):
    """(path, whether streamed, JSON, the hand it is written in)"""
    path = draw(st.sampled_from(paths))
    kind, _, streamed = KINDS[path]
    streams = streamed is not None and draw(st.booleans())
    return path, streams, *draw(request(kind, streams, plain, always))


def spelled(body, hand):
    """(bytes, where in them the model's name begins and ends)"""
    spelling = Spelling(hand)
    sent = spelling.spell(body)
    assert json.loads(sent) == body
    return sent, *spelling.model


def check_verbatim(world, path, streams, body, hand):
    gateway, upstream = world
    as_asked, _, _ = spelled(body, hand)
    pinned, begins, ends = spelled({**body, "model": "pinned"}, hand)
    mapped = pinned[:begins] + json.dumps(MAPPED, ensure_ascii=False).encode() + pinned[ends:]
    for key, sent, arrives in ((KEY, as_asked, as_asked), (PINNED, pinned, mapped)):
        upstream.seen.clear()
        status, _, answer = post(gateway, path, sent, key)
        assert status == 200, (answer, sent)
        assert [seen.body for seen in upstream.seen] == [arrives]
        assert answer == KINDS[path][2 if streams else 1].encode()


@pytest.mark.parametrize("path", KINDS)
def test_requests_pass_byte_for_byte(world, path):
    for name in hints(KINDS[path][0]):   # each member of the schema, among others
        @seed(path + name)   # else each would be drawn alike
        @run(6)
        @given(requests((path,), always=(name,)))
        def every(drawn):
            check_verbatim(world, *drawn)

        every()


def asked_plainly(drawn):
    """Whatever else it says: of what is asked itself most is refused for something."""
    path, streams, body, hand = drawn
    return path, streams, {**body, **CHATS[path]}, hand


def test_requests_are_answered_or_refused_where_they_are_translated(world):
    """By a provider of another dialect: an answer, or OpenAI's error for what that provider cannot do; never our fault."""
    gateway, _ = world
    statuses = []

    tame = requests(tuple(CHATS), TAME)

    @seed("translated")
    @run(150)
    @given(st.one_of(requests(), requests(tuple(CHATS)), tame, tame.map(asked_plainly)))
    def every(drawn):
        path, streams, body, hand = drawn
        sent, _, _ = spelled({**body, "model": "claude"}, hand)   # the account's name: its target is pinned
        status, _, answer = post(gateway, path, sent, CLAUDE)
        statuses.append(status)
        assert status == 200 or (400 <= status < 500 and is_openai_error(answer)), (status, answer, body)
        if status == 200 and streams:
            assert b'"error":{' not in answer and b'"error": {' not in answer, answer

    every()
    assert statuses.count(200) >= 20


ODD = [r'"\ud800"', r'"\udc00x"', '"\\u0000"', "1e999", "-0", "1E-400", "123456789012345678901234567890.10"]


@pytest.mark.parametrize("text", ODD)
def test_what_only_json_allows_passes_too(world, text):
    """Halves of surrogate pairs, and numbers that no machine holds."""
    gateway, upstream = world
    sent = b'{"model":"gpt-4o","messages":[{"role":"user","content":"x"}],"of_tomorrow":%s}' % text.encode()
    status, _, answer = post(gateway, "/v1/chat/completions", sent)
    assert (status, upstream.seen[-1].body) == (200, sent), answer
    status, _, answer = post(gateway, "/v1/chat/completions", sent.replace(b"gpt-4o", b"claude"), CLAUDE)
    assert status == 200, answer


def test_names_with_escapes_are_the_names(world):
    gateway, _ = world
    sent = rb'{"model":"claude","mess\u0061ges":[{"r\u006fle":"user","content":[{"typ\u0065":"text","t\u0065xt":"x"}]}]}'
    status, _, answer = post(gateway, "/v1/chat/completions", sent, CLAUDE)
    assert status == 200, answer
