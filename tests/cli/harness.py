# Drives mtpipe as a user's script would: a local cluster, commands with time limits, and what a failure must look like.
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import pathlib
import pty
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

MTPIPE = os.environ.get("MTPIPE", "mtpipe")
LIMIT = 60  # seconds for one command; a command that hangs is a failure
SEPARATE_USER = 65534  # nobody
TOKEN = "4711:a-secret-of-the-bot"


def end_with_parent():
    """In the child: no process outlives the test, however that ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def make_film(path, seconds=3):
    """A small film as the demo's: H.264 and AAC in Matroska."""
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25,noise=alls=40:allf=t+u",
         "-f", "lavfi", "-i", "sine=f=440:r=48000", "-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2",
         "-g", "25", "-pix_fmt", "yuv420p", "-b:v", "6M", "-c:a", "aac", "-f", "matroska", str(path)],
        check=True, timeout=LIMIT)


def on_terminal(test, args, answers=(), data=None, columns=None):
    """Runs mtpipe with a terminal for standard input and error; answers each (question, text). Gives (code, screen)."""
    master, terminal = pty.openpty()
    if columns is not None:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(test.command(*args), stdin=terminal, stdout=subprocess.DEVNULL, stderr=terminal,
                               env=test.environment(data), preexec_fn=end_with_parent)
    os.close(terminal)
    screen, answered, answers = "", 0, list(answers)
    deadline = time.monotonic() + LIMIT
    try:
        while time.monotonic() < deadline:
            ready, _, _ = select.select([master], [], [], 0.1)
            if ready:
                try:
                    got = os.read(master, 4096)
                except OSError:  # the other side is closed
                    break
                if not got:
                    break
                screen += got.decode(errors="replace")
                if answers and answers[0][0] in screen[answered:]:
                    answered = len(screen)  # the same words may be asked again
                    os.write(master, (answers.pop(0)[1] + "\n").encode())
        process.wait(max(1, deadline - time.monotonic()))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
    return process.returncode, screen


class Cluster:
    """A running `mtpipe localdc`; ended with SIGTERM, on which it must exit 0."""

    def __init__(self, films, home, *options):
        self.info_path = pathlib.Path(home) / f"dc-{random.getrandbits(48):x}.json"
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([MTPIPE, "localdc", str(films), "--info", str(self.info_path), *options],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        preexec_fn=end_with_parent)
        deadline = time.monotonic() + LIMIT
        while not self.info_path.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                self.process.wait()
                raise RuntimeError(f"the cluster does not come up: {self.output()}")
            time.sleep(0.02)
        self.info = json.loads(self.info_path.read_text())
        self.info_path.chmod(0o644)  # for commands that tests run as another user

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def end(self, number=signal.SIGTERM):
        """Ends it, once, and gives its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(number)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def message(self, name):
        return next(m for m in self.info["messages"] if m["name"] == name)

    def link(self, name):
        return f"https://t.me/{self.info['channel']}/{self.message(name)['id']}"


class CliTest(unittest.TestCase):
    """A folder of its own for each test, one cluster and its login for all tests of a class."""

    FILES = {"b_data.bin": 3_000_000 + 77}  # beside a_film.mkv, in bytes
    OPTIONS = ()
    FILM_SECONDS = 2

    @classmethod
    def setUpClass(cls):
        cls.resources = contextlib.ExitStack()
        cls.addClassCleanup(cls.resources.close)
        cls.home = pathlib.Path(cls.resources.enter_context(tempfile.TemporaryDirectory(prefix="mtpipe-test-")))
        cls.home.chmod(0o755)
        cls.films = cls.home / "films"
        cls.films.mkdir()
        make_film(cls.films / "a_film.mkv", cls.FILM_SECONDS)
        seeded = random.Random(20)
        for name, size in cls.FILES.items():
            (cls.films / name).write_bytes(seeded.randbytes(size))
        cls.prepare()
        cls.cluster = cls.start_cluster(*cls.OPTIONS)
        cls.data = cls.home / "data"
        cls.sign_in(cls.cluster)

    @classmethod
    def make_one_file(cls, name, contents):
        """In place of setUpClass: one file and no cluster, where each download has one of its own."""
        cls.resources = contextlib.ExitStack()
        cls.addClassCleanup(cls.resources.close)
        cls.home = pathlib.Path(cls.resources.enter_context(tempfile.TemporaryDirectory(prefix="mtpipe-faults-")))
        cls.films = cls.home / "films"
        cls.films.mkdir()
        (cls.films / name).write_bytes(contents)
        cls.data = cls.home / "data"

    @classmethod
    def prepare(cls):
        """More for the folder, before the cluster serves it."""

    @classmethod
    def start_cluster(cls, *options):
        made = Cluster(cls.films, cls.home, *options)
        cls.resources.callback(made.log.close)
        cls.resources.callback(made.end)
        return made

    @classmethod
    def sign_in(cls, cluster, data=None):
        done = cls.run_mtpipe("login", "--bot", "-", stdin=TOKEN + "\n", cluster=cluster, data=data)
        assert done.returncode == 0, done.stderr

    @classmethod
    def logins(cls, count, cluster=None):
        """Folders with a login each, for commands that run at the same time: a session serves one of them."""
        made = [cls.home / f"data-{random.getrandbits(48):x}" for _ in range(count)]
        for data in made:
            cls.sign_in(cluster or cls.cluster, data)
        return made

    def setUp(self):
        self.out = pathlib.Path(tempfile.mkdtemp(dir=self.home))
        self.out.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.out, ignore_errors=True)

    @classmethod
    def command(cls, *args, cluster=None):
        return [MTPIPE, "--dc-info", str((cluster or cls.cluster).info_path), *map(str, args)]

    @classmethod
    def environment(cls, data=None):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MTPROTO_", "MTPIPE_", "XDG_"))}
        return {**kept, "XDG_DATA_HOME": str(data or cls.data)}

    @classmethod
    def run_mtpipe(cls, *args, stdin=None, cluster=None, data=None, stdout=subprocess.PIPE, text=True, as_user=None,
                   limit=LIMIT, before=None, variables=None):
        command = cls.command(*args, cluster=cluster)
        if as_user is not None and os.geteuid() == 0:
            command = ["setpriv", f"--reuid={as_user}", f"--regid={as_user}", "--clear-groups", *command]

        def prepare():
            end_with_parent()
            if before:
                before()

        given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin if text else stdin.encode()}
        return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=text, timeout=limit,
                              env={**cls.environment(data), **(variables or {})}, preexec_fn=prepare, **given)

    def begin(self, *args, stdout=subprocess.DEVNULL, before=None, data=None):
        """Starts a command that end() ends; its standard error is a pipe."""
        def prepare():
            end_with_parent()
            if before:
                before()
        return subprocess.Popen(self.command(*args), stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                                env=self.environment(data), preexec_fn=prepare)

    def bash(self, script, *args, redirect="", data=None):
        """A script of bash with mtpipe and its arguments as its own, in the test's folder; its output is bytes."""
        return subprocess.run(["bash", "-c", f"{script} {redirect}", "bash", *self.command(*args)], capture_output=True,
                              timeout=LIMIT, env=self.environment(data), cwd=self.out, preexec_fn=end_with_parent)

    def end(self, process):
        process.kill()
        process.wait()
        process.stderr.close()

    def ok(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def fails(self, done, code, *words, left=()):
        """One line that says what and what next, the promised exit code, and nothing where the file would be but `left`."""
        error = done.stderr if isinstance(done.stderr, str) else done.stderr.decode()
        self.assertEqual(done.returncode, code, error)
        lines = [line for line in error.splitlines() if not line.startswith("waiting: ")]
        self.assertEqual(len(lines), 1, error)
        self.assertTrue(lines[0].startswith("mtpipe: "), error)
        for word in words:
            self.assertIn(word, lines[0])
        self.leaves(self.out, left)

    def leaves(self, folder, names):
        self.assertEqual(sorted(p.name for p in folder.iterdir()), sorted(names))

    def left_nothing(self, folder):
        self.leaves(folder, ())


def main():
    if shutil.which("ffmpeg") is None:
        print("ffmpeg is not installed")
        sys.exit(1)
    done = unittest.main(verbosity=2, exit=False).result
    skipped_in_ci = os.environ.get("CI") == "true" and done.skipped
    sys.exit(0 if done.wasSuccessful() and not skipped_in_ci else 1)
