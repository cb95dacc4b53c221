# Files and folders that others have a hand in: links, names that are taken, pipes, devices, limits, other users.
import os
import re
import resource
import signal
import socket
import stat
import threading
import time

from harness import LIMIT, SEPARATE_USER, TOKEN, CliTest, main, sha256

WAIT = 20  # seconds for what must not wait at all


def is_root():
    return os.geteuid() == 0


class Files(CliTest):
    FILES = {"b_data.bin": 300_077, "d_film.mp4": 200_000}

    @classmethod
    def prepare(cls):
        # Both become c_name.bin at a client.
        (cls.films / "c:name.bin").write_bytes(b"first" * 1000)
        (cls.films / "c?name.bin").write_bytes(b"second" * 1000)

    def left(self, folder=None):
        return sorted(p.name for p in (folder or self.out).iterdir())

    def get(self, name, *options, **more):
        return self.run_mtpipe("get", self.cluster.link(name), *options, **more)

    def in_folder(self, folder):
        return {"before": lambda: os.chdir(folder)}

    # --- names that the sender chose

    def test_two_messages_with_one_name_are_two_files(self):
        for _ in range(2):
            for name in ("c:name.bin", "c?name.bin"):
                self.ok(self.get(name, "-o", self.out))
        # The second time they are there already.
        self.assertEqual(self.left(), ["c_name (2).bin", "c_name.bin"])
        self.assertEqual(sha256(self.out / "c_name.bin"), self.cluster.message("c:name.bin")["sha256"])
        self.assertEqual(sha256(self.out / "c_name (2).bin"), self.cluster.message("c?name.bin")["sha256"])

    def test_a_file_of_ones_own_stays_unless_it_is_named_or_forced(self):
        for options in ((), ("-o", "."), ("-o", self.out), ("-o", f"{self.out}/")):
            own = self.out / "b_data.bin"
            own.write_text("own")
            own.chmod(0o755)
            done = self.ok(self.get("b_data.bin", *options, **self.in_folder(self.out)))
            self.assertEqual(own.read_text(), "own")
            self.assertIn("b_data.bin is there already: this one is", done.stderr)
            self.assertIn("b_data (2).bin", done.stderr)
            self.assertEqual(sha256(self.out / "b_data (2).bin"), self.cluster.message("b_data.bin")["sha256"])
            self.assertEqual(stat.S_IMODE((self.out / "b_data (2).bin").stat().st_mode) & 0o111, 0)
            (self.out / "b_data (2).bin").unlink()
        self.ok(self.get("b_data.bin", "-o", self.out, "--force"))
        self.assertEqual(sha256(own), self.cluster.message("b_data.bin")["sha256"])
        own.write_text("own")
        self.ok(self.get("b_data.bin", "-o", own))
        self.assertEqual(sha256(own), self.cluster.message("b_data.bin")["sha256"])
        self.assertEqual(self.left(), ["b_data.bin"])

    def test_nothing_is_told_where_a_name_is_free(self):
        for options in ((), ("-o", "."), ("-o", f"{self.out}/new/"), ("-o", "x"), ("-o", "x")):
            for name, mp4 in (("b_data.bin", ()), ("a_film.mkv", ("--mp4",))):
                done = self.ok(self.get(name, *options, *mp4, **self.in_folder(self.out)))
                self.assertEqual(done.stderr, "")
            for made in self.left():
                if made not in ("x", "new"):
                    (self.out / made).unlink()

    def test_the_same_again_is_told_and_not_fetched(self):
        self.ok(self.get("b_data.bin", "-o", self.out))
        done = self.ok(self.get("b_data.bin", "-o", self.out, "--stats"))
        self.assertIn("b_data.bin is there already, and whole", done.stderr)
        self.assertRegex(done.stderr, r"\b0 bytes in")
        self.assertEqual(self.left(), ["b_data.bin"])

    def test_a_film_that_is_there_stays_when_another_container_is_made(self):
        own = self.out / "a_film.mp4"
        own.write_text("own")
        done = self.ok(self.get("a_film.mkv", "-o", self.out, "--mp4"))
        self.assertIn("a_film (2).mp4", done.stderr)
        self.assertEqual(own.read_text(), "own")
        self.assertEqual(self.left(), ["a_film (2).mp4", "a_film.mp4"])
        self.ok(self.get("a_film.mkv", "-o", self.out, "--mp4", "--force"))
        self.assertNotEqual(own.read_bytes(), b"own")
        self.assertEqual(self.left(), ["a_film (2).mp4", "a_film.mp4"])

    def test_two_at_once_under_one_name(self):
        names = ("c:name.bin", "c?name.bin", "c:name.bin", "c?name.bin")
        begun = [self.begin("get", self.cluster.link(name), "-o", self.out, data=data)
                 for name, data in zip(names, self.logins(len(names)))]
        for process in begun:
            try:
                error = process.communicate(timeout=LIMIT)[1].decode()
                # Two of one document may meet: one of them is told then.
                self.assertTrue(process.returncode == 0 or "being written by another process" in error, error)
            finally:
                self.end(process)
        wanted = {self.cluster.message(name)["sha256"] for name in names}
        self.assertEqual({sha256(p) for p in self.out.iterdir()}, wanted)

    # --- links

    def test_planted_links_are_not_followed(self):
        if not is_root():
            return self.only_pure("a link of another user")
        victim = self.home / "victim"
        victim.write_text("precious")
        home = self.home / "victims-home"
        home.mkdir(exist_ok=True)
        for mode in (0o1777, 0o2775):
            shared = self.out / f"shared{mode:o}"
            shared.mkdir()
            shared.chmod(mode)
            for name, leads_to in (("d_film.mp4", victim), ("a_film.mp4", victim), ("folder", home), ("pipe", "/dev/null")):
                (shared / name).symlink_to(leads_to)
                os.chown(shared / name, SEPARATE_USER, SEPARATE_USER, follow_symlinks=False)
            for options in (("-o", shared / "d_film.mp4"), ("-o", shared / "folder"), ("-o", f"{shared}/folder/"),
                            ("-o", shared / "folder" / "x"), ("-o", shared / "pipe"), ("-o", shared, "--force")):
                for mp4 in ((), ("--mp4",)):
                    done = self.get("a_film.mkv" if mp4 else "d_film.mp4", *options, *mp4)
                    self.assertEqual(done.returncode, 1, (options, done.stderr))
                    self.assertIn("is not followed", done.stderr)
            self.ok(self.get("d_film.mp4", "-o", shared))
            self.assertIn("d_film (2).mp4", self.left(shared))
            self.ok(self.get("a_film.mkv", "-o", shared, "--mp4"))
            self.assertEqual(victim.read_text(), "precious")
            self.assertEqual(self.left(home), [])

    def test_ones_own_links_are_followed(self):
        shared = self.out / "shared"
        shared.mkdir()
        shared.chmod(0o1777)
        (shared / "link").symlink_to(self.out / "x")
        self.ok(self.get("b_data.bin", "-o", shared / "link"))
        self.assertEqual(sha256(self.out / "x"), self.cluster.message("b_data.bin")["sha256"])
        self.assertTrue((shared / "link").is_symlink())

    def only_pure(self, what):
        print(f"{self.id()}: not root, so that there is no {what}; test_sink tries the rule itself")

    # --- parts of others

    def test_a_part_of_another_user_is_refused(self):
        for name in ("x.part", "x.part.state"):
            part = self.out / name
            part.write_text("some")
            if is_root():
                os.chown(part, SEPARATE_USER, SEPARATE_USER)
                words = "belongs to another user"
            else:
                part.chmod(0o666)
                words = "can be written by other users"
            for options in ((), ("--fresh",)):
                self.fails(self.get("b_data.bin", "-o", self.out / "x", *options), 1, words, left=[name])
                self.assertEqual(part.read_text(), "some")
            part.unlink()
        own = self.out / "own"
        own.write_text("some")
        os.link(own, self.out / "x.part")
        self.fails(self.get("b_data.bin", "-o", self.out / "x", "--fresh"), 1, "hard link", left=["own", "x.part"])
        self.assertEqual(own.read_text(), "some")

    # --- what must not be waited for

    def test_pipes_folders_and_sockets_beside_the_file_end_it_at_once(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        makers = {"pipe": os.mkfifo, "folder": os.mkdir, "socket": lambda p: listener.bind(os.path.relpath(p)),
                  "link": lambda p: os.symlink("nowhere", p)}
        for kind, make in makers.items():
            for name in ("x.part", "x.part.state"):
                with self.subTest(kind=kind, name=name):
                    if kind == "socket" and name != "x.part":
                        continue
                    make(self.out / name)
                    self.fails(self.get("b_data.bin", "-o", self.out / "x", limit=WAIT), 1, name, left=[name])
                    (os.rmdir if kind == "folder" else os.unlink)(self.out / name)

    def test_files_that_are_named_and_are_none(self):
        pipe = self.out / "pipe"
        os.mkfifo(pipe)
        for what in (pipe, self.out, "/dev/zero", "/dev/null"):
            cluster = type("Other", (), {"info_path": what})
            done = self.run_mtpipe("info", "https://t.me/demo/2", cluster=cluster, limit=WAIT)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("not a regular file", done.stderr)
            done = self.run_mtpipe("localdc", self.films, "--scenario", what, limit=WAIT)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("not a regular file", done.stderr)
        # The key that an info file names, too.
        info = self.out / "info.json"
        info.write_text(self.cluster.info_path.read_text().replace(self.cluster.info["rsa_public_key"], str(pipe)))
        done = self.run_mtpipe("info", "https://t.me/demo/2", cluster=type("Other", (), {"info_path": info}), limit=WAIT)
        self.assertEqual(done.returncode, 2, done.stderr)

    def test_a_passphrase_comes_through_a_pipe_and_waiting_for_it_can_be_ended(self):
        pipe = self.out / "pipe"
        os.mkfifo(pipe)
        process = self.begin("--passphrase-file", pipe, "info", self.cluster.link("b_data.bin"))
        try:
            time.sleep(0.5)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(WAIT), 130)
        finally:
            self.end(process)
        data = self.out / "data"
        for parts in (("bat", "tery\n"), ("battery",)):
            def write():
                with open(pipe, "w") as end:
                    for part in parts:
                        end.write(part)
                        end.flush()
                        time.sleep(0.1)
            writer = threading.Thread(target=write)
            writer.start()
            done = self.run_mtpipe("--passphrase-file", pipe, "login", "--bot", "-", stdin=TOKEN, data=data)
            writer.join()
            self.ok(done)
            self.ok(self.run_mtpipe("info", self.cluster.link("b_data.bin"), data=data,
                                    variables={"MTPIPE_PASSPHRASE": "battery"}))
        self.ok(self.bash('exec "$@"', "--passphrase-file", "/dev/fd/7", "info", self.cluster.link("b_data.bin"),
                          redirect="7< <(echo battery)", data=data))

    # --- names, modes, limits

    def test_names_that_are_too_long_fail_before_the_first_byte(self):
        for options in ((), ("--mp4",)):
            done = self.get("a_film.mkv", "-o", self.out / ("n" * 256), *options)
            self.fails(done, 1, "name too long")
        for end in ("AAAAA", "BBBBB"):
            self.ok(self.get("b_data.bin", "-o", self.out / ("n" * 250 + end)))
        self.assertEqual(len(self.left()), 2)

    def test_a_read_only_file_is_replaced_and_its_part_goes_on(self):
        data = self.home / f"other-data-{os.getpid()}"
        data.mkdir(exist_ok=True)
        if is_root():
            os.chown(data, SEPARATE_USER, SEPARATE_USER)
            os.chown(self.out, SEPARATE_USER, SEPARATE_USER)
        self.ok(self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=data, as_user=SEPARATE_USER))
        old = self.out / "x"
        old.write_text("old")
        old.chmod(0o444)
        if is_root():
            os.chown(old, SEPARATE_USER, SEPARATE_USER)

        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        self.fails(self.get("b_data.bin", "-o", old, data=data, as_user=SEPARATE_USER, before=limited), 1, "x.part stays",
                   left=["x", "x.part", "x.part.state"])
        done = self.ok(self.get("b_data.bin", "-o", old, "--stats", data=data, as_user=SEPARATE_USER))
        self.assertEqual(sha256(old), self.cluster.message("b_data.bin")["sha256"])
        self.assertEqual(stat.S_IMODE(old.stat().st_mode), 0o444)
        self.assertLess(int(re.search(r"([0-9]+) bytes in", done.stderr).group(1)), 300_077)

    def test_a_limit_on_the_size_of_files_ends_as_a_full_disk(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        def nothing():
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        self.fails(self.get("a_film.mkv", "-o", self.out / "mp4", "--mp4", before=limited), 1, "File too large")
        self.fails(self.get("b_data.bin", "-o", self.out / "x", before=limited), 1, "File too large", "x.part stays",
                   left=["x.part", "x.part.state"])
        for options, name in ((("-o", "-"), "b_data.bin"), (("-o", "/dev/stdout", "--mp4"), "a_film.mkv")):
            with open(self.home / "std", "wb") as out:
                done = self.get(name, *options, stdout=out, before=limited)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("File too large", done.stderr)
        for command in (("info", self.cluster.link("b_data.bin")), ("login", "--bot", "-")):
            done = self.run_mtpipe(*command, stdin=TOKEN, before=nothing)
            self.assertGreaterEqual(done.returncode, 0, done.stderr)  # ended by no signal
        done = self.run_mtpipe("localdc", self.films, "--info", self.home / "limited.json", before=nothing, limit=WAIT)
        self.assertEqual(done.returncode, 1, done.stderr)


class NoHashes(CliTest):
    FILES = {"b_data.bin": 1_000_000}
    OPTIONS = ("--fault", "rpc-error=500 NOT_IMPLEMENTED@getFileHashes:1x0")

    def test_a_download_begins_anew_and_says_so(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        link = self.cluster.link("b_data.bin")
        self.run_mtpipe("get", link, "-o", self.out / "x", before=limited)
        self.leaves(self.out, ["x.part", "x.part.state"])
        done = self.ok(self.run_mtpipe("get", link, "-o", self.out / "x", limit=WAIT))
        self.assertIn("the server has no hashes of this file", done.stderr)
        self.assertIn("begins anew", done.stderr)
        self.assertEqual(sha256(self.out / "x"), self.cluster.message("b_data.bin")["sha256"])
        # Nothing proves that what is there is the same.
        for _ in range(2):
            self.ok(self.run_mtpipe("get", link, "-o", self.out))
        self.leaves(self.out, ["b_data (2).bin", "b_data.bin", "x"])

    def test_to_verify_all_is_told_to_be_in_vain(self):
        done = self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "x", "--verify", "all", limit=WAIT)
        self.fails(done, 1, "the server has no hashes of this file", "--verify all")
        self.assertNotIn("try again", done.stderr)


if __name__ == "__main__":
    main()
