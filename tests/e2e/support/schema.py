"""Requests that OpenAI's published schema allows, drawn at random. The types of the official Python package are generated
from that schema; what a type leaves open (texts, numbers, JSON Schemas, fields of tomorrow) is drawn from all of JSON."""
import collections.abc
import functools
import random
import types
import typing

from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from typing_extensions import is_typeddict   # knows its own kind, of which the package's types are

from support.gateway import ROOT

set_hypothesis_home_dir(ROOT / "build/hypothesis")   # what the library keeps belongs to no one's working directory

DEEPEST = 6        # of nested objects of the schema; below it only what is required
SEVERAL = 7        # optional members of one object
TEXT = st.text(max_size=12)   # all of Unicode but halves of surrogate pairs, which UTF-8 cannot carry
# Beyond every machine's integers too: a number is a text until somebody calculates with it.
INTEGERS = st.one_of(st.integers(-3, 300), st.integers(-2**70, 2**70),
                     st.sampled_from([0, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 10**40]))
FLOATS = st.one_of(st.floats(0, 2), st.floats(allow_nan=False, allow_infinity=False))
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)), max_leaves=6)


def nested(levels):
    """A JSON Schema that is `levels` deep."""
    schema = {"type": "string"}
    for level in range(levels):
        schema = {"type": "object", "properties": {f"p{level}": schema}} if level % 2 else {"type": "array", "items": schema}
    return schema


SCHEMAS = st.one_of(st.integers(0, 60).map(nested), st.dictionaries(TEXT, ANYTHING, max_size=4))


@functools.cache
def hints(kind):
    return typing.get_type_hints(kind, include_extras=True)


WILD = {str: TEXT, int: INTEGERS, float: st.one_of(FLOATS, INTEGERS)}
# Within what the descriptions say of most members (temperatures, counts), which the types do not.
TAME = {str: st.text(min_size=1, max_size=12), int: st.integers(1, 4), float: st.floats(0, 1)}


@st.composite
def value(draw, kind, plain, depth=0):
    """A JSON value of a type: a TypedDict, a union, a list, a literal, a plain type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Required, typing.NotRequired, typing.Annotated):
        return draw(value(arguments[0], plain, depth))
    if origin is typing.Literal:
        return draw(st.sampled_from(arguments))
    if origin in (typing.Union, types.UnionType):
        return draw(value(draw(st.sampled_from(arguments)), plain, depth))
    if is_typeddict(kind):
        return draw(members(kind, plain, depth))
    if origin in (list, collections.abc.Iterable, collections.abc.Sequence):
        few = 1 if depth >= DEEPEST else 3
        least = 0 if plain is WILD else 1
        return [draw(value(arguments[0], plain, depth + 1)) for _ in range(draw(st.integers(least, few)))]
    if origin in (dict, collections.abc.Mapping):
        if arguments[1] is object:
            return draw(SCHEMAS)
        return {key: draw(value(arguments[1], plain, depth + 1)) for key in draw(st.sets(TEXT, max_size=3))}
    return draw({**plain, bool: st.booleans(), type(None): st.none()}.get(kind, ANYTHING))


def required(kind, name):
    """As written: what Python keeps about it is wrong for classes whose annotations are texts."""
    origin = typing.get_origin(hints(kind)[name])
    return origin is typing.Required or (kind.__total__ and origin is not typing.NotRequired)


@st.composite
def members(draw, kind, plain, depth=0, leave_out=(), always=()):
    fields = {name: of for name, of in hints(kind).items() if name not in leave_out}
    optional = sorted(name for name in fields if not required(kind, name))
    some = draw(st.lists(st.sampled_from(optional), max_size=SEVERAL, unique=True)) if optional and depth < DEEPEST else []
    names = sorted(name for name in fields if required(kind, name) or name in always) + some
    return {name: draw(value(fields[name], plain, depth + 1)) for name in dict.fromkeys(names)}


@st.composite
def request(draw, kind, streams, plain=WILD, always=()):
    """(JSON object, seed of its spelling). `model` is a name that may stand in it; members of tomorrow stand beside."""
    body = draw(members(kind, plain, leave_out=("model", "stream"), always=always))
    for name in draw(st.lists(TEXT.filter(lambda text: text not in hints(kind)), max_size=2)):
        body[name] = draw(ANYTHING)
    names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
    body["model"] = draw(st.one_of(st.sampled_from(["gpt-5.1", "o3", "gpt-4o"]), names))
    if streams:
        body["stream"] = True
    return body, draw(st.integers(0, 2**32))


class Spelling:
    """Writes JSON as some client of a kind nobody thought of may: space anywhere, escapes where none are needed, members in
    any order, numbers in any form. The same seed spells the same."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.spacious = self.random.random() < 0.5
        self.out = []
        self.model = None   # where the value of the member `model` begins and ends

    def spell(self, body):
        self.space()
        self.write(body, 0)
        self.space()
        return "".join(self.out).encode()

    def space(self):
        if self.spacious and self.random.random() < 0.4:
            self.out.append(self.random.choice([" ", "\n", "\t", "\r\n", "   "]))

    def write(self, what, depth):
        if isinstance(what, dict):
            items = list(what.items())
            self.random.shuffle(items)
            self.between("{", "}", items, lambda item: self.member(*item, depth))
        elif isinstance(what, list):
            self.between("[", "]", what, lambda item: self.write(item, depth + 1))
        elif isinstance(what, str):
            self.text(what)
        elif isinstance(what, bool) or what is None:
            self.out.append({True: "true", False: "false", None: "null"}[what])
        else:
            self.out.append(self.number(what))

    def between(self, opens, closes, items, write):
        self.out.append(opens)
        for at, item in enumerate(items):
            self.out.append("," if at else "")
            self.space()
            write(item)
            self.space()
        self.out.append(closes)

    def member(self, key, inner, depth):
        # The names that the gateway acts on must stand as they are: a provider might read an escaped one differently.
        self.text(key, escapes=depth >= 2)
        self.space()
        self.out.append(":")
        self.space()
        begins = self.size()
        self.write(inner, depth + 1)
        if key == "model" and depth == 0:
            self.model = (begins, self.size())

    def size(self):
        return len("".join(self.out).encode())

    def text(self, text, escapes=True):
        self.out.append('"')
        for c in text:
            often = escapes and self.spacious and self.random.random() < 0.15
            if c in '"\\':
                self.out.append("\\" + c)
            elif c == "/" and often:
                self.out.append("\\/")
            elif c < " " or often:
                units = c.encode("utf-16-be")
                form = self.random.choice(["\\u%04x", "\\u%04X"])
                self.out += [form % (units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2)]
            else:
                self.out.append(c)
        self.out.append('"')

    def number(self, number):
        plain = repr(number)
        if isinstance(number, int) or "e" in plain:
            return plain.replace("e", self.random.choice("eE"))
        return self.random.choice([plain, plain + "0", plain + "e0", plain + "E+00"])
