# tl-schema/*.roots name all that the library uses: an embedder who prunes the API can still build it.
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

TLGEN, TREE, SCHEMA = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
LIBRARY = ["net", "client", "media", "download", "sink", "remux"]


def declared():
    """All of the schema's constructors, methods and types, as C++ spells them."""
    found = set()
    for line in SCHEMA.read_text().splitlines():
        match = re.match(r"([\w.]+)#[0-9a-f]+ .*?= ([\w.]+);|([\w.]+)#[0-9a-f]+ = ([\w.]+);", line)
        if match:
            found |= {name.replace(".", "::") for name in match.groups() if name}
    return found


def used(rooms):
    known, found = declared(), {}
    files = [p for room in rooms for p in (TREE / "mtproto/src" / room).glob("*.[ch]pp")]
    for path in files:
        code = re.sub(r"//.*", "", path.read_text())
        for name in re.findall(r"\btl::((?:\w+::)?\w+)", code):
            if name in known:
                found.setdefault(name, path.name)
    return found


class Roots(unittest.TestCase):
    def check(self, rooms, *roots):
        with tempfile.TemporaryDirectory() as folder:
            options = [word for name in roots for word in ("--roots", TREE / "tl-schema" / name)]
            subprocess.run([TLGEN, SCHEMA, "--name", "tl_api", "--headers", folder, "--sources-dir", folder, *options],
                           check=True, timeout=60)
            forward = pathlib.Path(folder, "tl_api_fwd.hpp").read_text()
        kept, space = set(), ""
        for line in forward.splitlines():
            if match := re.match(r"namespace (\w+) \{", line):
                space = match[1] + "::"
            elif line == "}":
                space = ""
            elif match := re.match(r"(?:struct|class|using) (\w+)", line):
                kept.add(space + match[1])
        names = used(rooms)
        self.assertGreater(len(names), 20)
        self.assertEqual({name: file for name, file in names.items() if name not in kept}, {})

    def test_the_library(self):
        self.check(LIBRARY, "library.roots")

    def test_the_library_with_the_local_data_centre(self):
        self.check([*LIBRARY, "localdc"], "library.roots", "local_dc.roots")


unittest.main(argv=sys.argv[:1])
