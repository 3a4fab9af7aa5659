#!/usr/bin/env python3
"""Finds the shapes of co_await that GCC 12 miscompiles (use after free, double free; clang gets them right). The rule that
avoids all of them: one co_await a statement, its result straight into a named local, its arguments named locals, moved
locals or plain values; never inside ?:, never in the condition of an if or a switch, never beside a capturing lambda or a
braced temporary.

  lint_coroutines.py [PATH...]     files and folders, else src, include and tests; prints file:line: what; exit code 1 if any
  lint_coroutines.py --self-test   the shapes it must find and those it must let pass
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAMBDA = re.compile(r"(?<![\w\])\[])\[([^\[\]]*)\]\s*(?:<[^<>]*>\s*)?(?:\((?:[^()]|\([^()]*\))*\)\s*)?(?:mutable\s*|noexcept\s*)*"
                    r"(?:->\s*[\w:<>,\s*&]+?)?\s*\{")
BLOCK = re.compile(r"(^|[)};:]|\b(?:else|do|try|const|noexcept|override|final|mutable|requires))\s*$")
DECLARES = re.compile(r"^\s*(?:template\b.*)?(?:inline\s+)?(?:namespace|class|struct|enum|union|extern)\b", re.DOTALL)


def blank(text):
    """Comments, literals and preprocessor lines gone, every line break where it was."""
    def empty(found):
        kept = "\n" * found.group(0).count("\n")
        return f'""{kept}' if found.group(0)[0] in "\"'R" else kept or " "
    pattern = r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\''
    text = re.sub(pattern, empty, text, flags=re.DOTALL)
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda found: "\n" * found.group(0).count("\n"), text, flags=re.MULTILINE)


def closing(text, at, opening="{", end="}"):
    """Index behind the bracket that closes the one before `at`."""
    depth = 1
    while at < len(text) and depth:
        depth += (text[at] == opening) - (text[at] == end)
        at += 1
    return at


def cut_lambdas(text):
    """(text with each lambda replaced by one mark, [(body, offset)]): a lambda's body is judged by itself."""
    bodies = []
    while found := LAMBDA.search(text):
        end = closing(text, found.end())
        bodies.append((text[found.end():end - 1], text.count("\n", 0, found.end())))
        mark = "@captures" if found.group(1).strip() else "@lambda"
        text = text[:found.start()] + mark + "\n" * text.count("\n", found.start(), end) + text[end:]
    return text, bodies


def statements(text):
    """(statement, offset of its end). A brace that begins a block ends one; a brace inside an expression does not."""
    current, parens, at = "", 0, 0
    while at < len(text):
        char = text[at]
        parens += (char == "(") - (char == ")")
        if char == "{" and (parens > 0 or not (BLOCK.search(current) or DECLARES.match(current) or "->" in current)):
            end = closing(text, at + 1)
            current += text[at:end]
            at = end
            continue
        if parens <= 0 and char in ";{}":
            yield current, at
            current, parens = "", 0
        else:
            current += char
        at += 1
    yield current, at


def without_heads(statement):
    """(the statement itself, the conditions before it)"""
    heads = []
    while True:
        statement = statement.strip()
        if found := re.match(r"(?:else\b|do\b|case\b(?:[^:?]|::)*:(?!:)|default\s*:)", statement):
            statement = statement[found.end():]
        elif found := re.match(r"(if|switch|while|for)\s*(?:constexpr\s*)?\(", statement):
            end = closing(statement, found.end(), "(", ")")
            heads.append((found.group(1), statement[found.end():end - 1]))
            statement = statement[end:]
        else:
            return statement, heads


def faults_of(statement):
    if "co_await" not in statement:
        return
    body, heads = without_heads(statement)
    for kind, condition in heads:
        if "co_await" in condition:
            yield f"co_await in the head of {kind}"
    if "co_await" not in body:
        return
    if body.count("co_await") > 1:
        yield "more than one co_await in a statement"
    if re.search(r"\?[^:]*:", body.replace("::", "")):
        yield "co_await beside ?:"
    if "@captures" in body:
        yield "co_await beside a capturing lambda"
    if "{" in body:
        yield "co_await beside a braced value"
    if not re.match(r"(?:co_return\s+|[^()=?]*=\s*|\(void\)\s*)?co_await\b", body):
        yield "the result of co_await does not go straight into a named local"


def lint(text, line=1):
    """[(line, fault)]"""
    text, bodies = cut_lambdas(text)
    found = [(line + text.count("\n", 0, end), fault) for statement, end in statements(text) for fault in faults_of(statement)]
    for body, offset in bodies:
        found += lint(body, line + offset)
    return found


def self_test():
    bad = ["r = c ? co_await f() : x;", "co_await f(c ? a() : b());", "co_await f(Opts{});", "co_await f({1, 2});",
           "Opts o{co_await f(), 1};", "v.push_back(co_await f());", "co_await run([x] { return x; });",
           "if (co_await f()) g();", "switch (co_await f()) { case 1: break; }", "int a = co_await f() + co_await g();",
           "auto h = [](int x) -> Task<> { co_await f({x}); };", "while (co_await f()) g();"]
    good = ["auto x = co_await f(a, std::move(b));", "co_await f();", "if (a) co_await f(); else co_await g();",
            "co_return co_await f(x);", "co_return Reply{a, b};", "auto g = [x] { return x; }; co_await run(std::move(g));",
            "switch (k) { case Kind::a: co_await f(); break; default: co_await g(); }",
            "for (const auto& t : all) { int c = t ? 1 : 2; co_await f(c); }", "Task<> f() { co_await g(); }",
            "co_await f([](int) { return 1; });", "// if (co_await f())\nint x = 1;", 'log("co_await ? :");']
    for text in bad:
        assert lint(blank(f"Task<> t() {{ {text}\n}}")), f"missed: {text}"
    for text in good:
        assert not lint(blank(f"Task<> t() {{ {text}\n}}")), f"flagged: {text}"


def main(arguments):
    if arguments == ["--self-test"]:
        self_test()
        return 0
    paths = [pathlib.Path(name) for name in arguments] or [ROOT / folder for folder in ("src", "include", "tests")]
    files = [path for path in paths if path.is_file()]
    files += sorted(file for path in paths for kind in ("*.cpp", "*.hpp") for file in path.rglob(kind))
    assert files, "nothing to look at"
    found = [f"{file}:{line}: {fault}" for file in files for line, fault in lint(blank(file.read_text()))]
    print("\n".join(found) or f"{len(files)} files: every co_await stands by itself")
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
