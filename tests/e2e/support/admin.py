"""The administration API as a client sees it: every answer is held to the document that the gateway gives out."""
import http.client
import json

from jsonschema import Draft202012Validator, FormatChecker

TOKEN = "an-admin-token-for-the-tests"


def call(gateway, method, path, body=None, token=TOKEN, port=None):
    """(status, body decoded, body as text)."""
    connection = http.client.HTTPConnection("127.0.0.1", port or gateway.port, timeout=30)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        connection.request(method, path, text, headers)
        answer = connection.getresponse()
        raw = answer.read().decode()
        return answer.status, json.loads(raw) if raw else None, raw
    finally:
        connection.close()


class Admin:
    """Checks what comes back against the schema of its operation, and remembers which operations were asked."""

    def __init__(self, gateway, token=TOKEN):
        self.gateway, self.token = gateway, token
        status, self.document, _ = call(gateway, "GET", "/admin/openapi.json", token=None)
        assert status == 200
        self.asked = set()
        self.seen = []

    def operation(self, method, path):
        bare = path.split("?")[0]
        for template, methods in self.document["paths"].items():
            parts, asked = template.split("/"), bare.split("/")
            fits = len(parts) == len(asked) and all(p.startswith("{") or p == a for p, a in zip(parts, asked))
            if fits and method.lower() in methods and not ("{" in template and bare in self.document["paths"]):
                return template, methods[method.lower()]
        raise AssertionError(f"{method} {path} is not in the document")

    def __call__(self, method, path, body=None, token=None):
        template, operation = self.operation(method, path)
        self.asked.add((method, template))
        status, answer, text = call(self.gateway, method, path, body, token or self.token)
        self.seen.append(text)
        assert str(status) in operation["responses"], f"{method} {path}: {status} {text}"
        content = operation["responses"][str(status)].get("content")
        if content is None:
            assert answer is None, text
        else:
            schema = {**content["application/json"]["schema"], "components": self.document["components"]}
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer)
        return status, answer
