# mtpipe among other processes: a terminal's echo, shared standard input and output, signals, descriptors.
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import resource
import select
import signal
import subprocess
import sys
import termios
import time

from harness import LIMIT, MTPIPE, SEPARATE_USER, TOKEN, CliTest, Cluster, end_with_parent, main, on_terminal

UNSEEN = ("\u202e", "\u202a", "\u2066", "\u200b", "\u200f", "\u2028", "\U000e0041", "\x9b", "\u3164")


class Terminal:
    """A shell on a terminal of its own, as a user has one."""

    def __init__(self, test, shell):
        self.test = test
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            environment = {**test.environment(test.home / "shell-data"), "PS1": "ready> ", "ENV": "", "TERM": "dumb"}
            os.execvpe(shell[0], shell, environment)
        self.screen = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.master)
        os.waitpid(self.pid, 0)

    def type(self, text):
        os.write(self.master, text.encode())

    def see(self, words, since=0):
        deadline = time.monotonic() + LIMIT
        while words not in self.screen[since:]:
            self.test.assertLess(time.monotonic(), deadline, f"{words!r} does not come: {self.screen!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.screen += os.read(self.master, 4096).decode(errors="replace")
        return self.screen.index(words, since) + len(words)

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def comes_to(self, echo):
        deadline = time.monotonic() + LIMIT
        while self.echoes() != echo:
            self.test.assertLess(time.monotonic(), deadline, f"the echo is {not echo}: {self.screen!r}")
            time.sleep(0.01)


class Terminals(CliTest):
    FILES = {"b_data.bin": 3_000_000}
    FILM_SECONDS = 1
    DASH = ["dash", "-i"]
    BASH = ["bash", "--norc", "--noprofile", "--noediting", "-i"]

    @classmethod
    def prepare(cls):
        (cls.films / f"c{''.join(UNSEEN)}d.bin").write_bytes(b"x")
        (cls.films / "gone.bin").symlink_to("gone.bin")

    def login_command(self):
        return " ".join(self.command("login", "--bot", "-"))

    def test_echo_after_a_stop(self):
        for shell in (self.BASH, self.DASH):
            with self.subTest(shell[0]), Terminal(self, shell) as terminal:
                terminal.see("ready> ")
                terminal.type(self.login_command() + "\n")
                at = terminal.see("Bot token: ")
                terminal.comes_to(False)
                terminal.type("\x1a")
                at = terminal.see("ready> ", at)
                terminal.comes_to(True)
                terminal.type("fg\n")
                at = terminal.see("Bot token: ", at)  # asked again
                terminal.comes_to(False)
                terminal.type("secret-token\n")
                terminal.see("ready> ", at)
                terminal.comes_to(True)
                self.assertNotIn("secret-token", terminal.screen)

    def test_echo_after_a_signal_that_ends(self):
        for typed in ("\x03", "\x1c"):
            with Terminal(self, self.DASH) as terminal:
                terminal.see("ready> ")
                terminal.type("ulimit -c 0; " + self.login_command() + "\n")
                at = terminal.see("Bot token: ")
                terminal.comes_to(False)
                terminal.type(typed)
                terminal.see("ready> ", at)
                terminal.comes_to(True)
        for number in (signal.SIGABRT, signal.SIGUSR1, signal.SIGALRM, signal.SIGTERM):
            with Terminal(self, self.DASH) as terminal:
                terminal.see("ready> ")
                terminal.type("ulimit -c 0; " + self.login_command() + " & fg\n")
                at = terminal.see("Bot token: ")
                terminal.comes_to(False)
                os.kill(os.tcgetpgrp(terminal.master), number)
                terminal.see("ready> ", at)
                terminal.comes_to(True)

    def test_standard_input_stays_as_it_is(self):
        read, write = os.pipe()
        os.write(write, (TOKEN + "\nfor another\n").encode())
        with open(read, "rb", buffering=0) as shared, open(write, "wb", buffering=0):
            process = subprocess.Popen(self.command("login", "--bot", "-"), stdin=shared, stdout=subprocess.DEVNULL,
                                       env=self.environment(self.home / "shared-data"), preexec_fn=end_with_parent)
            self.assertEqual(process.wait(LIMIT), 0)
            self.assertFalse(fcntl.fcntl(shared, fcntl.F_GETFL) & os.O_NONBLOCK)
            self.assertEqual(shared.readline(), b"for another\n")

    def test_a_terminal_stays_as_it_is_while_it_is_asked(self):
        master, terminal = pty.openpty()
        with contextlib.ExitStack() as stack:
            stack.callback(os.close, master)
            stack.callback(os.close, terminal)
            process = subprocess.Popen(self.command("login", "--bot", "-"), stdin=terminal, stdout=terminal, stderr=terminal,
                                       env=self.environment(self.home / "asked-data"), preexec_fn=end_with_parent)
            stack.callback(process.wait)
            stack.callback(process.kill)
            self.assertTrue(select.select([master], [], [], LIMIT)[0])
            time.sleep(0.2)
            self.assertFalse(fcntl.fcntl(terminal, fcntl.F_GETFL) & os.O_NONBLOCK)

    def test_an_answer_that_has_no_end(self):
        done = self.run_mtpipe("login", "--bot", "-", stdin="x" * 100_000)
        self.fails(done, 2, "standard input")

    def test_a_stalled_pipe_of_another_user(self):
        data = self.home / "other-data"
        data.mkdir()
        data.chmod(0o777)
        command = self.command("get", self.cluster.link("b_data.bin"), "-o", "-")
        other = SEPARATE_USER - 1
        if os.geteuid() == 0:
            self.ok(self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=data, as_user=other))
            command = ["setpriv", f"--reuid={other}", f"--regid={other}", "--clear-groups", *command]
        else:
            data = self.data
        for signals, code in (([signal.SIGTERM], 143), ([signal.SIGINT], 130)):
            read, write = os.pipe()
            with contextlib.ExitStack() as stack:
                stack.callback(os.close, read)
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.DEVNULL,
                                           env=self.environment(data), preexec_fn=end_with_parent)
                os.close(write)
                stack.callback(process.wait)
                stack.callback(process.kill)
                self.wait_until_full(read)
                for number in signals:
                    process.send_signal(number)
                self.assertEqual(process.wait(10), code)
        # All bytes come through such a pipe, in order.
        read, write = os.pipe()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=write, env=self.environment(data),
                                   preexec_fn=end_with_parent)
        os.close(write)
        with open(read, "rb") as got:
            content = got.read()
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertEqual(content, (self.films / "b_data.bin").read_bytes())

    def wait_until_full(self, pipe):
        """Until nothing more comes into it."""
        deadline, before = time.monotonic() + LIMIT, -1
        while time.monotonic() < deadline:
            have = int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
            if have > 0 and have == before:
                return
            before = have
            time.sleep(0.3)
        self.fail("nothing comes into the pipe")

    def test_a_second_signal_ends_it_at_once(self):
        """Also where it waits for the system, as for a standard error that nobody reads."""
        read, write = os.pipe()
        os.set_blocking(write, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(write, bytes(4096))
        os.set_blocking(write, True)
        process = subprocess.Popen(self.command("-v", "get", self.cluster.link("b_data.bin"), "-o", self.out / "x"),
                                   stdin=subprocess.DEVNULL, stderr=write, env=self.environment(), preexec_fn=end_with_parent)
        try:
            time.sleep(0.5)
            self.assertIsNone(process.poll())
            process.terminate()
            time.sleep(0.2)
            process.terminate()
            self.assertEqual(process.wait(10), 143)
        finally:
            process.kill()
            process.wait()
            os.close(read)
            os.close(write)

    def test_a_process_in_the_background_of_a_script_ignores_what_the_shell_has_ignored(self):
        def in_background():
            end_with_parent()
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)

        for command in (self.command("login", "--bot", "-"), [MTPIPE, "localdc", "--generated", "a=1"]):
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=self.environment(), preexec_fn=in_background)
            with process:
                time.sleep(0.5)
                for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
                    process.send_signal(number)
                time.sleep(0.3)
                self.assertIsNone(process.poll())
                process.terminate()
                self.assertIn(process.wait(10), (0, 143))

    def test_the_first_process_of_a_container_ends_while_it_hashes(self):
        films = self.home / "large"
        films.mkdir(exist_ok=True)
        with open(films / "large.bin", "wb") as large:
            large.truncate(64 << 30)  # takes no room, and minutes to hash
        as_first = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] if os.geteuid() == 0 else []
        if as_first and subprocess.run([*as_first, "true"], capture_output=True).returncode != 0:
            as_first = []  # no namespaces here: at least a signal ends it
        process = subprocess.Popen([*as_first, MTPIPE, "localdc", str(films)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        try:
            deadline = time.monotonic() + LIMIT
            pid = process.pid
            while as_first and time.monotonic() < deadline:
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                if children and os.path.realpath(f"/proc/{children[0]}/exe") == os.path.realpath(MTPIPE):
                    pid = int(children[0])
                    break
                time.sleep(0.05)
            time.sleep(0.5)
            os.kill(pid, signal.SIGTERM)
            self.assertEqual(process.wait(10), 143)
        finally:
            process.kill()
            process.wait()

    def test_nothing_unseen_reaches_a_terminal(self):
        self.assertIn("/4: c  d.bin (", self.cluster.output())
        link = self.cluster.link(next(m["name"] for m in self.cluster.info["messages"] if m["name"].startswith("c")))
        for words in (("info", link), ("info", link, "--json"), ("-v", "get", link, "-o", self.out / "x", "--progress")):
            done = self.ok(self.run_mtpipe(*words))
            for each in UNSEEN:
                self.assertNotIn(each, self.cluster.output() + done.stdout + done.stderr)
        told = json.loads(self.ok(self.run_mtpipe("info", link, "--json")).stdout)
        self.assertEqual(told["caption"], f"c{''.join(UNSEEN)}d.bin")

    def test_a_file_that_cannot_be_read_does_not_keep_the_others_away(self):
        self.assertIn("gone.bin", self.cluster.output())
        self.assertIn("not served", self.cluster.output())
        self.assertEqual({m["name"] for m in self.cluster.info["messages"]} & {"gone.bin", "b_data.bin"}, {"b_data.bin"})

    def test_a_wide_name_stays_on_its_line(self):
        stars = self.home / "stars"
        stars.mkdir()
        (stars / ("⭐" * 40 + ".bin")).write_bytes(os.urandom(2_000_000))
        cluster = Cluster(stars, self.home, "--rate", "1000000")
        self.addCleanup(cluster.log.close)
        self.addCleanup(cluster.end)
        self.sign_in(cluster)
        before, type(self).cluster = self.cluster, cluster
        try:
            code, screen = on_terminal(self, ["get", "https://t.me/demo/2", "-o", self.out / "x"], columns=80)
        finally:
            type(self).cluster = before
        self.assertEqual(code, 0, screen)
        for drawn in screen.split("\r")[1:]:
            text = drawn.split("\x1b")[0].rstrip("\n")
            self.assertLess(len(text) + text.count("⭐"), 80)

    def test_too_few_descriptors_are_told_as_such(self):
        said = ""
        for limit in (8, 10):  # not enough for the files, not enough for the connections
            done = self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "x",
                                   before=lambda limit=limit: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)))
            if done.returncode != 0:
                self.assertIn("Too many open files", done.stderr)
                said += done.stderr
        self.assertIn("ulimit -n", said)

    def test_an_info_file_in_a_folder_whose_name_is_no_utf8(self):
        folder = os.fsencode(self.out) + b"/caf\xe9"
        os.mkdir(folder)
        info = folder + b"/i.json"
        process = subprocess.Popen([MTPIPE, "localdc", "--generated", "a=1", "--info", info], stdout=subprocess.DEVNULL,
                                   preexec_fn=end_with_parent)
        try:
            deadline = time.monotonic() + LIMIT
            while not os.path.exists(info) and time.monotonic() < deadline:
                time.sleep(0.02)
            with open(info, encoding="utf-8") as told:
                json.load(told)
            done = subprocess.run([MTPIPE, "--dc-info", info, "login", "--bot", "-"], input=TOKEN.encode(), capture_output=True,
                                  env=self.environment(self.home / "cafe-data"), timeout=LIMIT)
            self.assertEqual(done.returncode, 0, done.stderr)
        finally:
            process.terminate()
            process.wait(LIMIT)

    def test_a_protected_message_that_is_none(self):
        self.fails(self.run_mtpipe("localdc", self.films, "--protect", "999"), 2, "999", "from 2 to")


if __name__ == "__main__":
    main()
