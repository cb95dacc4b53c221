# tlgen as a program: exit codes, messages, and files that are written only when they change.
import pathlib
import subprocess
import sys
import tempfile
import unittest

TLGEN, MINI = sys.argv[1], pathlib.Path(sys.argv[2])


def run(*arguments):
    return subprocess.run([TLGEN, *map(str, arguments)], capture_output=True, text=True, timeout=60)


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def generate(self, schema=MINI, *more):
        return run(schema, "--name", "tl_mini", "--headers", self.path / "h", "--sources-dir", self.path / "s",
                   "--sources", 2, *more)

    def files(self):
        return {p.name: p.stat().st_mtime_ns for p in self.path.rglob("*") if p.is_file()}

    def test_writes_headers_and_sources_and_keeps_what_is_the_same(self):
        self.assertEqual(self.generate().returncode, 0)
        first = self.files()
        self.assertEqual(sorted(first), ["tl_mini.hpp", "tl_mini_0.cpp", "tl_mini_1.cpp", "tl_mini_fwd.hpp"])
        self.assertEqual(self.generate().returncode, 0)
        self.assertEqual(self.files(), first)

    def test_a_changed_constructor_changes_only_the_files_that_hold_it(self):
        self.generate()
        first = self.files()
        other = self.path / "mini.tl"
        other.write_text(MINI.read_text().replace("legacy#0badc0de x:int", "legacy#0badc0de x:long"))
        self.assertEqual(self.generate(other).returncode, 0)
        changed = {name for name, time in self.files().items() if first.get(name) not in (time, None)}
        self.assertEqual(len(changed), 2, changed)  # the header and one source

    def test_a_wrong_schema_exits_1_and_points_at_the_place(self):
        wrong = self.path / "wrong.tl"
        wrong.write_text("// fine\n\npoint#1a13f5b9 x:double y double = Point;\n")
        done = self.generate(wrong)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, f"{wrong}:3:27: expected ':', found 'double'\n")
        self.assertFalse((self.path / "h").exists())

    def test_an_empty_output_of_an_interrupted_run_is_written_again(self):
        self.generate()
        header = self.path / "h/tl_mini.hpp"
        whole = header.read_text()
        header.write_text("")
        self.assertEqual(self.generate().returncode, 0)
        self.assertEqual(header.read_text(), whole)
        self.assertEqual([p for p in self.path.rglob("*.new")], [])

    def test_an_empty_schema_is_one(self):
        empty = self.path / "empty.tl"
        empty.write_text("")
        self.assertEqual(run(empty, "--check").returncode, 0)
        self.assertEqual(run(self.path, "--check").returncode, 1)

    def test_line_ends_of_windows_change_nothing(self):
        self.generate()
        first = self.files()
        other = self.path / "mini.tl"
        other.write_bytes(MINI.read_bytes().replace(b"\n", b"\r\n"))
        self.assertEqual(self.generate(other).returncode, 0)
        self.assertEqual({**self.files(), "mini.tl": 0}, {**first, "mini.tl": 0})

    def test_a_missing_schema_exits_1(self):
        done = self.generate(self.path / "none.tl")
        self.assertEqual(done.returncode, 1)
        self.assertIn("none.tl: cannot read this file", done.stderr)

    def test_roots_prune(self):
        roots = self.path / "roots"
        roots.write_text("# what this program calls\n \tshape.get # this\r\n")
        self.assertEqual(self.generate(MINI, "--roots", roots).returncode, 0)
        header = (self.path / "h/tl_mini.hpp").read_text()
        self.assertIn("struct circle", header)
        self.assertNotIn("struct tree", header)
        roots.write_text("shape.get\n\n  no.such\n")
        done = self.generate(MINI, "--roots", roots)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr,
                         f"{roots}:3:3: expected the name of a method of the schema, 'no.such' is not one\n")
        roots.write_text("\n")
        self.assertEqual(self.generate(MINI, "--roots", roots).returncode, 1)

    def test_a_wrong_command_line_exits_2(self):
        for arguments in ([], [MINI], [MINI, "--name"], [MINI, "--name", "x", "--sources", "0"],
                          [MINI, "--name", "x", "--sources", "2x"], ["--nothing"]):
            with self.subTest(arguments=arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertIn("usage: tlgen", done.stderr)


unittest.main(argv=sys.argv[:1])
