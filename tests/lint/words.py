# Files say their job in the first line, leave nothing open, stay short, scripts can be run, and notices are there.
import os
import re
import sys

import tree

# Spelled in pieces, so that this file passes its own test.
OPEN = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK", "not " + "implemented", "st" + "ub")) + r")\b")
# A rest of a comment whose lines were wrapped anew: a mark, or one short word alone.
BROKEN_COMMENT = re.compile(r"^\s*(//[/!]?|\#)\s*(\bX" + r"X\b.*|[a-z]{1,3})$")
EMPTY_TEST = re.compile(r"(CHECK|REQUIRE)\(tr" + r"ue\)|doctest::sk" + r"ip\(")
LONGEST = 800  # lines; a longer file says why in its first five


def check(path, text):
    found = []
    lines = text.splitlines()
    if path.endswith((".cpp", ".hpp")) and not (lines and re.match(r"// \S", lines[0])):
        found.append(f"{path}:1: the first line does not say the file's job (`// ...`)")
    if path.endswith(".hpp") and "#pragma once" not in text:
        found.append(f"{path}:1: no #pragma once")
    for number, line in enumerate(lines, 1):
        if OPEN.search(line):
            found.append(f"{path}:{number}: something left open: {line.strip()}")
        if BROKEN_COMMENT.match(line):
            found.append(f"{path}:{number}: a broken comment line: {line.strip()}")
        if EMPTY_TEST.search(line):
            found.append(f"{path}:{number}: a test that asserts nothing or never runs")
    if len(lines) > LONGEST and not any("lines" in l for l in lines[:5]):
        found.append(f"{path}:{LONGEST}: {len(lines)} lines; split it, or say at the top why not")
    return found


def check_run_bit(path, text, runnable):
    wanted = text.startswith("#!")
    if wanted and not runnable:
        return [f"{path}: starts with #! and has no run bit"]
    if runnable and not wanted:
        return [f"{path}: has a run bit and does not start with #!"]
    return []


# Projects that something was taken from, as the sources spell them where it stands.
TAKEN_FROM = ("@mtcute/tl", "gotd/td", "Lonami/grammers")


def check_notices(notice, path, text):
    """Each of TAKEN_FROM that `path` names must stand in NOTICE."""
    return [f"{path}: {each} is not in NOTICE" for each in TAKEN_FROM if each in text and each not in notice]


def main():
    found = []
    notice = tree.read("NOTICE") if (tree.ROOT / "NOTICE").exists() else ""
    for path in tree.files(".cpp", ".hpp", ".py", ".sh", ".js", ".mjs", ".ts"):
        found += check(path, tree.read(path))
    for path in tree.files():
        try:
            text = tree.read(path)
        except UnicodeDecodeError:
            continue
        found += check_notices(notice, path, text)
        found += check_run_bit(path, text, os.access(tree.ROOT / path, os.X_OK) and bool(os.stat(tree.ROOT / path).st_mode & 0o111))
    for path in ("README.md", "LICENSE", "NOTICE", "tl-schema/LICENSE.mtcute", "examples/demo.sh", "tests/run.sh", ".ci/run", "docs/architecture.md"):
        if not (tree.ROOT / path).exists():
            found.append(f"{path}: missing")
    return tree.report("words, lengths and run bits", found)


if __name__ == "__main__":
    sys.exit(main())
