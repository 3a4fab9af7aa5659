"""A caller and a provider in one thread, in step: each request, answer and stream delta is sent only after the one before
has arrived, so that the gateway between them does the same work every time. Used to count its instructions."""
import json
import select
import socket

KEY = "sk-sl-bench-0123456789abcdefghijklmnopqrstuvwxyz"
POOR_KEY = "sk-sl-poor-0123456789abcdefghijklmnopqrstuvwxyz"
SYSTEM = "You are a careful assistant. Answer in one short paragraph and name your sources. " * 4
QUESTION = "What is a sluice, why does a mill need one, and who looks after it when the river is high? " * 4
USAGE = {"prompt_tokens": 182, "completion_tokens": 24, "total_tokens": 206,
         "prompt_tokens_details": {"cached_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0}}
TEXT = "The sluice gate was raised a little after dawn, and the water went where it was told to go."


def request(stream, key=KEY, dialect="openai"):
    """About a kilobyte, as an SDK sends it."""
    asked = {"model": "gpt-4o", "messages": [{"role": "user", "content": QUESTION}], "temperature": 0.7, "max_tokens": 300,
             "stream": stream}
    if dialect == "openai":
        path = "/v1/chat/completions"
        asked["messages"].insert(0, {"role": "system", "content": SYSTEM})
    else:
        path = "/anthropic/v1/messages"
        asked["system"] = SYSTEM
    body = json.dumps(asked)
    return (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: application/json\r\n"
            f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nUser-Agent: OpenAI/Python 1.0.0\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


class OpenAIWords:
    """What the provider says, in OpenAI's dialect."""

    def whole(self):
        return {"id": "chatcmpl-9nXW4QxGzqZ1lq0v7cXk2mB5eYt3H", "object": "chat.completion", "created": 1721075653,
                "model": "gpt-4o-2024-08-06", "choices": [{"index": 0, "message": {"role": "assistant", "content": TEXT,
                "refusal": None}, "logprobs": None, "finish_reason": "stop"}], "usage": USAGE}

    def first(self):
        return ""

    def delta(self, word):
        return (f'data: {{"id":"chatcmpl-9nXW4QxGzqZ1lq0v7cXk2mB5eYt3H","object":"chat.completion.chunk","created":1721075653,'
                f'"model":"gpt-4o-2024-08-06","choices":[{{"index":0,"delta":{{"content":"{word}"}}}}]}}\n\n')

    def last(self):
        return ('data: {"id":"chatcmpl-9nXW4QxGzqZ1lq0v7cXk2mB5eYt3H","object":"chat.completion.chunk","created":1721075653,'
                '"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')


class AnthropicWords:
    """The same in Anthropic's."""

    def whole(self):
        return {"id": "msg_01", "type": "message", "role": "assistant", "model": "claude-sonnet-4-20250514",
                "content": [{"type": "text", "text": TEXT}], "stop_reason": "end_turn", "stop_sequence": None,
                "usage": {"input_tokens": 182, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
                          "output_tokens": 24}}

    def first(self):
        message = {**self.whole(), "content": [], "stop_reason": None}
        return (self.event({"type": "message_start", "message": message}) +
                self.event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}))

    def delta(self, word):
        return self.event({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}})

    def last(self):
        return (self.event({"type": "content_block_stop", "index": 0}) +
                self.event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 24}}) +
                self.event({"type": "message_stop"}))

    @staticmethod
    def event(value):
        return f"event: {value['type']}\ndata: {json.dumps(value)}\n\n"


class GeminiWords:
    """Those of a stream in Gemini's."""

    def first(self):
        return ""

    def delta(self, word):
        return self.event({"content": {"parts": [{"text": word}], "role": "model"}, "index": 0})

    def last(self):
        return self.event({"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0})

    @staticmethod
    def event(candidate):
        usage = {"promptTokenCount": 182, "candidatesTokenCount": 24, "totalTokenCount": 206,
                 "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 182}]}
        return "data: " + json.dumps({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-2.5-flash",
                                      "responseId": "5XbqaKqvHrmZmtkPqKiZ8Aw"}) + "\r\n\r\n"


def whole_message(data):
    """Whether `data` holds one message framed by Content-Length."""
    head, found, rest = data.partition(b"\r\n\r\n")
    if not found:
        return False
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return len(rest) >= length


class Lockstep:
    def __init__(self, words, caller="openai"):
        self.words = words
        self.caller = caller
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.upstreams = []
        self.client = None

    def connect(self, port):
        self.client = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        for each in [self.client, *self.upstreams, self.listener]:
            if each is not None:
                each.close()

    def ask(self, stream):
        """Sends a request and waits until the provider has it; the provider's end of that connection."""
        self.client.sendall(request(stream, dialect=self.caller))
        data = {}
        while True:
            ready, _, _ = select.select([self.listener, self.client, *self.upstreams], [], [], 60)
            assert ready, "the request never reached the provider"
            for each in ready:
                if each is self.listener:
                    accepted, _ = self.listener.accept()
                    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.upstreams.append(accepted)
                    continue
                piece = each.recv(65536)
                assert each is not self.client, f"answered by the gateway itself: {piece[:500]!r}"
                if not piece:
                    self.upstreams.remove(each)
                    continue
                data[each] = data.get(each, b"") + piece
                if whole_message(data[each]):
                    return each

    def receive(self, enough):
        data = b""
        while not enough(data):
            piece = self.client.recv(65536)
            assert piece, f"the gateway closed: {data[-500:]!r}"
            data += piece
        return data

    def chats(self, count):
        body = json.dumps(self.words.whole()).encode()
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        for _ in range(count):
            self.ask(stream=False).sendall(answer)
            assert self.receive(whole_message).startswith(b"HTTP/1.1 200")

    def refusals(self, count):
        """Of requests that a budget has too little left for, so that their tokens are counted: no provider hears of them."""
        asked = request(False, POOR_KEY, self.caller)
        for _ in range(count):
            self.client.sendall(asked)
            assert self.receive(whole_message).startswith(b"HTTP/1.1 402")

    def stream(self, count):
        """One stream of so many deltas."""
        upstream = self.ask(stream=True)
        upstream.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        if self.words.first():
            upstream.sendall(chunk(self.words.first()))
        for number in range(count):
            word = f"word-{number}-"
            upstream.sendall(chunk(self.words.delta(word)))
            self.receive(lambda data, word=word: word.encode() in data)
        upstream.sendall(chunk(self.words.last()) + b"0\r\n\r\n")
        self.receive(lambda data: data.endswith(b"0\r\n\r\n"))


def chunk(text):
    return f"{len(text):x}\r\n{text}\r\n".encode()
