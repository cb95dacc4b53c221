# What mtpipe waits for is told: on a terminal, into a log, or in one line; and a pause that is too long ends it.
import concurrent.futures
import os
import pty
import re
import select
import signal
import subprocess
import time

from harness import LIMIT, TOKEN, CliTest, end_with_parent, main

PAUSE = re.compile(r"waiting (9:[45]\d): Telegram asks for a pause \(until (\d{4}-\d\d-\d\d )?\d\d:\d\d\)")
WATCHED = 7  # seconds of a wait
BETWEEN_TICKS = 0.5  # waits are told in whole seconds: an interrupt comes between


class Waits(CliTest):
    FILES = {"b_data.bin": 3_000_000}

    def cluster_with(self, *options):
        cluster = self.start_cluster(*options)
        self.sign_in(cluster)
        return cluster

    def watch(self, cluster, *args, terminal=False, seconds=WATCHED, meanwhile=None, data=None):
        """Runs a command for some seconds, then interrupts it: from the first words on, where something happens then.
        Gives the exit code, and what it wrote on standard error, with the times."""
        if terminal:
            ours, theirs = pty.openpty()
        else:
            ours, theirs = os.pipe()
        process = subprocess.Popen(self.command(*args, cluster=cluster), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=theirs, env=self.environment(data), preexec_fn=end_with_parent)
        os.close(theirs)
        written, told = "", []
        begin = time.monotonic()
        interrupted = False
        try:
            while time.monotonic() < begin + seconds + LIMIT:
                ready, _, _ = select.select([ours], [], [], 0.1)
                if ready:
                    try:
                        got = os.read(ours, 65536).decode(errors="replace")
                    except OSError:  # the other side of a terminal is closed
                        got = ""
                    if not got:
                        break
                    written += got
                    told.append((time.monotonic() - begin, got))
                if meanwhile and told:
                    meanwhile()
                    meanwhile = None
                    begin = time.monotonic()
                if not meanwhile and not interrupted and time.monotonic() > begin + seconds + BETWEEN_TICKS:
                    interrupted = True
                    process.send_signal(signal.SIGINT)
            process.wait(LIMIT)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            os.close(ours)
        return process.returncode, written, told

    def get(self, cluster, *options, **how):
        return self.watch(cluster, "get", cluster.link("b_data.bin"), "-o", self.out / "x", "--fresh", *options, **how)

    def test_a_pause_is_told_before_the_first_byte_and_in_the_download(self):
        for fault in ("resolveUsername:1x0", "getFile:4x0", "exportAuthorization:1x0"):
            cluster = self.cluster_with("--fault", "flood-wait=600@" + fault)
            ways = {"screen": (), "log": ("--progress",), "line": (), "nothing": ("-q",)}

            def run(way, data):
                return self.watch(cluster, "get", cluster.link("b_data.bin"), "-o", self.out / way, *ways[way],
                                  terminal=way == "screen", data=data)

            logins = self.logins(len(ways), cluster)

            with concurrent.futures.ThreadPoolExecutor() as four, self.subTest(fault=fault):
                on_screen, in_log, in_line, nothing = four.map(run, ways, logins)
                for code, written, _ in (on_screen, in_log, in_line, nothing):
                    self.assertEqual(code, 130, written)
                # Counted down on one line of the terminal, and what is there of the file beside it.
                self.assertGreaterEqual(len({m.group(1) for m in PAUSE.finditer(on_screen[1])}), WATCHED - 3, on_screen[1])
                # What had come when the pause began may still be shown with it, but not a second later.
                self.assertNotIn("left", on_screen[1][on_screen[1].index("waiting 9:"):])
                self.assertLessEqual(on_screen[1].count("\n"), 2, on_screen[1])
                if fault.startswith("getFile"):
                    self.assertRegex(on_screen[1], r"% .*of 3.0 MB  waiting 9:")
                # A line a second.
                lines = [line for line in in_log[1].splitlines() if PAUSE.search(line)]
                self.assertGreaterEqual(len(lines), WATCHED - 3, in_log[1])
                self.assertLessEqual(len(in_log[1].splitlines()), WATCHED + 4, in_log[1])
                # One line, then that of the end.
                told = in_line[1].splitlines()
                self.assertEqual(len(told), 2, told)
                self.assertRegex(told[0], r"^waiting: Telegram asks for a pause of 10:00 \(until .*\d\d:\d\d\)$")
                self.assertTrue(told[1].startswith("mtpipe: interrupted"), told)
                self.assertEqual([line[:19] for line in nothing[1].splitlines()], ["mtpipe: interrupted"])

    def test_info_and_login_tell_of_a_pause(self):
        cluster = self.cluster_with("--fault", "flood-wait=600@resolveUsername:1x0")
        code, written, _ = self.watch(cluster, "info", cluster.link("b_data.bin"), terminal=True, seconds=4)
        self.assertEqual(code, 130, written)
        self.assertRegex(written, PAUSE)
        closed = self.start_cluster("--fault", "flood-wait=600@importBotAuthorization:1x0")
        done = self.run_mtpipe("--max-wait", "5m", "login", "--bot", "-", stdin=TOKEN + "\n", cluster=closed)
        self.fails(done, 1, "pause of 10:00")

    def test_a_pause_that_is_too_long_ends_the_command_with_the_time_to_come_back(self):
        for fault, at in (("resolveUsername:1x0", "contacts.resolveUsername"), ("getFile:4x0", "upload.getFile"),
                          ("exportAuthorization:1x0", "auth.exportAuthorization"), ("bindTempAuthKey:2x0", "auth.bindTempAuthKey")):
            with self.subTest(fault=fault):
                cluster = self.start_cluster("--fault", "flood-wait=600@" + fault)
                self.run_mtpipe("--no-forward-secrecy", "login", "--bot", "-", stdin=TOKEN + "\n", cluster=cluster)
                began = time.monotonic()
                done = self.run_mtpipe("--max-wait", "599", "get", cluster.link("b_data.bin"), "-o", self.out / "x", cluster=cluster)
                self.assertLess(time.monotonic() - began, 30)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(at, done.stderr)
                self.assertRegex(done.stderr, r"pause of (10:00|9:5\d): come back at (\d{4}-\d\d-\d\d )?\d\d:\d\d.*--max-wait")
                for left in self.out.iterdir():
                    left.unlink()

    def test_the_longest_pause_there_is_is_a_time_far_away(self):
        cluster = self.cluster_with("--fault", "flood-wait=2147483647@resolveUsername:1x0")
        done = self.run_mtpipe("get", cluster.link("b_data.bin"), "-o", self.out / "x", cluster=cluster)
        self.fails(done, 1, "--max-wait")
        self.assertGreaterEqual(int(re.search(r"come back at (\d{4})-", done.stderr).group(1)), time.localtime().tm_year + 67)
        code, written, _ = self.watch(cluster, "--max-wait", "36500d", "get", cluster.link("b_data.bin"), "-o", self.out / "x",
                                      terminal=True, seconds=3)
        self.assertEqual(code, 130, written)
        self.assertRegex(written, r"waiting 59652\d:\d\d:\d\d: Telegram asks for a pause")

    def test_a_bound_that_is_none_is_refused(self):
        for wrong in ("", "x", "-1", "1.5h", "1w", "10 m", "0x10", "99999999999999999999", "36501d"):
            done = self.run_mtpipe("--max-wait=" + wrong, "info", "https://t.me/demo/2")
            self.assertEqual(done.returncode, 2, (wrong, done.stderr))
        for right in ("0", "90", "90s", "10m", "2h", "1d"):
            self.ok(self.run_mtpipe("--max-wait", right, "info", self.cluster.link("b_data.bin")))

    def test_a_server_that_is_gone_is_an_outage(self):
        clusters = [self.cluster_with("--rate", "20000") for _ in range(2)]

        def lose(number):
            return self.watch(clusters[number], "get", clusters[number].link("b_data.bin"), "-o", self.out / f"x{number}",
                              *(() if number == 0 else ("--progress",)), terminal=number == 0, seconds=14,
                              meanwhile=lambda: clusters[number].end(signal.SIGKILL))

        with concurrent.futures.ThreadPoolExecutor() as both:
            on_screen, in_log = both.map(lose, range(2))
        for code, written, told in (on_screen, in_log):
            self.assertRegex(written, r"no connection, trying again( in \d+ s)?")
            # Something is told each second.
            times = [when for when, _ in told if when < 14]
            self.assertLess(max(b - a for a, b in zip(times, times[1:])), 3, told)

    def test_a_server_that_is_silent_is_told_each_second(self):
        cluster = self.cluster_with("--rate", "20000")

        def stop():
            cluster.process.send_signal(signal.SIGSTOP)

        try:
            _, written, _ = self.get(cluster, "--progress", seconds=11, meanwhile=stop)
        finally:
            cluster.process.send_signal(signal.SIGCONT)
        told = re.findall(r"(?:nothing has come for \d+ s|no connection, trying again)", written)
        self.assertGreaterEqual(len(told), 3, written)
        self.assertGreaterEqual(len(written.splitlines()), 8, written)


class Answers(CliTest):
    FILES = {}
    FILM_SECONDS = 1

    def test_a_wrong_password_is_told_as_wrong_and_a_missing_one_as_missing(self):
        cluster = self.start_cluster("--password", "right")
        code = cluster.info["login_code"]
        login = ("login", "--phone", "+4912345678", "--code", "-", "--password", "-")
        wrong = self.run_mtpipe(*login, stdin=f"{code}\nwrong\n", cluster=cluster)
        self.fails(wrong, 3, "this is not the password")
        self.assertNotIn("standard input", wrong.stderr)
        missing = self.run_mtpipe(*login, stdin=f"{code}\n", cluster=cluster)
        self.fails(missing, 3, "wo-step verification password")
        self.assertNotIn("this is not", missing.stderr)
        self.ok(self.run_mtpipe(*login, stdin=f"{code}\nright\n", cluster=cluster))

    def test_a_server_of_another_layer_is_told_as_such(self):
        cluster = self.start_cluster("--fault", "rpc-error=400 CONNECTION_LAYER_INVALID@getConfig:1x0")
        done = self.run_mtpipe("login", "--bot", "-", stdin=TOKEN + "\n", cluster=cluster)
        self.fails(done, 1, "layer", "update mtpipe")
        self.assertRegex(done.stderr, r"layer \d{3}")
        self.assertNotIn("interfering", done.stderr)


if __name__ == "__main__":
    main()
