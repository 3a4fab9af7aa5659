"""What every fake shares: the conversation, and what of it must have been said when a turn is due."""
import json

QUESTION = "How warm is it in Paris, Oslo and Rome?"
SYSTEM = "You know the weather."
ANSWER = "Paris 21, Oslo -3, Rome 25."
DEGREES = {"Paris": "21", "Oslo": "-3", "Rome": "25"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": "Its name"}}, "required": ["city"]}
TURNS = [("Let me look.", ["Paris", "Oslo"]), ("", ["Rome"]), (ANSWER, [])]
THOUGHTS = ["They want three cities.", "One is left.", "That is all."]


class Refused(Exception):
    """What the real API would answer 400 to."""


def require(holds, why):
    if not holds:
        raise Refused(why)


def pieces(text, size=7):
    return [text[at:at + size] for at in range(0, len(text), size)] or [""]


class Fake:
    """answer(seen, caller) of an Upstream. `turns` has one entry for each good request: which proofs came back."""

    def __init__(self):
        self.turns, self.refused = [], []

    def __call__(self, seen, caller):
        try:
            body = json.loads(seen.body)
            turn, proofs = self.read(seen, body)
        except Refused as why:
            self.refused.append(str(why))
            return caller.send(400, self.error(str(why)))
        self.turns.append(proofs)
        return self.write(seen, body, turn, caller)

    def check(self, question, system, steps):
        """`steps`: [(calls, results)] with calls [(key, city)] and results [(key, text)] of each turn so far; the turn
        that is due."""
        require(QUESTION in question, f"the question is {question!r}")
        require(system is None or SYSTEM in system, f"the system prompt is {system!r}")
        for at, (calls, results) in enumerate(steps):
            wanted = TURNS[at][1]
            require([city for _, city in calls] == wanted, f"turn {at} had the calls {calls}")
            require(len(results) == len(calls), f"turn {at} has {len(results)} results for {len(calls)} calls")
            for (key, city), (answered, text) in zip(sorted(calls), sorted(results)):
                require(key == answered, f"result for {answered!r}, call {key!r}")
                require(DEGREES[city] in text, f"the result for {city} is {text!r}")
        return len(steps)


def text_of(content):
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content or [])
