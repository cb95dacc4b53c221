# Signing in as a person does: QR codes that are read back, codes, passwords, and logging out again.
import re
import shutil
import signal
import stat
import subprocess
import unittest

from harness import LIMIT, CliTest, end_with_parent, main, on_terminal

PHONE = "+15550001"
LINK = re.compile(r"tg://login\?token=[\w-]{20,}")
CELLS = {" ": (1, 1), "\u2584": (1, 0), "\u2580": (0, 1), "\u2588": (0, 0)}  # 1: light


def read_code(path):
    """The text of the QR code in a picture, by a reader that is none of ours."""
    done = subprocess.run(["zbarimg", "--quiet", "--raw", str(path)], capture_output=True, text=True, timeout=LIMIT)
    return done.stdout.strip()


def drawn_codes(screen):
    """Rows of modules of each QR code on the screen: 1 for light."""
    codes, rows = [], []
    for line in screen.replace("\r", "").split("\n"):
        row = re.fullmatch(r"(?:\x1b\[\d+A)?(?:\x1b\[J)?\x1b\[38;5;16;48;5;231m(.*)\x1b\[0m", line)
        if row:
            cells = [CELLS[each] for each in row.group(1)]
            rows += [[upper for upper, _ in cells], [lower for _, lower in cells]]
        elif rows:
            codes.append(rows)
            rows = []
    return codes


def write_picture(path, rows, scale=6):
    pixels = bytearray()
    for row in rows:
        pixels += bytes(255 * each for each in row for _ in range(scale)) * scale
    path.write_bytes(b"P5 %d %d 255\n" % (len(rows[0]) * scale, len(rows) * scale) + pixels)


class SignIn(CliTest):
    FILES = {}
    FILM_SECONDS = 1
    TERM = "xterm-256color"

    @classmethod
    def environment(cls, data=None):
        return {**super().environment(data), "TERM": cls.TERM}

    def fresh(self):
        return self.out / "data"

    def sessions(self):
        return list((self.fresh() / "mtproto").glob("mtpipe.*.session"))

    def info(self):
        return self.run_mtpipe("info", self.cluster.link("a_film.mkv"), data=self.fresh())


@unittest.skipUnless(shutil.which("zbarimg"), "zbarimg is not installed")
class QrCodes(SignIn):
    OPTIONS = ("--scanning-phone", PHONE)

    def test_a_terminal_shows_the_code_and_draws_the_next_in_its_place(self):
        code, screen = on_terminal(self, ["login"], data=self.fresh(), columns=100)
        self.assertEqual(code, 0, screen)
        codes = drawn_codes(screen)
        self.assertGreaterEqual(len(codes), 2)
        for rows in codes:
            side = len(rows[0])
            self.assertLessEqual(side, 49)
            for quiet in (*rows[:4], *rows[side - 4:]):
                self.assertEqual(set(quiet), {1})
            self.assertTrue(all(row[:4] + row[-4:] == [1] * 8 for row in rows))
            write_picture(self.out / "code.pgm", rows)
            self.assertRegex(read_code(self.out / "code.pgm"), LINK)
        lines = len(codes[0]) // 2 + 1
        self.assertEqual(screen.count(f"\x1b[{lines}A\r\x1b[J"), len(codes) - 1)
        self.assertEqual(self.info().returncode, 0)

    def test_a_narrow_or_dumb_terminal_shows_the_link(self):
        code, screen = on_terminal(self, ["login"], data=self.fresh(), columns=40)
        self.assertEqual(code, 0, screen)
        self.assertRegex(screen.replace("\r\n", ""), LINK)
        self.assertEqual(drawn_codes(screen), [])
        type(self).TERM = "dumb"
        try:
            code, screen = on_terminal(self, ["login"], data=self.fresh(), columns=100)
        finally:
            type(self).TERM = "xterm-256color"
        self.assertEqual(code, 0, screen)
        self.assertRegex(screen, LINK)
        self.assertEqual(drawn_codes(screen), [])

    def test_a_picture_is_there_for_as_long_as_it_is_good(self):
        picture = self.out / "code.png"
        process = subprocess.Popen(self.command("login", "--qr-png", picture), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=self.environment(self.fresh()), preexec_fn=end_with_parent)
        link = process.stderr.readline().strip()
        self.assertRegex(link, LINK)
        self.assertEqual(stat.S_IMODE(picture.stat().st_mode), 0o600)
        self.assertEqual(read_code(picture), link)
        _, rest = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 0, rest)
        self.assertFalse(picture.exists())

    def test_interrupted_it_leaves_no_picture(self):
        picture = self.out / "code.png"
        process = subprocess.Popen(self.command("login", "--qr-png", picture), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=self.environment(self.fresh()), preexec_fn=end_with_parent)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 130)
        self.assertFalse(picture.exists())


class Questions(SignIn):
    OPTIONS = ("--codes", "app,sms,missed-call", "--password", " correct horse ", "--recovery-code", "246810")

    def test_enter_goes_on_by_phone_number(self):
        code, screen = on_terminal(self, ["login"], [
            ("or Enter", ""), ("Phone number", PHONE), ("other devices", ""), ("a: another code by SMS", "a"),
            ("sent by SMS", "1234"), ("5 digits", "99999"), ("not the code", " 1-2-3 45 "),
            ("verification password", "correct horse"), ("verification password", " correct horse "),
        ], data=self.fresh(), columns=100)
        self.assertEqual(code, 0, screen)
        self.assertNotIn("correct horse", screen)
        self.assertEqual(self.info().returncode, 0)

    def test_a_password_is_recovered_by_email(self):
        code, screen = on_terminal(self, ["login", "--phone", "+15550002"], [
            ("Login code", "12345"), ("password", ""), ("two-step verification off", "y"),
            ("r***@example.org", "246-810"),
        ], data=self.fresh(), columns=100)
        self.assertEqual(code, 0, screen)
        # It is off from then on.
        self.ok(self.run_mtpipe("login", "--phone", "+15550002", "--code", "-", stdin="12345\n", data=self.fresh()))

    def test_a_piped_password_keeps_its_blanks(self):
        for given, code in (("correct horse", 3), (" correct horse ", 0)):
            done = self.run_mtpipe("login", "--phone", PHONE, "--code", "-", "--password", "-",
                                   stdin=f"12-345\n{given}\n", data=self.fresh())
            self.assertEqual(done.returncode, code, done.stderr)

    def test_passkeys_are_refused_in_words(self):
        self.fails(self.run_mtpipe("login", "--passkey"), 2, "own apps", "QR")

    def test_without_a_terminal_it_must_be_said_who_logs_in(self):
        self.fails(self.run_mtpipe("login"), 2, "--qr", "--phone")


class LogOut(SignIn):
    def log_in(self):
        self.ok(self.run_mtpipe("login", "--phone", PHONE, "--code", "-", stdin="12345\n", data=self.fresh()))
        self.assertEqual(len(self.sessions()), 1)

    def log_out(self, *options, **more):
        return self.run_mtpipe("logout", *options, data=self.fresh(), **more)

    def test_it_ends_the_login_and_removes_the_session(self):
        self.log_in()
        copy = self.out / "copy"
        shutil.copytree(self.fresh(), copy)
        self.assertEqual(self.ok(self.log_out()).stdout, "logged out\n")
        self.assertEqual(self.sessions(), [])
        # A copy of the session opens nothing.
        done = self.run_mtpipe("info", self.cluster.link("a_film.mkv"), data=copy)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(self.log_out().returncode, 3)

    def test_a_server_that_is_not_there(self):
        gone = self.start_cluster()
        self.ok(self.run_mtpipe("login", "--phone", PHONE, "--code", "-", stdin="12345\n", data=self.fresh(), cluster=gone))
        gone.end()
        done = self.log_out(cluster=gone)
        self.assertEqual(done.returncode, 1, done.stderr)
        for words in ("was not told", "the session stays", "--forget"):
            self.assertIn(words, done.stderr)
        self.assertEqual(len(self.sessions()), 1)
        done = self.ok(self.log_out("--forget", cluster=gone))
        self.assertIn("Settings > Devices", done.stdout)
        self.assertEqual(self.sessions(), [])


if __name__ == "__main__":
    main()
