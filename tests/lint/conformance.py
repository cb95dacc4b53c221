# docs/conformance.md names tests and mutations that exist, and every mutation; and the mutations fit the sources.
import fnmatch
import importlib.util
import re
import sys

import tree

DOCUMENT = "docs/conformance.md"
CASE = re.compile(r'\bTEST_CASE\(\s*((?:"(?:\\.|[^"\\])*"\s*)+)\)')


def cases(text):
    """The names of a source's test cases."""
    return ["".join(re.findall(r'"((?:\\.|[^"\\])*)"', literals)).replace('\\"', '"') for literals in CASE.findall(text)]


def rows(markdown):
    """(line, cells) of the tables' rows, without heads."""
    for number, line in enumerate(markdown.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] != "item" and set("".join(cells)) - set("-: "):
            yield number, cells


def check(markdown, tests, mutated, files=()):
    """`tests`: room -> names of its cases. `mutated`: the names of all mutations. `files`: those under tests."""
    found, named = [], set()
    for number, cells in rows(markdown):
        where = f"{DOCUMENT}:{number}"
        for test in re.findall(r"`([^`]+)`", cells[2] + cells[3]):
            room, _, start = test.partition(": ")
            if not start:
                if not fnmatch.filter(files, f"tests/{test}"):
                    found.append(f"{where}: there is no tests/{test}")
            elif not any(name.startswith(start) for name in tests.get(room, ())):
                found.append(f"{where}: no test of {room} begins with \"{start}\"")
        for mutation in re.findall(r"`([^`]+)`", cells[4]):
            named.add(mutation)
            if mutation not in mutated:
                found.append(f"{where}: there is no mutation {mutation}")
    found += [f"{DOCUMENT}: the mutation {name} is not named" for name in sorted(set(mutated) - named)]
    return found


def runner():
    """tests/mutations/run.py as a module: it knows how mutations are written."""
    spec = importlib.util.spec_from_file_location("run_mutations", tree.ROOT / "tests/mutations/run.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def misfits(mutations, mistake, tests):
    """What would stop mutations from being tried."""
    found = []
    for each in mutations:
        if each.case not in tests.get(each.room, ()):
            found.append(f"{each.name}: no test of {each.room} is called \"{each.case}\"")
        try:
            each.apply(tree.read(each.path))
        except (OSError, mistake) as wrong:
            found.append(f"{each.name}: {wrong}")
    return found


def main():
    tests = {}
    for path in tree.files(".cpp", under="tests/"):
        parts = path.split("/")
        room = parts[2] if parts[1] == "unit" else parts[1]
        tests.setdefault(room, []).extend(cases(tree.read(path)))
    run = runner()
    mutated = run.read_all()
    found = check(tree.read(DOCUMENT), tests, [each.name for each in mutated], tree.files(under="tests/"))
    return tree.report("conformance table", found + misfits(mutated, run.Mistake, tests))


if __name__ == "__main__":
    sys.exit(main())
