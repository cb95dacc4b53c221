# What every lint needs: the project's files, and C++ text without comments and literals.
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes, under=""):
    """Paths relative to the root of the files that belong to the project, new ones included."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        listed = []
        for folder, names, entries in os.walk(ROOT):
            names[:] = [n for n in names if n not in ("build", ".git", "node_modules", "__pycache__")]
            listed += [str(pathlib.Path(folder, e).relative_to(ROOT)) for e in entries]
    return sorted(f for f in set(listed)
                  if f and f.startswith(under) and (not suffixes or f.endswith(suffixes)) and (ROOT / f).is_file())


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


_OTHER_THAN_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z_])\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """The text with comments and the insides of literals blanked, every line and column kept."""
    def blank(match):
        found = match.group(0)
        keep = found[0] if found[0] in "\"'R" else ""
        if not keep:
            return re.sub(r"[^\n]", " ", found)
        return '"' + re.sub(r"[^\n]", " ", found[1:-1]) + '"'
    return _OTHER_THAN_CODE.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def report(name, found):
    """Prints what was found and gives the exit code."""
    for each in found:
        print(each)
    print(f"{name}: {len(found)} found" if found else f"{name}: nothing found")
    return 1 if found else 0
