# One session and several processes, places that cannot be written, and what must stay private.
import contextlib
import os
import pathlib
import random
import shutil
import signal
import stat
import struct
import subprocess
import time
import unittest

from harness import LIMIT, SEPARATE_USER, TOKEN, CliTest, end_with_parent, main

PASSPHRASE = "mellow onion kettle of the session"
ROUNDS = 50


class SessionTest(CliTest):
    FILES = {"b_data.bin": 40_077}
    FILM_SECONDS = 1

    def setUp(self):
        super().setUp()
        self.place = self.out / "data"
        self.place.mkdir()

    def mtpipe(self, *args, **more):
        return self.run_mtpipe(*args, **{"data": self.place, **more})

    def try_to_log_in(self, token=TOKEN, **more):
        return self.mtpipe("login", "--bot", "-", stdin=token + "\n", **more)

    def log_in(self, token=TOKEN, **more):
        self.ok(self.try_to_log_in(token, **more))

    def start(self, *args, stdin=subprocess.DEVNULL, prefix=(), variables=None):
        process = subprocess.Popen([*prefix, *self.command(*args)], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env={**self.environment(self.place), **(variables or {})},
                                   preexec_fn=end_with_parent)
        self.addCleanup(self.clean_up, process)
        return process

    @staticmethod
    def clean_up(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def served(self, processes):
        """Of processes that run at once on one session each is served, or told that another one is; at least one is served."""
        codes = []
        for process in processes:
            _, error = process.communicate(timeout=LIMIT)
            codes.append(process.returncode)
            if process.returncode != 0:
                self.in_use(process.returncode, error)
        self.assertIn(0, codes)
        return codes

    def in_use(self, code, error):
        self.assertEqual(code, 1, error)
        self.assertIn("the account is used by another process", error)
        self.assertIn("two users of one key end the login", error)
        self.assertEqual(len(error.splitlines()), 1, error)

    def refused(self, done):
        self.in_use(done.returncode, done.stderr)

    def finish(self, process):
        out, error = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 0, error)
        return out

    def session(self):
        found = list((self.place / "mtproto").glob("mtpipe.*.session"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def user(self):
        version, _, home, user = struct.unpack_from("<IIiq", self.session().read_bytes(), 4)
        self.assertEqual(version, 1)
        self.assertGreater(home, 0)
        return user

    def alone(self):
        """Nothing is left beside the session."""
        self.assertEqual(list(self.session().parent.iterdir()), [self.session()])

    def info(self, **more):
        return self.mtpipe("info", self.cluster.link("b_data.bin"), **more)


class OneSession(SessionTest):
    def test_many_at_once(self):
        self.log_in()
        seeded = random.Random(3)
        in_namespaces = os.geteuid() == 0 and shutil.which("unshare") is not None
        for _ in range(ROUNDS):
            # Each may be process 1 of its container.
            prefix = ("unshare", "-pf", "--kill-child") if in_namespaces and seeded.random() < 0.5 else ()
            link = self.cluster.link(seeded.choice(("b_data.bin", "a_film.mkv")))
            both = [self.start("info", link, prefix=prefix) for _ in range(2)]
            time.sleep(seeded.random() * 0.02)
            self.served(both)
            self.assertEqual(self.user(), int(TOKEN.split(":")[0]))
            self.alone()

    def test_a_second_process_is_refused_until_the_first_ends_or_is_killed(self):
        self.log_in()
        for number in (signal.SIGINT, signal.SIGKILL):
            first = self.start("get", self.cluster.link("a_film.mkv"), "-o", "-")  # nobody reads on
            first.stdout.buffer.read(1)
            self.refused(self.info())
            self.refused(self.try_to_log_in("99:other"))
            if os.geteuid() == 0:  # a container that has the volume to read only
                done = subprocess.run(
                    ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"',
                     str(self.place), *self.command("info", self.cluster.link("b_data.bin"))],
                    capture_output=True, text=True, timeout=LIMIT, env=self.environment(self.place), preexec_fn=end_with_parent)
                self.refused(done)
            first.send_signal(number)
            first.stdout.close()
            first.wait(LIMIT)
            self.ok(self.info())
            self.alone()
        self.assertEqual(self.user(), int(TOKEN.split(":")[0]))

    def test_logins_at_once_leave_one_of_them(self):
        for number in range(8):
            both = [self.start("login", "--bot", "-", stdin=subprocess.PIPE) for _ in range(2)]
            users = (100 + number, 200 + number)
            for each, user in zip(both, users):
                each.stdin.write(f"{user}:token\n")
                each.stdin.close()
                each.stdin = None
            codes = self.served(both)
            self.assertIn(self.user(), [user for user, code in zip(users, codes) if code == 0])
            self.ok(self.mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / f"x{number}"))
            self.alone()

    def test_one_that_is_killed_while_it_saves(self):
        self.log_in()
        seeded = random.Random(5)
        for _ in range(15):
            process = self.start("login", "--bot", "-", stdin=subprocess.PIPE)
            process.stdin.write(TOKEN + "\n")
            process.stdin.close()
            process.stdin = None
            time.sleep(seeded.random() * 0.12)
            process.kill()
            process.communicate(timeout=LIMIT)
            self.ok(self.info())
            self.assertEqual(self.user(), int(TOKEN.split(":")[0]))


class Meanwhile(SessionTest):
    """A slow command has loaded the session; then somebody changes it, or wants to."""
    OPTIONS = ("--rtt", "150")

    def begin_get(self, **more):
        process = self.start("get", self.cluster.link("b_data.bin"), "-o", str(self.out / "x"), "-q", **more)
        time.sleep(0.7)
        self.assertIsNone(process.poll())
        return process

    def passphrase(self, *options):
        return self.ok(self.mtpipe("passphrase", *options))

    def new_passphrase(self, text):
        path = self.out / f"passphrase-{len(text)}"
        path.write_text(text + "\n")
        return path

    def sealed(self):
        return struct.unpack_from("<I", self.session().read_bytes(), 4)[0] == 2

    def test_a_passphrase_is_set_changed_and_removed(self):
        self.log_in()
        first, second = self.new_passphrase(PASSPHRASE), self.new_passphrase(PASSPHRASE + "!")
        steps = ((("--new-passphrase-file", first), {}, True),
                 (("--passphrase-file", first, "--new-passphrase-file", second), {"MTPIPE_PASSPHRASE": PASSPHRASE}, True),
                 (("--passphrase-file", second, "--remove"), {"MTPIPE_PASSPHRASE": PASSPHRASE + "!"}, False))
        for options, variables, sealed in steps:
            running = self.begin_get(variables=variables)
            self.passphrase(*options)
            after = self.session().read_bytes()
            _, error = running.communicate(timeout=LIMIT)
            self.assertEqual(running.returncode, 0, error)
            self.assertEqual(len(error.splitlines()), 1, error)
            self.assertIn("the session is not saved", error)
            self.assertEqual(self.sealed(), sealed)
            self.assertEqual(self.session().read_bytes(), after)
            self.alone()
            (self.out / "x").unlink()
        self.ok(self.info())

    def test_a_login_is_made(self):
        running = self.start("info", self.cluster.link("b_data.bin"))  # fails, as nobody is logged in
        time.sleep(0.25)
        self.refused(self.try_to_log_in())
        running.communicate(timeout=LIMIT)
        self.log_in()
        self.assertEqual(self.user(), int(TOKEN.split(":")[0]))
        running = self.begin_get()
        self.refused(self.try_to_log_in("99:other"))
        self.finish(running)
        self.assertEqual(self.user(), int(TOKEN.split(":")[0]))
        self.log_in("99:other")
        self.assertEqual(self.user(), 99)
        self.ok(self.mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "y"))

    def test_the_session_is_removed(self):
        self.log_in()
        running = self.begin_get()
        self.session().unlink()
        self.finish(running)
        self.assertEqual(list((self.place / "mtproto").iterdir()), [])


class Places(SessionTest):
    def test_a_place_that_cannot_be_written(self):
        self.log_in()
        if os.geteuid() == 0:
            for each in (self.place, self.place / "mtproto", self.session()):
                os.chown(each, SEPARATE_USER, SEPARATE_USER)
        (self.place / "mtproto").chmod(0o555)
        self.addCleanup((self.place / "mtproto").chmod, 0o755)
        # Keys for the file's data centre are to be stored: one line, and the command goes on.
        done = self.ok(self.mtpipe("get", self.cluster.link("b_data.bin"), "-o", "-", text=False, as_user=SEPARATE_USER))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("warning: the session is not saved", lines[0])
        self.assertEqual(done.stdout, (self.films / "b_data.bin").read_bytes())
        # Nothing is to be stored: not a word.
        done = self.ok(self.info(as_user=SEPARATE_USER))
        self.assertEqual(done.stderr, "")
        self.fails(self.mtpipe("login", "--bot", "-", stdin="7:b\n", as_user=SEPARATE_USER), 1, "session", left=["data"])

    def test_a_link(self):
        self.log_in()
        kept = self.session()
        real = self.out / "elsewhere"
        real.mkdir()
        kept.rename(real / "kept")
        kept.symlink_to(real / "kept")
        self.ok(self.info())
        self.log_in("99:other")
        self.assertTrue(kept.is_symlink())
        self.assertEqual(self.user(), 99)
        if os.geteuid() != 0:
            return
        os.chown(kept, SEPARATE_USER, SEPARATE_USER, follow_symlinks=False)
        self.fails(self.info(), 1, "link of another user", left=["data", "elsewhere"])


class Privacy(SessionTest):
    OPTIONS = ("--rate", "60000")

    def test_the_passphrase_is_not_kept(self):
        self.log_in(variables={"MTPIPE_PASSPHRASE": PASSPHRASE})
        given = self.out / "passphrase"
        given.write_text(PASSPHRASE + "\n")
        options = (("--passphrase-file", str(given)), {}), ((), {"MTPIPE_PASSPHRASE": PASSPHRASE})
        for number, (arguments, variables) in enumerate(options):
            name = f"film{number}"
            running = self.start("get", self.cluster.link("a_film.mkv"), "-o", str(self.out / name), *arguments,
                                 variables={"MTPIPE_DUMPABLE": "1", **variables})
            part = self.out / (name + ".part")
            deadline = time.monotonic() + LIMIT
            while not (part.exists() and part.stat().st_size > 0) and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertIsNone(running.poll())
            memory = self.memory_of(running.pid)
            if memory is None:
                self.skipTest("the memory of a child cannot be read here")
            self.assertTrue(b"mtpipe.session" in memory)  # found where it is, and not printed
            self.assertEqual(memory.count(PASSPHRASE.encode()), 0)
            running.kill()
            running.communicate()

    @staticmethod
    def memory_of(pid):
        found = bytearray()
        try:
            with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
                for line in maps:
                    where, modes = line.split()[:2]
                    begin, end = (int(each, 16) for each in where.split("-"))
                    # The shadow memory of sanitizers has terabytes.
                    if not modes.startswith("rw") or end - begin > 1 << 30:
                        continue
                    with contextlib.suppress(OSError, ValueError):
                        memory.seek(begin)
                        found += memory.read(end - begin)
        except OSError:
            return None
        return bytes(found)

    def test_no_core_dump_and_no_look_into_its_memory(self):
        self.log_in()
        for variables, owner in (({}, 0), ({"MTPIPE_DUMPABLE": "1"}, os.geteuid())):
            running = self.start("get", self.cluster.link("a_film.mkv"), "-o", "-", variables=variables)
            deadline = time.monotonic() + LIMIT
            while not os.listdir(f"/proc/{running.pid}/task") or time.monotonic() < deadline - LIMIT + 1:
                time.sleep(0.1)
            # The kernel gives the files of a process that cannot be dumped to root.
            self.assertEqual(os.stat(f"/proc/{running.pid}/mem").st_uid, owner)
            if os.geteuid() != 0 and not variables:
                self.assertIsNone(self.memory_of(running.pid))
            running.kill()
            running.communicate()


class InfoFile(SessionTest):
    def serve(self, path, **more):
        command = [*self.command("localdc", self.films)[:1], "localdc", str(self.films), "--info", str(path)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=end_with_parent, **more)
        self.addCleanup(self.clean_up, process)
        return process

    def refused(self, path, *words, code, left):
        process = self.serve(path)
        out, error = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, code, error)
        self.assertEqual(out, "")
        for word in words:
            self.assertIn(word, error)
        self.leaves(self.out, left)

    def written(self, path):
        process = self.serve(path)
        deadline = time.monotonic() + LIMIT
        while not path.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertTrue(path.exists(), process.poll())
        process.send_signal(signal.SIGTERM)
        self.finish(process)

    def test_its_owner_alone_reads_it(self):
        path = self.out / "dc.json"
        before = os.umask(0)
        try:
            self.written(path)
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE((self.out / "dc.json.pem").stat().st_mode), 0o644)

    def test_what_is_no_regular_file_is_not_replaced(self):
        fifo = self.out / "fifo"
        os.mkfifo(fifo)
        self.refused(fifo, "not a regular file", code=2, left=["data", "fifo"])
        self.assertTrue(stat.S_ISFIFO(fifo.stat().st_mode))
        self.refused("/dev/stdout", "not a regular file", code=2, left=["data", "fifo"])
        self.refused("/dev/full", "not a regular file", code=2, left=["data", "fifo"])
        self.refused(self.out / "data", "not a regular file", code=2, left=["data", "fifo"])
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/full").st_mode))
        self.assertFalse(os.path.exists("/dev/full.pem"))

    def test_standard_output_that_is_a_file_is_not_replaced(self):
        path = self.out / "all"
        with open(path, "w") as file:
            process = self.serve("/dev/stdout")
            process.communicate(timeout=LIMIT)
            file.write("what stood there")
            file.flush()
            command = [*self.command("x")[:1], "localdc", str(self.films), "--info", "/dev/stdout"]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.PIPE, timeout=LIMIT,
                                  preexec_fn=end_with_parent)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(path.read_text(), "what stood there")

    def test_planted_links_are_not_written_through(self):
        victim = self.out / "victim"
        victim.write_text("precious")
        path = self.out / "dc.json"
        for name in ("dc.json.new", "dc.json.pem.new", "dc.json.crt.new"):
            (self.out / name).symlink_to(victim)
        self.written(path)
        self.assertEqual(victim.read_text(), "precious")
        self.assertFalse((self.out / "dc.json.pem").is_symlink())
        if os.geteuid() != 0:
            return
        for name in ("dc.json", "dc.json.pem"):
            (self.out / name).unlink()
            (self.out / name).symlink_to(victim)
            os.chown(self.out / name, SEPARATE_USER, SEPARATE_USER, follow_symlinks=False)
            process = self.serve(path)
            _, error = process.communicate(timeout=LIMIT)
            self.assertEqual(process.returncode, 1)
            self.assertIn("link of another user", error)
            self.assertEqual(victim.read_text(), "precious")
            (self.out / name).unlink()

    def test_a_link_of_ones_own_stays_a_link(self):
        real = self.out / "real.json"
        real.write_text("{}")
        path = self.out / "dc.json"
        path.symlink_to(real)
        process = self.serve(path)
        deadline = time.monotonic() + LIMIT
        while real.read_text() == "{}" and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        self.finish(process)
        self.assertTrue(path.is_symlink())
        self.assertIn("login_code", real.read_text())


if __name__ == "__main__":
    main()
