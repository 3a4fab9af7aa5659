"""HTTP written by hand, for what no client library would send."""
import http.client
import io
import json
import socket

from support.gateway import KEY


class KeptOpen(io.BufferedIOBase):
    """A reader that its reader cannot close."""

    def __init__(self, reader):
        super().__init__()
        self.read, self.readline, self.readinto, self.read1 = reader.read, reader.readline, reader.readinto, reader.read1


class Wire:
    """One connection. Bytes go out as given; answers are read one at a time."""

    def __init__(self, gateway, timeout=20):
        self.socket = socket.create_connection(("127.0.0.1", gateway.port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def send(self, data):
        try:
            self.socket.sendall(data)
        except ConnectionError:
            pass   # refused before it was all said; the answer, if any, is still there to be read
        return self

    def answer(self):
        """(status, headers, body) of the next answer."""
        response = http.client.HTTPResponse(self, method="POST")
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()

    def makefile(self, *_):
        """What HTTPResponse reads from: the connection's one reader, so that what one read brought too much is not lost."""
        return KeptOpen(self.reader)

    def line(self):
        return self.reader.readline()

    def closed(self):
        """True once the other side has closed; bytes still to come are an error."""
        try:
            return self.reader.read(1) == b""
        except ConnectionError:
            return True

    def rest(self):
        """Everything until the other side closes, however it does."""
        data = b""
        try:
            while piece := self.reader.read1():
                data += piece
        except ConnectionError:
            pass
        return data

    def close(self):
        self.reader.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def chat_body(content="hello", model="gpt-4o", **more):
    return json.dumps({"model": model, "messages": [{"role": "user", "content": content}], **more}).encode()


def head(length, *lines, path="/v1/chat/completions", key=KEY, method="POST"):
    """A request head; `length` None leaves Content-Length out."""
    fields = [f"{method} {path} HTTP/1.1", "Host: gateway", f"Authorization: Bearer {key}",
              "Content-Type: application/json"]
    if length is not None:
        fields.append(f"Content-Length: {length}")
    return "\r\n".join([*fields, *lines]).encode() + b"\r\n\r\n"


def chat_request(content="hello", *lines, **more):
    body = chat_body(content, **more)
    return head(len(body), *lines) + body


def is_openai_error(body):
    error = json.loads(body)["error"]
    return isinstance(error["message"], str) and error["message"] and {"type", "param", "code"} <= set(error)
