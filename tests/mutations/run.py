#!/usr/bin/env python3
# Takes one check out of the library at a time and sees a test fail: `run.py [--build DIR] [NAME ...]`.
#
# A mutation is a few lines of a source file that become others (*.mutations, described in docs/conformance.md). The
# tree is never changed: the changed file is compiled beside it, with the command by which the build compiles the
# original, and linked in its place into a unit test, of which one case is run. That case must pass with the original
# and fail with the mutation. A mutation whose lines are not there any more is an error.
import argparse
import concurrent.futures
import functools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SOURCES = "mtproto/src"
# Stripped, and by the quickest linker there is: most of the time would go into writing debug information.
FASTER_LINK = ["-Wl,-s"] + [f"-fuse-ld={name}" for name in ("lld", "gold") if shutil.which(f"ld.{name}")][:1]
LIMIT = 120  # seconds for one case; one that does not come back has failed, too


class Mistake(Exception):
    """Something is wrong with a mutation itself."""


class Mutation:
    def __init__(self, name):
        self.name, self.rule, self.room, self.case = name, "", "", ""
        self.path, self.through, self.hunks = "", [], []

    def apply(self, text):
        """`text` with each hunk's old lines, which must stand there once, replaced by its new ones."""
        for old, new in self.hunks:
            if text.count(old) != 1:
                raise Mistake(f"{self.path} has these lines {text.count(old)} times, not once:\n{old}")
            text = text.replace(old, new)
        return text


def parse(text):
    """The mutations of one file: blocks separated by empty lines."""
    found = []
    for block in re.split(r"\n(?:[ \t]*\n)+", re.sub(r"^#.*\n", "", text, flags=re.M).strip("\n")):
        made = None
        old, new = [], []

        def end_hunk():
            nonlocal old, new
            if old or new:
                made.hunks.append(("".join(old), "".join(new)))
            old, new = [], []

        for line in block.splitlines():
            if line[:1] in "-+ " and line:
                if line[0] != "+":
                    old.append(line[1:] + "\n")
                if line[0] != "-":
                    new.append(line[1:] + "\n")
                continue
            word, _, rest = line.partition(" ")
            if word == "mutation":
                made = Mutation(rest)
                found.append(made)
            elif word == "rule":
                made.rule = rest
            elif word == "test":
                made.room, _, made.case = rest.partition(": ")
            elif word == "file":
                made.path = rest
            elif word == "through":
                made.through = rest.split()
            elif word == "...":
                end_hunk()
            else:
                raise Mistake(f"not understood: {line}")
        end_hunk()
        if not (made.rule and made.room and made.case and made.path and made.hunks):
            raise Mistake(f"{made.name}: rule, test, file and lines belong to a mutation")
        made.through = made.through or [made.path]
    return found


def read_all():
    found = []
    for path in sorted(HERE.glob("*.mutations")):
        found += parse(path.read_text(encoding="utf-8"))
    names = [each.name for each in found]
    for name in set(names):
        if names.count(name) > 1:
            raise Mistake(f"two mutations are called {name}")
    return found


class Build:
    """A configured build tree: how things are compiled and linked in it."""

    def __init__(self, folder):
        self.folder = folder

    def make(self, targets):
        subprocess.run(["ninja", "-C", str(self.folder), *targets], check=True, stdout=subprocess.DEVNULL)

    @functools.cache
    def command(self, target):
        """The command that makes a target, without what wraps it."""
        listed = subprocess.run(["ninja", "-C", str(self.folder), "-t", "commands", "-s", target], check=True,
                                capture_output=True, text=True).stdout.strip().splitlines()
        if not listed:
            raise Mistake(f"nothing makes {target}")
        words = shlex.split(listed[-1])
        if words[:2] == [":", "&&"]:
            words = words[2:]
        return tuple(words[:words.index("&&")] if "&&" in words else words)

    def object_of(self, link, source):
        """(the object that a source is in, what is compiled for it): itself, or a file that includes it and others."""
        ending = "/" + source.removeprefix("mtproto/").removeprefix("tests/") + ".o"
        found = [(word, ROOT / source) for word in link if word.endswith(ending)]
        for word in link:
            together = self.folder / word.removesuffix(".o")
            if re.search(r"/Unity/unity_\d+_cxx\.cxx\.o$", word) and f"/{source}\"" in together.read_text(encoding="utf-8"):
                found.append((word, together))
        if len(found) != 1:
            raise Mistake(f"{source} is no part of this test")
        return found[0]


def compile_command(command, folder, source, out):
    """The command with another source and object, and without what it writes for ninja."""
    made, skip = [], False
    for word in command:
        if skip:
            skip = False
        elif word in ("-MT", "-MF", "-o", "-c"):
            skip = True
        elif word != "-MD" and not word.startswith("-Werror"):
            made.append(word)
    # In front of the compiler may stand a launcher (ccache).
    compiler = next(i for i, word in enumerate(made) if not word.endswith("ccache"))
    made[compiler + 1:compiler + 1] = ["-I", str(folder)]
    # Quick to make matters here, not quick to run, nor to debug.
    return made + ["-O0", "-g0", "-c", str(source), "-o", str(out)]


def pattern(case):
    return case.replace(",", "?").replace("*", "?")


def run_case(program, case):
    """(whether it passed, what it said)."""
    try:
        done = subprocess.run([program, f"--test-case={pattern(case)}"], capture_output=True, text=True, timeout=LIMIT,
                              errors="replace")
    except subprocess.TimeoutExpired:
        return False, "does not end"
    count = re.search(r"test cases:\s*(\d+)", done.stdout)
    if done.returncode >= 0 and (not count or int(count.group(1)) != 1):
        raise Mistake(f"there is not one case called \"{case}\"")
    if done.returncode < 0:
        return False, f"ends with signal {-done.returncode}"
    return done.returncode == 0, "passes" if done.returncode == 0 else "fails"


def try_mutation(build, mutation):
    """What became of the test: (caught, words)."""
    link = list(build.command(f"bin/test_{mutation.room}"))
    with tempfile.TemporaryDirectory(prefix="mutation-") as name:
        folder = pathlib.Path(name)
        changed = folder / pathlib.Path(mutation.path).relative_to(SOURCES)
        changed.parent.mkdir(parents=True)
        changed.write_text(mutation.apply((ROOT / mutation.path).read_text(encoding="utf-8")), encoding="utf-8")
        for number, source in enumerate(mutation.through):
            original, compiled = build.object_of(link, source)
            made = folder / f"{number}.o"
            if source == mutation.path:
                compiled = changed
            done = subprocess.run(compile_command(build.command(original), folder, compiled, made), cwd=build.folder,
                                  capture_output=True, text=True)
            if done.returncode != 0:
                raise Mistake(f"does not compile:\n{done.stderr}")
            link[link.index(original)] = str(made)
        program = folder / "test"
        link[link.index("-o") + 1] = str(program)
        link += FASTER_LINK
        subprocess.run(link, cwd=build.folder, check=True, capture_output=True)
        passed, words = run_case(program, mutation.case)
        return not passed, words


def main():
    arguments = argparse.ArgumentParser(description="Takes checks out and sees tests fail.")
    arguments.add_argument("--build", default=str(ROOT / "build/dev"), help="a configured build tree")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count() + 1)  # some wait for a clock
    arguments.add_argument("names", nargs="*", help="of mutations; none: all")
    given = arguments.parse_args()
    began = time.monotonic()
    mutations = read_all()
    unknown = set(given.names) - {each.name for each in mutations}
    if unknown:
        print(f"there is no mutation called {', '.join(sorted(unknown))}")
        return 2
    chosen = [each for each in mutations if not given.names or each.name in given.names]
    build = Build(pathlib.Path(given.build).resolve())
    build.make(sorted({f"test_{each.room}" for each in chosen}))

    bad = 0
    sound = {}
    for room, case in sorted({(each.room, each.case) for each in chosen}):
        passed, words = run_case(build.folder / "bin" / f"test_{room}", case)
        sound[room, case] = passed
        if not passed:
            bad += 1
            print(f"without any mutation, \"{case}\" {words}")

    def attempt(mutation):
        try:
            return try_mutation(build, mutation)
        except (Mistake, subprocess.CalledProcessError) as wrong:
            return None, str(wrong)

    caught = 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        ready = [each for each in chosen if sound[each.room, each.case]]
        for mutation, (found, words) in zip(ready, pool.map(attempt, ready)):
            verdict = "caught" if found else "NOT CAUGHT" if found is not None else "WRONG"
            caught += bool(found)
            bad += not found
            print(f"{verdict:10} {mutation.rule:6} {mutation.name:34} {mutation.room}: {mutation.case}"
                  + ("" if found and words == "fails" else f" ({words})"), flush=True)
    print(f"{caught} of {len(chosen)} mutations caught, {time.monotonic() - began:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Mistake as wrong:
        print(wrong)
        sys.exit(2)
