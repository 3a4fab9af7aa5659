"""A fake provider on a port of its own. It writes down every request as it came and answers as it is told."""
import json
import socket
import socketserver
import threading


class Seen:
    """A request as received: nothing parsed but the framing."""

    def __init__(self, line, headers, body):
        self.method, self.path, _ = line.split(" ", 2)
        self.headers = headers   # [(name as sent, value)]
        self.body = body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self):
        return json.loads(self.body)


class Caller:
    """The other end of a connection, as an answer sees it."""

    def __init__(self, connection):
        self.connection = connection
        self.keep = True

    def send(self, status, body=b"", headers=()):
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        given = {name.lower() for name, _ in headers}
        head = [*headers] + ([] if "content-type" in given else [("Content-Type", "application/json")])
        self.raw(self._head(status, [*head, ("Content-Length", str(len(body)))]) + body)

    def begin(self, status=200, headers=(("Content-Type", "text/event-stream"),)):
        self.raw(self._head(status, [*headers, ("Transfer-Encoding", "chunked")]))

    def chunk(self, data):
        if data:
            self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def event(self, data):
        self.chunk(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())

    def end(self):
        self.raw(b"0\r\n\r\n")

    def raw(self, data):
        self.connection.sendall(data)

    def cut(self):
        """Closes in the middle of whatever was being said."""
        self.keep = False

    def gone(self, within=20):
        """Waits for the caller to close; true if it did."""
        self.keep = False
        self.connection.settimeout(within)
        try:
            return self.connection.recv(1) == b""
        except ConnectionError:
            return True
        except socket.timeout:
            return False

    @staticmethod
    def _head(status, headers):
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class _Connection(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        try:
            while seen := self._read():
                self.server.owner.seen.append(seen)
                caller = Caller(self.connection)
                self.server.owner.answer(seen, caller)
                if not caller.keep:
                    return
        except (ConnectionError, socket.timeout):
            return

    def _read(self):
        line = self.rfile.readline().decode("latin-1").strip()
        if not line:
            return None
        headers = []
        while header := self.rfile.readline().decode("latin-1").strip():
            name, _, value = header.partition(":")
            headers.append((name, value.strip()))
        fields = {name.lower(): value for name, value in headers}
        if "chunked" in fields.get("transfer-encoding", ""):
            return Seen(line, headers, self._chunked())
        return Seen(line, headers, self.rfile.read(int(fields.get("content-length", 0))))

    def _chunked(self):
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024


class Upstream:
    """`answer(seen, caller)` may be replaced at any time; `seen` is everything received so far."""

    def __init__(self, answer):
        self.answer = answer
        self.seen = []
        self.server = _Server(("127.0.0.1", 0), _Connection)
        self.server.owner = self
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
