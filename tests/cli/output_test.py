# Where mtpipe's output goes: sockets, closed or full descriptors, one name for two downloads, names of any bytes.
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import time

from harness import LIMIT, TOKEN, CliTest, end_with_parent, main, make_film, on_terminal, sha256


class Descriptors(CliTest):
    def test_a_socket_whose_reader_pauses_holds_up_nothing(self):
        ours, theirs = socket.socketpair()
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", "-", stdout=theirs)
        try:
            self.assertEqual(len(ours.recv(1)), 1)
            time.sleep(0.5)  # the socket is full by now
            # What shares the socket is not made non-blocking.
            self.assertEqual(fcntl.fcntl(theirs, fcntl.F_GETFL) & os.O_NONBLOCK, 0)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), 130)
        finally:
            self.end(process)
            ours.close()
            theirs.close()

    def test_a_socket_gets_all(self):
        ours, theirs = socket.socketpair()
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", "-", stdout=theirs)
        theirs.close()
        got = b""
        try:
            while piece := ours.recv(1 << 16):
                got += piece
                if len(got) % 5 == 0:
                    time.sleep(0.001)
            self.assertEqual(process.wait(LIMIT), 0)
        finally:
            self.end(process)
            ours.close()
        self.assertEqual(got, (self.films / "b_data.bin").read_bytes())

    def test_a_socket_whose_reader_goes_away_is_one_error(self):
        ours, theirs = socket.socketpair()
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", "-", stdout=theirs)
        theirs.close()
        try:
            ours.recv(1)
            ours.close()
            error = process.communicate(timeout=LIMIT)[1].decode()
            self.assertEqual(process.returncode, 1, error)
        finally:
            self.end(process)
        self.assertIn("nobody reads standard output", error)
        self.assertEqual(len(error.splitlines()), 1, error)

    def test_words_that_cannot_be_written_are_a_failure(self):
        for command in (("info", self.cluster.link("b_data.bin")), ("info", self.cluster.link("b_data.bin"), "--json"),
                        ("login", "--bot", "-"), ("localdc", self.films)):
            given = TOKEN if command[0] == "login" else None
            with open("/dev/full", "wb") as full:
                self.fails(self.run_mtpipe(*command, stdin=given, stdout=full), 1, "No space left")
            self.fails(self.run_mtpipe(*command, stdin=given, before=lambda: os.close(1)), 1, "Bad file descriptor")

    def test_a_bar_on_a_narrow_terminal_stays_on_its_line(self):
        for columns in (10, 30, 45, 200):
            code, screen = on_terminal(self, ["get", self.cluster.link("b_data.bin"), "-o", self.out / "x"], columns=columns)
            self.assertEqual(code, 0, screen)
            self.assertIn("100%", screen)
            for line in re.split(r"[\r\n]+", screen.replace("\x1b[K", "")):
                self.assertLess(len(line), columns)


class Names(CliTest):
    FILES = {"b_data.bin": 100_000, "c_empty.bin": 0}

    @classmethod
    def prepare(cls):
        make_film(cls.films / "Season 1. Ep 1", 1)
        for name in (b"d_caf\xe9.bin", b"e_\x1b[31mred\x7f\xc2\x9b.bin"):
            with open(os.fsencode(cls.films) + b"/" + name, "wb") as file:
                file.write(b"some")

    def test_the_info_file_is_json_whatever_the_names_are(self):
        names = [each["name"] for each in json.loads(self.cluster.info_path.read_bytes().decode("utf-8"))["messages"]]
        self.assertIn("d_caf\ufffd.bin", names)

    def test_names_do_not_reach_the_terminal_raw(self):
        shown = self.cluster.output()
        self.assertIn("red", shown)
        self.assertFalse(set(shown) & set("\x1b\x7f\x9b"), shown)
        for each in self.cluster.info["messages"]:
            told = self.ok(self.run_mtpipe("info", f"https://t.me/demo/{each['id']}")).stdout
            self.assertFalse(set(told) & set("\x1b\x7f\x9b"), told)
            json.loads(self.ok(self.run_mtpipe("info", f"https://t.me/demo/{each['id']}", "--json")).stdout)

    def test_an_empty_file_ends_at_100_percent(self):
        done = self.ok(self.run_mtpipe("get", self.cluster.link("c_empty.bin"), "-o", self.out / "x", "--progress"))
        self.assertIn("100%", done.stderr)
        self.assertEqual((self.out / "x").stat().st_size, 0)

    def test_a_name_without_an_ending_keeps_all_of_itself(self):
        self.ok(self.run_mtpipe("get", self.cluster.link("Season 1. Ep 1"), "-o", self.out, "--mp4"))
        self.assertEqual([p.name for p in self.out.iterdir()], ["Season 1. Ep 1.mp4"])


class OneName(CliTest):
    OPTIONS = ("--rate", "400000")

    def until_there_are(self, files):
        deadline = time.monotonic() + LIMIT
        while len(list(self.out.iterdir())) != files:
            self.assertLess(time.monotonic(), deadline, f"never {files} files")
            time.sleep(0.02)

    def get(self, out):
        return self.begin("get", self.cluster.link("b_data.bin"), "-o", out, "--progress")

    def left(self):
        return sorted(p.name for p in self.out.iterdir())

    def test_of_two_downloads_to_one_name_the_second_is_told_and_does_not_harm_the_first(self):
        out = self.out / "x"
        data, = self.logins(1)
        first = self.get(out)
        try:
            self.until_there_are(2)
            told = self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", out, data=data)
            self.assertEqual(told.returncode, 1)
            self.assertIn("x.part is being written by another process", told.stderr)
            self.assertEqual(len(told.stderr.splitlines()), 1)
            error = first.communicate(timeout=LIMIT)[1]
            self.assertEqual(first.returncode, 0, error)
        finally:
            self.end(first)
        self.assertEqual(sha256(out), self.cluster.message("b_data.bin")["sha256"])
        self.assertEqual(self.left(), ["x"])

    def test_a_download_that_ends_early_leaves_the_file_that_was_there(self):
        out = self.out / "x"
        out.write_text("old")
        process = self.get(out)
        try:
            process.stderr.readline()
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(LIMIT), 130)
        finally:
            self.end(process)
        self.assertEqual(out.read_text(), "old")
        self.assertEqual(self.left(), ["x", "x.part", "x.part.state"])

    def test_a_users_own_file_of_that_name_is_left_alone_unless_it_is_given_up(self):
        own = self.out / "x.part"
        own.write_text("a user's own")
        link = self.cluster.link("b_data.bin")
        told = self.run_mtpipe("get", link, "-o", self.out / "x")
        self.assertEqual(told.returncode, 1)
        self.assertIn("x.part is there and is no part of this file", told.stderr)
        self.assertEqual((self.left(), own.read_text()), (["x.part"], "a user's own"))
        self.ok(self.run_mtpipe("get", link, "-o", self.out / "x", "--fresh"))
        self.assertEqual(self.left(), ["x"])

    def test_a_folder_that_was_made_for_it_goes_with_it_unless_there_is_a_part(self):
        for options, left in ((("--mp4",), []), ((), ["new"])):
            name = "a_film.mkv" if options else "b_data.bin"
            process = self.begin("get", self.cluster.link(name), "-o", f"{self.out}/new/deep/", "--progress", *options)
            try:
                process.stderr.readline()
                self.assertTrue((self.out / "new/deep").is_dir())
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(LIMIT), 130)
            finally:
                self.end(process)
            self.assertEqual(self.left(), left)

    def test_closed_descriptors_do_not_become_connections(self):
        def close_all():
            for number in (0, 1, 2):
                os.close(number)
        process = self.begin("-v", "get", self.cluster.link("b_data.bin"), "-o", self.out / "x", "--progress", before=close_all)
        try:
            self.until_there_are(2)
            for number in (0, 1, 2):
                self.assertEqual(os.readlink(f"/proc/{process.pid}/fd/{number}"), "/dev/null")
            self.assertEqual(process.wait(LIMIT), 0)
        finally:
            self.end(process)
        self.assertEqual(sha256(self.out / "x"), self.cluster.message("b_data.bin")["sha256"])

    def test_the_terminal_goes_away(self):
        process = self.get(self.out / "x")
        try:
            process.stderr.readline()
            process.send_signal(signal.SIGHUP)
            self.assertEqual(process.wait(LIMIT), 129)
        finally:
            self.end(process)
        self.assertEqual(self.left(), ["x.part", "x.part.state"])

    def test_the_terminal_goes_away_under_nohup(self):
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", self.out / "x", "--progress",
                             before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        try:
            process.stderr.readline()
            process.send_signal(signal.SIGHUP)
            process.communicate(timeout=LIMIT)
            self.assertEqual(process.returncode, 0)
        finally:
            self.end(process)


class LeftOut(CliTest):
    @classmethod
    def prepare(cls):
        words = cls.home / "words.srt"
        words.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
        font = cls.home / "font.ttf"
        font.write_bytes(b"no font at all")
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(cls.films / "a_film.mkv"), "-i", str(words),
                        "-map", "0", "-map", "1", "-c", "copy", "-c:s", "ass", "-attach", str(font),
                        "-metadata:s:t", "mimetype=application/x-truetype-font", "-f", "matroska",
                        str(cls.films / "c_words.mkv")], check=True, timeout=LIMIT)

    def test_a_stream_that_mp4_cannot_carry_is_told_of(self):
        for options in ((), ("--quiet",), ("--progress",)):
            done = self.ok(self.run_mtpipe("get", self.cluster.link("c_words.mkv"), "-o", self.out / "x", "--mp4", *options))
            told = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
            self.assertTrue(any("left out" in line for line in told), done.stderr)

    def test_nothing_is_told_where_nothing_is_left_out(self):
        done = self.ok(self.run_mtpipe("get", self.cluster.link("a_film.mkv"), "-o", self.out / "x", "--mp4"))
        self.assertEqual(done.stderr, "")


class LargeFolder(CliTest):
    def test_a_cluster_can_be_interrupted_while_it_reads_its_folder(self):
        folder = self.out / "large"
        folder.mkdir()
        with open(folder / "sparse.bin", "wb") as file:
            file.truncate(64 << 30)
        process = self.begin("localdc", folder)
        try:
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(10), 128 + signal.SIGINT)
        finally:
            self.end(process)


if __name__ == "__main__":
    main()
