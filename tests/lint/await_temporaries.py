# Looks for what g++ 12 destroys twice: aggregates and capturing lambdas made inside a co_await expression.
import re
import sys

import tree

# Braces after these make no aggregate with something to destroy: views, durations, plain options with constructors.
HARMLESS = re.compile(
    r"(?:^|::)(?:byte_view|byte_span|span|string_view|seconds|milliseconds|microseconds|nanoseconds|minutes|hours|duration"
    r"|time_point|int\d*_t|uint\d+_t|size_t|int)$")
# Functions of namespace tl that take parentheses; every other `tl::name(` makes a value of the schema.
TL_FUNCTIONS = re.compile(r"^(?:encode|decode|decode_prefix|encoded_size|gzip|gunzip|visit|reader|writer)\b")


def extent(code, start):
    """Where the co_await expression that starts at `start` ends."""
    depth = 0
    for i in range(start, len(code)):
        c = code[i]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            if depth == 0:
                return i
            depth -= 1
        elif depth == 0 and c in ";,":
            return i
    return len(code)


def type_before(code, brace):
    """The type name that ends right before `brace`, template arguments taken off; empty when there is none."""
    i = brace
    while i > 0 and code[i - 1].isspace():
        i -= 1
    if i > 0 and code[i - 1] == ">":
        depth = 0
        while i > 0:
            i -= 1
            depth += {">": 1, "<": -1}.get(code[i], 0)
            if depth == 0:
                break
        if code[i - 1:i] == "-":  # the arrow of a trailing return type
            return ""
    end = i
    while i > 0 and (code[i - 1].isalnum() or code[i - 1] in "_:"):
        i -= 1
    return code[i:end]


def check(path, text):
    code = tree.code_only(text)
    found = set()
    for match in re.finditer(r"\bco_await\b", code):
        start, end = match.end(), extent(code, match.end())
        expression = code[start:end]

        def add(position, what):
            found.add((tree.line_of(code, start + position), what))

        i, bodies = 0, []
        while i < len(expression):
            lambda_ = re.compile(r"(?<![\w\)\]])\s*\[([^\[\]]*)\]\s*(?:<[^<>]*>)?\s*(?:\(|\{|mutable\b)").match(expression, i)
            if lambda_ and expression[i:lambda_.end()].strip().startswith("["):
                if lambda_.group(1).strip():
                    add(lambda_.start(1), "a lambda with captures")
                body = expression.find("{", lambda_.end() - 1)
                if body < 0:
                    break
                i = matching(expression, body)  # its body is no part of this expression
                continue
            c = expression[i]
            if c == "{":
                name = type_before(expression, i)
                inside = expression[i + 1:matching(expression, i) - 1].strip()
                if name and not HARMLESS.search(name) and name != "return":
                    add(i, f"{name}{{...}}")
                elif not name and inside:
                    add(i, "{...} as an argument")
            elif c == "(":
                name = type_before(expression, i)
                schema = re.match(r"(?:mtproto::)?tl::(.+)$", name)
                if schema and not TL_FUNCTIONS.match(schema.group(1)):
                    add(i, f"{name}(...)")
            i += 1
    return [f"{path}:{line}: {what} inside a co_await expression: name it in a variable first" for line, what in sorted(found)]


def matching(text, opening):
    """The position after the bracket that closes the one at `opening`."""
    depth = 0
    for i in range(opening, len(text)):
        if text[i] in "([{":
            depth += 1
        elif text[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i + 1
    return len(text)


def main():
    found = []
    for path in tree.files(".cpp", ".hpp"):
        found += check(path, tree.read(path))
    return tree.report("temporaries in co_await", found)


if __name__ == "__main__":
    sys.exit(main())
