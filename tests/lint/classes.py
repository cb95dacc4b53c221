# Holds the size of each class: at most 14 data members, and 450 lines over all its files.
import json
import re
import subprocess
import sys

import tree

MOST_MEMBERS = 14
MOST_LINES = 450
CLASS_KINDS = {"class", "struct", "union"}
# Classes that may be larger; docs/architecture.md says why under "Large classes".
EXCEPTIONS_HEADING = "## Large classes"


class Class:
    def __init__(self, path, line):
        self.path, self.line = path, line
        self.members, self.lines = 0, 0


def tags(text):
    """What ctags printed, as dictionaries."""
    return [found for found in map(json.loads, text.splitlines()) if found.get("_type") == "tag"]


def full_name(tag):
    return f"{tag['scope']}::{tag['name']}" if tag.get("scope") else tag["name"]


def around(scope, names):
    """`scope` and the scopes that it lies in, as far as they are in `names`."""
    while scope:
        if scope in names:
            yield scope
        scope = scope.rpartition("::")[0]


def measure(found):
    """Name to Class. The lines of a nested class count for the one around it, too."""
    classes = {full_name(tag): Class(tag["path"], tag["line"]) for tag in found
               if tag["kind"] in CLASS_KINDS and "end" in tag}
    covered = {name: set() for name in classes}
    for tag in found:
        scope = tag.get("scope", "")
        if tag["kind"] == "member" and scope in classes and "static" not in tag.get("properties", ""):
            classes[scope].members += 1
        if "end" in tag and (tag["kind"] in CLASS_KINDS or tag["kind"] == "function"):
            for name in around(full_name(tag) if tag["kind"] in CLASS_KINDS else scope, classes):
                covered[name].update((tag["path"], line) for line in range(tag["line"], tag["end"] + 1))
    for name, lines in covered.items():
        classes[name].lines = len(lines)
    return classes


def exceptions(markdown):
    """The names in the first column of the table under the heading."""
    _, _, rest = markdown.partition(EXCEPTIONS_HEADING)
    section = rest.partition("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def check(found, allowed):
    wrong, large = [], set()
    for name, each in sorted(measure(found).items()):
        short = name.removeprefix("mtproto::")
        if each.members <= MOST_MEMBERS and each.lines <= MOST_LINES:
            continue
        large.add(short)
        if short not in allowed:
            wrong.append(f"{each.path}:{each.line}: {short} has {each.members} data members (at most {MOST_MEMBERS}) "
                         f"and {each.lines} lines (at most {MOST_LINES})")
    wrong += [f"docs/architecture.md: {name} is not large any more" for name in sorted(allowed - large)]
    return wrong


def run_ctags(paths):
    done = subprocess.run(
        ["ctags", "--output-format=json", "--languages=C++", "--c++-kinds=cfmnsu",
         "--fields=+neKsS", "--fields-C++=+{properties}", "-f", "-", "-L", "-"],
        input="\n".join(paths), check=True, capture_output=True, text=True, cwd=tree.ROOT)
    return tags(done.stdout)


def main():
    found = run_ctags([p for p in tree.files(".hpp", ".cpp", under="mtproto/") if not p.startswith("mtproto/cmake/")])
    if "--table" in sys.argv:
        for name, each in sorted(measure(found).items(), key=lambda c: -c[1].lines):
            print(f"{each.lines:5} lines {each.members:3} members  {name}")
        return 0
    return tree.report("sizes of classes", check(found, exceptions(tree.read("docs/architecture.md"))))


if __name__ == "__main__":
    sys.exit(main())
