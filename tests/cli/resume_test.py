# mtpipe get goes on with what an earlier one left: kill -9, Ctrl-C, parts that changed meanwhile, folders of others.
import os
import re
import signal
import time

from harness import LIMIT, SEPARATE_USER, CliTest, main, sha256

WINDOW = 128 * 1024
KILLS = 5


class Resume(CliTest):
    # Three seconds for the whole file, which is long beside starting up.
    OPTIONS = ("--rate", "1000000")

    def arguments(self):
        return ["get", self.cluster.link("b_data.bin"), "-o", self.out / "x", "--window", "sequential"]

    def get(self, *more):
        return self.run_mtpipe(*self.arguments(), *more)

    def left(self):
        return sorted(p.name for p in self.out.iterdir())

    def whole(self, done):
        self.ok(done)
        self.assertEqual(sha256(self.out / "x"), self.cluster.message("b_data.bin")["sha256"])
        self.assertEqual(self.left(), ["x"])

    def killed_at(self, size, number=signal.SIGKILL):
        """Begins or goes on, and ends it once the part has so many bytes. Gives the part's size."""
        process = self.begin(*self.arguments())
        part = self.out / "x.part"
        try:
            deadline = time.monotonic() + LIMIT
            while not part.exists() or part.stat().st_size < size:
                if process.poll() is not None or time.monotonic() > deadline:
                    self.fail(f"it ended before there were {size} bytes: {process.stderr.read()}")
                time.sleep(0.002)
            process.send_signal(number)
            process.wait(LIMIT)
        finally:
            self.end(process)
        return part.stat().st_size

    def fetched(self, done):
        """Bytes that a run with --stats had to fetch."""
        return int(re.search(r"([0-9]+) bytes in", done.stderr).group(1))

    def test_kill_9_again_and_again(self):
        total = self.cluster.message("b_data.bin")["size"]
        for i in range(1, KILLS + 1):
            there = self.killed_at(total * i // (KILLS + 2))
            self.assertGreaterEqual(there, total * i // (KILLS + 2))
            self.assertEqual(self.left(), ["x.part", "x.part.state"])
        done = self.get("--stats")
        self.whole(done)
        self.assertLess(self.fetched(done), total - there + WINDOW)

    def test_kill_9_at_any_time_after_its_start(self):
        for delay in (0.0, 0.02, 0.1, 0.3):
            process = self.begin(*self.arguments())
            time.sleep(delay)
            self.end(process)
        self.whole(self.get())

    def test_after_ctrl_c_the_same_command_goes_on(self):
        there = self.killed_at(2_000_000, signal.SIGINT)
        done = self.get("--stats")
        self.whole(done)
        self.assertLess(self.fetched(done), self.FILES["b_data.bin"] - there + WINDOW)

    def test_a_byte_that_changed_in_the_part_does_not_get_into_the_file(self):
        there = self.killed_at(1_500_000)
        with open(self.out / "x.part", "r+b") as part:
            for place in (0, there // 2):
                part.seek(place)
                byte = part.read(1)[0]
                part.seek(place)
                part.write(bytes([byte ^ 1]))
        done = self.get("--stats")
        self.whole(done)
        self.assertLess(self.fetched(done), self.FILES["b_data.bin"] - there + 3 * WINDOW)

    def test_a_part_that_lost_its_end_and_a_torn_record(self):
        self.killed_at(1_500_000)
        os.truncate(self.out / "x.part", 700_001)
        os.truncate(self.out / "x.part.state", 20)
        done = self.get("--stats")
        self.whole(done)
        self.assertEqual(self.fetched(done), self.FILES["b_data.bin"] - 5 * WINDOW)

    def test_fresh_begins_anew(self):
        self.killed_at(2_000_000)
        done = self.get("--stats", "--fresh")
        self.whole(done)
        self.assertEqual(self.fetched(done), self.FILES["b_data.bin"])

    def test_a_part_of_another_message_starts_over(self):
        self.killed_at(2_000_000)
        self.ok(self.run_mtpipe("get", self.cluster.link("a_film.mkv"), "-o", self.out / "x"))
        self.assertEqual(sha256(self.out / "x"), self.cluster.message("a_film.mkv")["sha256"])
        self.assertEqual(self.left(), ["x"])

    def test_a_folder_that_cannot_be_written_is_one_error(self):
        folder = self.out / "theirs"
        folder.mkdir()
        folder.chmod(0o555)
        data = self.out / "data"
        data.mkdir()
        data.chmod(0o777)
        done = self.run_mtpipe("login", "--bot", "-", stdin="1:token", data=data, as_user=SEPARATE_USER)
        self.ok(done)
        done = self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", folder, data=data, as_user=SEPARATE_USER)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("cannot create", done.stderr)
        self.assertIn("Permission denied", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.left_nothing(folder)

    def test_the_part_is_of_the_name_that_was_given(self):
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", f"{self.out}/new/", "--progress")
        try:
            process.stderr.readline()
        finally:
            self.end(process)
        self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", f"{self.out}/new/"))
        self.assertEqual([p.name for p in (self.out / "new").iterdir()], ["b_data.bin"])


class Generated(CliTest):
    OPTIONS = ("--generated", "z_large.bin=5GiB", "--generated", "z_small=300000")

    def test_files_that_take_no_room_are_served_behind_those_of_the_folder(self):
        self.assertEqual(self.cluster.message("z_large.bin")["size"], 5 << 30)
        self.assertEqual(self.cluster.message("z_large.bin")["sha256"], "")
        done = self.ok(self.run_mtpipe("get", self.cluster.link("z_small"), "-o", "-", text=False))
        self.assertEqual(len(done.stdout), 300_000)

    def test_a_size_that_is_none_is_refused(self):
        for wrong in ("large.bin", "large.bin=", "=5", "large.bin=5XB", "large.bin=-5"):
            self.fails(self.run_mtpipe("localdc", "--generated", wrong), 2, "--generated")

    def test_a_cluster_of_nothing_is_refused(self):
        self.fails(self.run_mtpipe("localdc"), 2, "DIR")


class Punishing(CliTest):
    OPTIONS = ("--sessions-a-key", "1", "--no-media-addresses")

    def test_a_data_centre_that_punishes_a_second_session_is_not_provoked(self):
        for _ in range(2):
            self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "x", "--connections", "8"))
            self.assertEqual(sha256(self.out / "x"), self.cluster.message("b_data.bin")["sha256"])


if __name__ == "__main__":
    main()
