# The command line: empty values, values that are one word, decimal numbers, the environment, help, and words that are none.
import os
import re
import subprocess
import threading

from harness import LIMIT, MTPIPE, CliTest, main

COMMANDS = ("", "login", "info", "get", "passphrase", "localdc")


def mtpipe(*args, variables=None, **more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MTPROTO_", "MTPIPE_"))}
    return subprocess.run([MTPIPE, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=not more, text=True, timeout=LIMIT,
                          env={**kept, **(variables or {})}, **more)


def options_with_values(command):
    """Of a command's help, (name, example of a value)."""
    text = mtpipe(*filter(None, [command]), "--help").stdout
    return re.findall(r"^  (?:-\w,)?(--[a-z-]+) ((?:TEXT|FILE|N|ID|LINK|HASH|NAME|SIZE|NAME=SIZE)\b\S*)", text, re.M)


class CommandLine(CliTest):
    FILES = {"b_data.bin": 1000}
    FILM_SECONDS = 1

    def wrong(self, done, *words):
        self.fails(done, 2, *words)

    def test_an_empty_value_is_refused_whatever_the_option(self):
        for command in COMMANDS:
            found = options_with_values(command)
            self.assertTrue(found or command == "info", command)
            for name, _ in found:
                with self.subTest(command=command, name=name):
                    self.wrong(mtpipe(command or "info", name, "", "https://t.me/demo/2"), name, "is empty")
        for words in (["--proxy=", "info", "x"], ["info", "--dc-info=", "x"], ["localdc", "--info=", self.films]):
            self.wrong(mtpipe(*words), next(word for word in words if "--" in str(word)), "is empty")

    def test_an_option_takes_one_word(self):
        for option in (("--text", "hello"), ("--protect", "2"), ("--fault", "close@getFile"), ("--generated", "g=1")):
            self.assertIn("b_data.bin", self.served(*option, self.films), option)
        self.assertIn("[a,b]", self.served("--generated", "[a,b]=1"))

    def served(self, *words):
        """What a cluster prints that is ended as soon as it serves."""
        with subprocess.Popen([MTPIPE, "localdc", *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as process:
            late = threading.Timer(LIMIT / 2, process.terminate)
            self.addCleanup(late.cancel)
            late.start()
            lines = []
            for line in process.stdout:
                lines.append(line)
                if line.startswith("https://") and len(lines) > 3:
                    process.terminate()
            return "".join(lines)

    def test_numbers_are_decimal(self):
        told = self.served("--generated", "a=010", "--port", "00")
        self.assertIn("a (10 bytes", told)
        for wrong in ("0x50", "1e3", "80a", "+80", "65536", "-1"):
            self.wrong(mtpipe("localdc", self.films, "--port", wrong), "--port", "from 0 to 65535", wrong)
        self.wrong(mtpipe("get", "x", "--connections", "020"), "--connections", "from 1 to 16", "020")

    def test_bounds_can_be_read(self):
        for args in (("--api-id", "abc", "info", "x"), ("localdc", "x", "--rate", "1M"), ("localdc", "x", "--seed", "x"),
                     ("localdc", "x", "--sessions-a-key", "0"), ("localdc", "x", "--loss", "nan"), ("get", "x", "--budget", "1")):
            done = mtpipe(*args)
            self.wrong(done)
            self.assertLess(len(done.stderr), 120)
            self.assertIsNone(re.search(r"\d{20}", done.stderr))

    def test_a_bad_variable_matters_only_where_it_is_needed_and_is_named(self):
        for variables in ({"MTPROTO_API_ID": "x"}, {"MTPROTO_PROXY": "junk"}):
            name, = variables
            for words in (["--help"], ["get", "--help"], ["--version"]):
                self.assertEqual(mtpipe(*words, variables=variables).returncode, 0)
            cluster = subprocess.run([MTPIPE, "localdc", "--generated", "a=1", "--port", "x"], capture_output=True, text=True,
                                     env={**os.environ, **variables}, timeout=LIMIT)
            self.assertNotIn(name, cluster.stderr)
            done = self.run_mtpipe("info", self.cluster.link("b_data.bin"), variables=variables)
            self.wrong(done, name, "link to a proxy" if name == "MTPROTO_PROXY" else "x")
        # The option goes before the variable.
        self.ok(self.run_mtpipe("info", self.cluster.link("b_data.bin"), "--api-id", "7", variables={"MTPROTO_API_ID": "x"}))
        self.wrong(self.run_mtpipe("info", self.cluster.link("b_data.bin"), "--proxy", "junk"), "--proxy", "link to a proxy")

    def test_words_that_are_none(self):
        self.wrong(mtpipe("foo"), "foo")
        self.wrong(mtpipe("gte", "x"), "gte", "did you mean get?")
        self.wrong(mtpipe("get", "x", "--conections", "3"), "--conections", "did you mean --connections?")
        self.wrong(mtpipe("get", "x", "--prox", "y"), "--prox", "did you mean --proxy?")
        self.wrong(mtpipe(), "login", "get")
        self.wrong(mtpipe("get", "a", "b\x1b[2J\u202e"), "b [2J")
        self.assertNotIn("\u202e", mtpipe("foo\u202e").stderr)

    def test_help_and_version(self):
        self.assertRegex(mtpipe("--version").stdout, r"^mtpipe \d+\.\d+\.\d+\n$")
        self.assertEqual(mtpipe("help").stdout, mtpipe("--help").stdout)
        self.assertEqual(mtpipe("help", "get").stdout, mtpipe("get", "--help").stdout)
        for words in (("--help",), ("--help-all",), ("--version",), ("help", "get")):
            with open("/dev/full", "wb") as full:
                done = mtpipe(*words, stdout=full, stderr=subprocess.PIPE)
            self.fails(done, 1, "standard output", "No space left")


if __name__ == "__main__":
    main()
