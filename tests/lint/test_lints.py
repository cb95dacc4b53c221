# Proves that the lints can fail: each is shown what it must find, and what it must leave alone.
import unittest

import await_temporaries
import classes
import conformance
import docs
import hardening
import includes
import words

TABLES = """
| room | may include | its job |
|---|---|---|
| base | nothing | |
| tl, crypto | base | |
| wire | tl, crypto | |
| io | base | |
| net | io, wire | |
| remux | net | |

| public header | room |
|---|---|
| `bytes.hpp`, `error.hpp` | base |
| `tl/*` | tl |
| `client.hpp` | net |
"""


class Classes(unittest.TestCase):
    @staticmethod
    def tag(kind, name, scope="", path="a.hpp", line=1, end=None, **more):
        return {"_type": "tag", "kind": kind, "name": name, "scope": scope, "path": path, "line": line,
                "end": end or line, **more}

    def crowded(self, members, **more):
        return [self.tag("class", "c", "n", end=40)] + [
            self.tag("member", f"m{i}_", "n::c", line=i + 2, **more) for i in range(members)]

    def test_members_are_counted_but_not_static_ones(self):
        self.assertEqual(classes.check(self.crowded(14), set()), [])
        self.assertEqual(len(classes.check(self.crowded(15), set())), 1)
        self.assertEqual(classes.check(self.crowded(15, properties="static"), set()), [])

    def test_lines_are_those_of_all_files_and_of_nested_classes(self):
        nested = [self.tag("class", "c", end=50), self.tag("function", "inside", "c", line=10, end=20),
                  self.tag("struct", "d", "c", line=30, end=40)]
        parts = [self.tag("function", "f", "c", f"{i}.cpp", 1, 200) for i in (1, 2)]
        self.assertEqual(classes.measure(nested + parts)["c"].lines, 450)
        self.assertEqual(classes.check(nested + parts, set()), [])
        of_nested = self.tag("function", "g", "c::d", "3.cpp")
        self.assertEqual(len(classes.check(nested + parts + [of_nested], set())), 1)

    def test_exceptions_are_named_and_still_needed(self):
        named = classes.exceptions("## Large classes\n\n| class | why |\n|---|---|\n| `n::c` | because |\n\n## More\n| `x` | |\n")
        self.assertEqual(named, {"n::c"})
        self.assertEqual(classes.check(self.crowded(15), named), [])
        self.assertEqual(len(classes.check(self.crowded(3), named)), 1)


class Conformance(unittest.TestCase):
    HEAD = "| item | what must hold | client | local data centre | mutations |\n|---|---|---|---|---|\n"
    TESTS = {"wire": ["protocol 1.1: one", "protocol 1.2: \"two\""]}

    def found(self, row, mutated=(), files=()):
        return conformance.check(self.HEAD + row + "\n", self.TESTS, mutated, files)

    def test_what_is_there_may_be_named(self):
        self.assertEqual(self.found("| 1 | x | `wire: protocol 1.1`, `cli/get_test.py` | | `gone` |", ["gone"],
                                    ["tests/cli/get_test.py"]), [])

    def test_a_test_that_is_not_there_is_found(self):
        for cell in ("`wire: protocol 1.3`", "`net: protocol 1.1`", "`cli/get_test.py`"):
            self.assertEqual(len(self.found(f"| 1 | x | {cell} | | |")), 1)
            self.assertEqual(len(self.found(f"| 1 | x | | {cell} | |")), 1)

    def test_mutations_that_are_not_there_or_not_named_are_found(self):
        self.assertEqual(len(self.found("| 1 | x | | | `gone` |")), 1)
        self.assertEqual(len(self.found("| 1 | x | | | |", ["gone"])), 1)

    def test_mutations_that_do_not_fit_are_found(self):
        run = conformance.runner()
        text = "mutation m\nrule 1.1\ntest wire: protocol 1.1: one\nfile tests/lint/tree.py\n-{}\n"
        fits, gone = run.parse(text.format("import os")), run.parse(text.format("no such line"))
        self.assertEqual(conformance.misfits(fits, run.Mistake, self.TESTS), [])
        self.assertEqual(len(conformance.misfits(gone, run.Mistake, self.TESTS)), 1)
        self.assertEqual(len(conformance.misfits(fits, run.Mistake, {})), 1)

    def test_names_are_read_from_the_sources(self):
        source = 'TEST_CASE("one") {}\nTEST_CASE(\n    "two "\n    "\\"three\\"") {}\n'
        self.assertEqual(conformance.cases(source), ["one", 'two "three"'])


class Includes(unittest.TestCase):
    def found(self, path, text):
        return includes.check(includes.Rooms(TABLES), path, text)

    def test_a_room_uses_what_its_targets_may_use(self):
        text = '#include "tl/reader.hpp"\n#include "base/x.hpp"\n#include <mtproto/bytes.hpp>\n#include <vector>\n'
        self.assertEqual(self.found("mtproto/src/wire/a.cpp", text), [])

    def test_a_room_above_is_refused(self):
        self.assertIn(":2: crypto may not include \"wire/x.hpp\"",
                      self.found("mtproto/src/crypto/a.cpp", '#include <mtproto/bytes.hpp>\n#include "wire/x.hpp"\n')[0])

    def test_a_sibling_is_refused(self):
        self.assertEqual(len(self.found("mtproto/src/crypto/a.cpp", '#include "tl/x.hpp"\n')), 1)

    def test_a_public_header_of_a_room_above_is_refused(self):
        self.assertEqual(len(self.found("mtproto/src/wire/a.cpp", "#include <mtproto/client.hpp>\n")), 1)

    def test_asio_below_io_is_refused(self):
        self.assertEqual(len(self.found("mtproto/src/wire/a.cpp", "#include <boost/asio/awaitable.hpp>\n")), 1)
        self.assertEqual(self.found("mtproto/src/io/a.cpp", "#include <boost/asio/awaitable.hpp>\n"), [])
        self.assertEqual(len(self.found("mtproto/src/io/a.cpp", "#include <boost/asio.hpp>\n")), 1)

    def test_libav_outside_remux_is_refused(self):
        self.assertEqual(len(self.found("mtproto/src/net/a.cpp", "#include <libavformat/avformat.h>\n")), 1)
        self.assertEqual(self.found("mtproto/src/remux/a.cpp", "#include <libavformat/avformat.h>\n"), [])

    def test_a_program_sees_public_headers_only(self):
        self.assertEqual(self.found("examples/a.cpp", '#include <mtproto/client.hpp>\n#include "own.hpp"\n'), [])
        self.assertEqual(len(self.found("examples/a.cpp", '#include "net/pump.hpp"\n')), 1)

    def test_a_public_header_includes_nothing_private(self):
        self.assertEqual(len(self.found("mtproto/include/mtproto/client.hpp", '#include "net/pump.hpp"\n')), 1)
        self.assertEqual(len(self.found("mtproto/include/mtproto/unknown.hpp", "")), 1)

    def test_a_commented_include_does_not_count(self):
        self.assertEqual(self.found("mtproto/src/base/a.cpp", '// #include "net/pump.hpp"\n/* #include "net/x.hpp"\n*/\n'), [])


class AwaitTemporaries(unittest.TestCase):
    def found(self, text):
        return await_temporaries.check("a.cpp", text)

    def test_what_g_plus_plus_destroys_twice(self):
        for text in ("co_await call(tl::help::getConfig{});", "auto x = co_await tg.call(request{.id = 1, .name = n});",
                     "co_await send({.name = n, .size = 1});", "co_await f(std::vector<std::string>{a, b});",
                     "co_await tg.call(tl::help::getConfig());", "co_await f([name](int) { return name; });",
                     "co_await f(\n  options{a}\n);"):
            self.assertEqual(len(self.found(text)), 1, text)

    def test_what_is_fine(self):
        for text in ("tl::help::getConfig request{}; co_await tg.call(request);", "co_await stream.read_at(0, byte_span{p, 4});",
                     "co_await timers.sleep_for(std::chrono::seconds{5});", "while (co_await next()) { x y{1}; }",
                     "if (!co_await ok()) { a b{1}; }", "co_await call(tl::encode(request));", "// co_await f(x{1});",
                     'co_await f("x{1}");', "co_await f([](int) { return x{1}; });", "co_await f(a[i], {});",
                     "for (auto& x : co_await all()) { y z{x}; }", "co_return f(x{1});"):
            self.assertEqual(self.found(text), [], text)

    def test_the_line_is_told(self):
        self.assertTrue(self.found("\n\nco_await f(x{1});")[0].startswith("a.cpp:3:"))


class Words(unittest.TestCase):
    def test_what_is_left_open_is_found(self):
        self.assertEqual(len(words.check("a.cpp", "// Its job.\n// TO" + "DO later\n")), 1)
        self.assertEqual(words.check("a.cpp", "// Its job.\nint todo = 0;\n"), [])

    def test_a_file_says_its_job(self):
        self.assertEqual(len(words.check("a.cpp", "#include <vector>\n")), 1)
        self.assertEqual(len(words.check("a.hpp", "// Its job.\n")), 1)

    def test_a_test_that_asserts_nothing_is_found(self):
        self.assertEqual(len(words.check("a.cpp", "// Its job.\nCHECK(tr" + "ue);\n")), 1)

    def test_a_broken_comment_line_is_found(self):
        for line in ("/// in", "    // or", "/// X" + "X///     // rest", "# it"):
            self.assertEqual(len(words.check("a.cpp", f"// Its job.\n{line}\n")), 1, line)
        for line in ("// or so", "int or;", "// OK", "//", "x = 1  # px"):
            self.assertEqual(words.check("a.cpp", f"// Its job.\n{line}\n"), [], line)

    def test_a_long_file_is_found(self):
        self.assertEqual(len(words.check("a.cpp", "// Its job.\n" + "int x;\n" * 900)), 1)
        self.assertEqual(words.check("a.cpp", "// Its job. 900 lines since it is a table.\n" + "int x;\n" * 900), [])

    def test_a_notice_that_is_missing_is_found(self):
        name = words.TAKEN_FROM[0]
        self.assertEqual(len(words.check_notices("", "a.tl", f"// Derived from {name}\n")), 1)
        self.assertEqual(words.check_notices(name, "a.tl", f"// Derived from {name}\n"), [])

    def test_run_bits(self):
        self.assertEqual(len(words.check_run_bit("a.sh", "#!/bin/sh\n", False)), 1)
        self.assertEqual(len(words.check_run_bit("a.md", "text\n", True)), 1)
        self.assertEqual(words.check_run_bit("a.sh", "#!/bin/sh\n", True), [])


class Hardening(unittest.TestCase):
    GOOD = ("Type: DYN\nGNU_RELRO\nGNU_STACK 0x0 0x0 0x0 0x0 0x0 RW  0x10", "(FLAGS_1) Flags: NOW PIE",
            "__stack_chk_fail __glibcxx_assert_fail __memcpy_chk", "endbr64", "x86-64", True)

    def test_what_is_missing_is_found(self):
        self.assertEqual(hardening.check(*self.GOOD), [])
        self.assertEqual(len(hardening.check("Type: EXEC\nGNU_STACK 0x0 0x0 0x0 0x0 0x0 RWE 0x10", "", "", "", "x86-64", True)), 8)

    def test_a_debug_build_needs_no_fortified_call(self):
        self.assertEqual(hardening.check(*self.GOOD[:2], "__stack_chk_fail __glibcxx_assert_fail", "", "other", False), [])


class Docs(unittest.TestCase):
    def test_a_missing_file_behind_a_link_is_found(self):
        self.assertEqual(len(docs.links("docs/a.md", "see [this](nowhere.md) and [that](https://t.me/x) `[c](d)`")), 1)
        self.assertEqual(docs.links("docs/a.md", "see [rooms](architecture.md#rooms) and [top](../README.md)"), [])

    def test_code_blocks_are_taken_out_with_their_lines(self):
        blocks = docs.code_blocks("text\n```cpp\nint a;\n```\n```sh\nls\n```\n```cpp\nint b;\n```\n")
        self.assertEqual(blocks, [(3, "int a;\n"), (9, "int b;\n")])


if __name__ == "__main__":
    unittest.main()
