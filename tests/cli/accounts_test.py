# Sessions of other programs, looked at and taken over; several accounts on one machine.
import base64
import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

import foreign_writers as write
from harness import LIMIT, MTPIPE, TOKEN, CliTest, end_with_parent, main, on_terminal
from telethon.crypto import AuthKey
from telethon.sessions import SQLiteSession, StringSession

HOST, TEST_HOST = "149.154.167.51", "149.154.167.40"
KEY = write.key_of(1)


class InspectTest(unittest.TestCase):
    """No network, no account, nothing kept."""

    def setUp(self):
        self.out = pathlib.Path(tempfile.mkdtemp(prefix="mtpipe-import-"))
        self.addCleanup(shutil.rmtree, self.out, ignore_errors=True)
        self.data = self.out / "data"

    def mtpipe(self, *args, stdin=None, passcode=None):
        if passcode is not None:
            (self.out / "passcode").write_text(passcode + "\n")
            args = (*args, "--passcode-file", self.out / "passcode")
        given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin if isinstance(stdin, bytes) else stdin.encode()}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("MTPROTO_", "MTPIPE_", "XDG_"))}
        return subprocess.run([MTPIPE, "accounts", "import", *map(str, args)], capture_output=True, timeout=LIMIT,
                              env={**kept, "XDG_DATA_HOME": str(self.data)}, preexec_fn=end_with_parent, **given)

    def inspect(self, source="-", stdin=None, passcode=None):
        done = self.mtpipe(source, "--inspect", "--json", stdin=stdin, passcode=passcode)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, b"")
        self.assertFalse(self.data.exists())
        return json.loads(done.stdout)

    def refused(self, *words, source="-", stdin=None, passcode=None):
        done = self.mtpipe(source, "--inspect", "--json", stdin=stdin, passcode=passcode)
        self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr.decode())
        return done.stderr.decode()

    def one(self, found, format, dc=2, test=False, user=None, bot=None, key=KEY):
        self.assertEqual(found, {"format": format, "accounts": [
            {"dc": dc, "test": test, "user_id": user, "bot": bot, "key_sha256": write.key_sha256(key)}]})


class Strings(InspectTest):
    def test_telethon_by_hand_and_by_telethon_itself(self):
        for host, test in ((HOST, False), (TEST_HOST, True), ("2001:67c:4e8:f002::a", False), ("2001:67c:4e8:f002::e", True)):
            self.one(self.inspect(stdin=write.telethon_string(2, host, 443, KEY)), "telethon-string-v1", test=test)
            theirs = StringSession()
            theirs.set_dc(2, host, 443)
            theirs.auth_key = AuthKey(KEY)
            self.assertEqual(theirs.save(), write.telethon_string(2, host, 443, KEY))

    def test_the_others(self):
        user = 5_000_000_001
        for text, format, more in (
                (write.gramjs_string(2, HOST, 443, KEY), "gramjs-string-v1", {}),
                (write.gramjs_string(2, "venus.web.telegram.org", 443, KEY), "gramjs-string-v1", {}),
                (write.gramjs_string(2, TEST_HOST, 80, KEY), "gramjs-string-v1", {"test": True}),
                (write.pyrogram_string(2, KEY, user), "pyrogram-string-v2", {"user": user, "bot": False}),
                (write.pyrogram_string(5, KEY, 7, bot=True, test=True), "pyrogram-string-v2",
                 {"user": 7, "bot": True, "test": True, "dc": 5}),
                (write.pyrogram_string(4, KEY, user, form=">B?256sQ?"), "pyrogram-string-v1-64",
                 {"dc": 4, "user": user, "bot": False}),
                (write.pyrogram_string(4, KEY, 777_000, form=">B?256sI?"), "pyrogram-string-v1-32",
                 {"dc": 4, "user": 777_000, "bot": False}),
                (write.mtkruto_string(2, KEY), "mtkruto-string", {}),
                (write.mtkruto_string(4, KEY, test=True), "mtkruto-string", {"dc": 4, "test": True}),
                *((write.mtcute_string(v, 2, HOST, 443, KEY, user=u, bot=b, test=t, media=v > 1), f"mtcute-string-v{v}",
                   {"user": u, "bot": None if u is None else b, "test": t})
                  for v in (1, 2, 3) for u, b, t in ((None, False, False), (user, True, False), (5, False, True)))):
            self.one(self.inspect(stdin=text), format, **more)
            self.one(self.inspect(stdin="\r\n" + text[:100] + "\r\n" + text[100:] + "\r\n"), format, **more)
            file = self.out / "string.txt"
            file.write_text(text.rstrip("=") + "\n")
            self.one(self.inspect(file), format, **more)

    def test_an_empty_key_a_fork_and_telegram_web(self):
        for text in (write.telethon_string(2, HOST, 443, bytes(256)), write.pyrogram_string(2, bytes(256), 1)):
            self.refused("nobody is logged in", stdin=text)
        self.refused("32 bytes", stdin=write.mtcute_string(3, 2, HOST, 443, bytes(32)))
        fork = "WZ_" + base64.urlsafe_b64encode(bytes(290)).decode()
        self.refused("unknown string session", "Telethon", "Pyrogram", "mtcute", stdin=fork)
        self.refused("Telegram Web", stdin=json.dumps({"dc2_auth_key": '"' + KEY.hex() + '"', "user_auth": "{}"}))
        self.refused("Telegram Web", stdin=KEY.hex())
        self.refused("nothing in it", stdin="\r\n")

    def test_a_string_is_not_taken_from_the_command_line(self):
        text = write.telethon_string(2, HOST, 443, KEY)
        self.assertNotIn(text[20:60], self.refused("command line", source=text))

    def test_for_people(self):
        done = self.mtpipe("-", "--inspect", stdin=write.pyrogram_string(2, KEY, 77))
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("pyrogram-string-v2", "77", "DC 2", write.key_sha256(KEY)):
            self.assertIn(word, done.stdout.decode())


class Files(InspectTest):
    def test_gotd_and_tdl(self):
        text = write.gotd(2, f"{HOST}:443", KEY)
        self.one(self.inspect(stdin=text), "gotd-json-v1")
        self.one(self.inspect(stdin=write.gotd(2, f"{TEST_HOST}:443", KEY)), "gotd-json-v1", test=True)
        self.one(self.inspect(stdin=write.gotd(2, "[2001:67c:4e8:f002::e]:443", KEY)), "gotd-json-v1", test=True)
        self.refused("version 2", stdin=write.gotd(2, f"{HOST}:443", KEY, version=2))
        other = write.gotd(4, f"{HOST}:443", write.key_of(2))
        self.refused("damaged", stdin=text.replace(base64.b64encode(KEY).decode(), base64.b64encode(write.key_of(3)).decode()))
        for form, data in (("tdl-backup", write.tdl({"default": text, "work": other}).encode()),
                           ("tdl-bolt", write.bolt({"default": text, "work": other}))):
            found = self.inspect(stdin=data)
            self.assertEqual(found["format"], form)
            self.assertEqual([(a["dc"], a["key_sha256"]) for a in found["accounts"]],
                             [(2, write.key_sha256(KEY)), (4, write.key_sha256(write.key_of(2)))])
        folder = self.out / "tdl"
        folder.mkdir()
        (folder / "default").write_bytes(write.bolt({"default": text}))
        self.one(self.inspect(folder), "tdl-bolt")
        self.refused("zstd", stdin=b"\x28\xb5\x2f\xfd" + bytes(20))

    def test_gramjs_folder(self):
        write.gramjs_folder(self.out / "store", 2, TEST_HOST, 443, KEY)
        self.one(self.inspect(self.out / "store"), "gramjs-store-session", test=True)
        self.refused("give its folder", source=self.out / "store" / "my-session%3AauthKey")

    def test_tdlib(self):
        path = self.out / "td.binlog"
        path.write_bytes(write.binlog(2, KEY, user=12345))
        self.one(self.inspect(path), "tdlib-binlog", user=12345)
        self.one(self.inspect(self.out), "tdlib-binlog", user=12345)
        path.rename(self.out / "td_test.binlog")
        self.one(self.inspect(self.out), "tdlib-binlog", user=12345, test=True)
        self.one(self.inspect(stdin=write.binlog(4, KEY, user=5, bot=True)), "tdlib-binlog", dc=4, user=5, bot=True)
        for password in (False, True):
            data = write.binlog(2, KEY, database_key=b"a key of the app", password=password)
            self.one(self.inspect(stdin=data, passcode="a key of the app"), "tdlib-binlog")
            self.refused("--passcode-file", stdin=data)
            self.refused("not the database key", stdin=data, passcode="another")
        logged_out = write.encrypted_binlog(write.pair(1, "main_dc_id", b"2"))
        self.refused("nobody is logged in", stdin=logged_out)
        self.refused("damaged", stdin=write.binlog(2, KEY)[:-5])

    def test_tdata(self):
        keys = {2: KEY, 4: write.key_of(4)}
        two = [(0, 1111, 2, keys, False), (2, 2222, 4, {4: write.key_of(5)}, True)]
        for passcode in ("", "sésame"):
            for old in (False, True):
                folder = self.out / f"{bool(passcode)}-{old}"
                write.tdata(folder, two, passcode, old, order=[2, 0])
                found = self.inspect(folder, passcode=passcode or None)
                self.assertEqual(found["format"], "tdesktop-tdata")
                self.assertEqual([(a["dc"], a["test"], a["user_id"], a["bot"]) for a in found["accounts"]],
                                 [(4, True, 2222, None), (2, False, 1111, None)])
                self.assertEqual(found["accounts"][1]["key_sha256"], write.key_sha256(KEY))
                if passcode:
                    self.refused("--passcode-file", source=folder)
                    self.refused("wrong passcode", source=folder, passcode="sesame")
        around = self.out / "around"
        around.mkdir()
        write.tdata(around / "tdata", two[:1])
        self.one(self.inspect(around), "tdesktop-tdata", user=1111)
        write.old_tdata(self.out / "old", 3333, 2, keys, "1234")
        self.one(self.inspect(self.out / "old", passcode="1234"), "tdesktop-tdata", user=3333)
        self.refused("wrong passcode", source=self.out / "old", passcode="4321")
        write.tdata(self.out / "empty", [(0, 0, 2, {}, False)])
        self.refused("nobody is logged in", source=self.out / "empty")

    def test_of_nothing(self):
        self.refused("no session in the folder", source=self.out)
        self.refused("cannot read", source=self.out / "absent")
        (self.out / "film").write_bytes(os.urandom(100_000))
        self.refused("known are", source=self.out / "film")
        self.refused("not a regular file", source="/dev/null")


class Databases(InspectTest):
    def setUp(self):
        super().setUp()
        self.path = self.out / "some.session"

    def inspected(self):
        """Nothing of the file, or beside it, is another than before."""
        before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in self.out.iterdir() if p.is_file()}
        found = self.inspect(self.path)
        self.assertEqual({p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in self.out.iterdir() if p.is_file()}, before)
        self.assertEqual(self.inspect(stdin=self.path.read_bytes()), found)
        self.path.unlink()
        return found

    def test_telethon(self):
        for version in range(1, 9):
            write.telethon_file(self.path, 2, HOST, 443, KEY, version=version, peers=[(-1001234, 5, "name"), (0, 5, None)])
            self.one(self.inspected(), "telethon-sqlite")
        write.telethon_file(self.path, 2, TEST_HOST, 443, KEY, others=[(4, HOST, 443, b"")])
        self.one(self.inspected(), "telethon-sqlite", test=True)
        write.telethon_2_file(self.path, 2, HOST, 443, KEY, 77, bot=True)
        self.one(self.inspected(), "telethon-sqlite", user=77, bot=True)
        write.telethon_file(self.path, 2, HOST, 443, b"")
        self.refused("nobody is logged in", source=self.path)

    def test_telethon_by_telethon_itself(self):
        theirs = SQLiteSession(str(self.path))
        theirs.set_dc(2, HOST, 443)
        theirs.auth_key = AuthKey(KEY)
        theirs.save()
        theirs.close()
        self.one(self.inspected(), "telethon-sqlite")

    def test_pyrogram(self):
        for columns in write.PYROGRAM:
            for names in ("", "kurigram", "pyrofork"):
                write.pyrogram_file(self.path, 2, KEY, 5_000_000_001, bot=True, test=True, columns=columns, names=names,
                                    peers=[(5, 6, "user", "name"), (-1001234, 7, "channel", "other")]).close()
                self.one(self.inspected(), "pyrogram-sqlite", test=True, user=5_000_000_001, bot=True)

    def test_grammers(self):
        write.grammers_file(self.path, 2, TEST_HOST, 443, KEY)
        self.one(self.inspected(), "grammers-sqlite", test=True)

    def test_odd_names_of_files(self):
        self.path = self.out / "a?b#c%20d.session"
        write.telethon_file(self.path, 2, HOST, 443, KEY)
        self.one(self.inspected(), "telethon-sqlite")

    def test_write_ahead_log(self):
        writer = write.pyrogram_file(self.path, 2, KEY, 77, wal=True)
        self.addCleanup(writer.close)
        log = pathlib.Path(f"{self.path}-wal")
        self.assertGreater(log.stat().st_size, 0)
        before = sorted(p.name for p in self.out.iterdir())
        self.one(self.inspect(self.path), "pyrogram-sqlite", user=77, bot=False)
        self.assertEqual(sorted(p.name for p in self.out.iterdir()), before)
        copy = self.out / "copy.session"
        shutil.copy(self.path, copy)
        self.refused("-wal", "missing", source=copy)
        self.refused("-wal", stdin=copy.read_bytes())

    def test_in_use(self):
        write.telethon_file(self.path, 2, HOST, 443, KEY)
        for begin in ("BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"):
            with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as writer:
                writer.execute(begin)
                self.refused("in use by another program", "AUTH_KEY_DUPLICATED", source=self.path)
        with open(f"{self.path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.refused("in use by another program", source=self.path)
        self.one(self.inspect(self.path), "telethon-sqlite")

    def test_others(self):
        write.database(self.path, "CREATE TABLE sessions (id, name)").close()
        self.refused("no session of Telethon", source=self.path)
        write.telethon_file(self.out / "cut", 2, HOST, 443, KEY)
        whole = (self.out / "cut").read_bytes()
        for size in (16, 100, 512, len(whole) - 1):
            self.path.write_bytes(whole[:size])
            done = self.mtpipe(self.path, "--inspect", "--json")
            self.assertIn(done.returncode, (0, 2), done.stderr)
            self.assertEqual(done.stdout == b"", done.returncode == 2)


class Accounts(CliTest):
    FILES = {"b_data.bin": 40_077}
    FILM_SECONDS = 1

    def setUp(self):
        super().setUp()
        self.place = self.out / "data"
        self.place.mkdir()

    def mtpipe(self, *args, **more):
        return self.run_mtpipe(*args, **{"data": self.place, **more})

    def log_in(self, token=TOKEN, *args):
        self.ok(self.mtpipe(*args, "login", "--bot", "-", stdin=token + "\n"))

    def listed(self, *args):
        return json.loads(self.ok(self.mtpipe("accounts", *args, "--json")).stdout)["accounts"]

    def names(self):
        return [each["name"] for each in self.listed()]

    def export(self, *args, account="default"):
        path = self.out / "exported"
        path.unlink(missing_ok=True)
        done = self.ok(self.mtpipe("accounts", "export", "-o", path, *args, "--account", account))
        self.assertIn("whoever has this string is logged in", done.stderr)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        return path

    def test_names(self):
        self.assertEqual(self.listed(), [])
        self.log_in()
        self.log_in("815:a-secret", "--account", "second")
        first, second = self.listed()
        self.assertEqual((first["name"], first["user_id"], first["bot"], first["username"]), ("default", 4711, True, None))
        self.assertEqual((second["name"], second["user_id"], second["bot"], second["state"]), ("second", 815, True, "ok"))
        self.assertTrue(self.ok(self.mtpipe("accounts")).stdout.startswith("NAME"))
        link = self.cluster.link("b_data.bin")
        self.ok(self.mtpipe("--account", "second", "info", link))
        self.assertIsNotNone(self.listed()[1]["last_use"])
        self.fails(self.mtpipe("--account", "secnd", "info", link), 3, "no account secnd", "did you mean second?", left=["data"])
        self.ok(self.mtpipe("accounts", "rename", "second", "other"))
        self.assertEqual(self.names(), ["default", "other"])
        self.ok(self.mtpipe("--account", "other", "info", link))
        self.fails(self.mtpipe("accounts", "rename", "other", "default"), 2, "already", left=["data"])
        self.fails(self.mtpipe("accounts", "rename", "other", "../x"), 2, "letters", left=["data"])
        self.fails(self.mtpipe("accounts", "remove", "other"), 2, "--yes", left=["data"])
        self.ok(self.mtpipe("accounts", "remove", "other", "--yes"))
        self.assertEqual(self.names(), ["default"])
        self.fails(self.mtpipe("accounts", "chek"), 2, "did you mean check?", left=["data"])
        self.fails(self.mtpipe("--account", "", "info", link), 2, "empty", left=["data"])

    def test_check(self):
        self.log_in()
        self.log_in("815:a-secret", "--account", "second")
        for each in self.listed("check"):
            self.assertEqual(each["state"], "ok")
            self.assertEqual(each["premium"], False)
        self.assertEqual([each["name"] for each in self.listed("check", "second")], ["second"])

    def test_export_and_adopt(self):
        self.log_in()
        link = self.cluster.link("b_data.bin")
        for form, format in (("mtproto", "mtproto-string-v1"), ("telethon", "telethon-string-v1")):
            path = self.export("--format", form)
            self.fails(self.mtpipe("accounts", "export", "-o", path), 2, "already", left=["data", "exported"])
            found = json.loads(self.ok(self.mtpipe("accounts", "import", path, "--inspect", "--json")).stdout)
            self.assertEqual(found["format"], format)
            self.fails(self.mtpipe("accounts", "import", path, "--adopt"), 2, "default has this very login",
                       left=["data", "exported"])
            elsewhere = self.out / form
            elsewhere.mkdir()
            done = self.ok(self.mtpipe("accounts", "import", path, "--adopt", data=elsewhere))
            self.assertIn("AUTH_KEY_DUPLICATED", done.stderr)
            self.assertIn("local4711_bot", done.stdout)
            self.ok(self.mtpipe("--account", "local4711_bot", "info", link, data=elsewhere))
            shutil.rmtree(elsewhere)
        text = StringSession(self.export("--format", "telethon").read_text().strip())
        self.assertEqual((text.dc_id, len(text.auth_key.key)), (self.listed()[0]["home_dc"], 256))
        done = self.ok(self.mtpipe("accounts", "export", "-o", "-"))
        self.assertTrue(done.stdout.startswith("mtproto1."))

    def test_two_logins_of_one_user(self):
        self.log_in()
        path = self.export()
        self.ok(self.mtpipe("accounts", "remove", "default", "--yes"))
        self.log_in()  # another key
        self.fails(self.mtpipe("accounts", "import", path, "--adopt"), 2, "user 4711 is here already, as default", "--account",
                   left=["data", "exported"])
        done = self.ok(self.mtpipe("--account", "again", "accounts", "import", path, "--adopt"))
        self.assertIn("one account for Telegram's waits", done.stderr)
        self.assertEqual(self.names(), ["default", "again"])

    def test_a_login_that_is_none(self):
        self.fails(self.mtpipe("accounts", "import", "--adopt", stdin=write.telethon_string(2, "127.0.0.1", 443, KEY)), 3,
                   "was ended", left=["data"])
        self.assertEqual(self.names(), [])

    def test_chats_come_along(self):
        self.log_in()
        text = StringSession(self.export("--format", "telethon").read_text().strip())
        path = self.out / "theirs.session"
        write.telethon_file(path, text.dc_id, "127.0.0.1", text.port, text.auth_key.key,
                            peers=[(-1000000000000 - 77, 7700, "SomeName"), (5, 6, None), (-4, 5, None)])
        elsewhere = self.out / "elsewhere"
        elsewhere.mkdir()
        self.ok(self.mtpipe("--account", "moved", "accounts", "import", path, "--adopt", data=elsewhere))
        kept, = (elsewhere / "mtproto" / "accounts").glob("moved.*.peers")
        self.assertEqual(json.loads(kept.read_text()), [
            {"kind": "channel", "id": 77, "access_hash": 7700, "username": "SomeName"},
            {"kind": "user", "id": 5, "access_hash": 6}])
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        self.ok(self.mtpipe("--account", "moved", "info", self.cluster.link("b_data.bin"), data=elsewhere))


class SignedInAnew(CliTest):
    """By a login that is a user's, and stays as it is."""
    FILES = {"b_data.bin": 40_077}
    FILM_SECONDS = 1
    PASSWORD = "a password "  # blanks at its end count

    @classmethod
    def sign_in(cls, cluster):
        cls.protected = cls.start_cluster("--password", cls.PASSWORD)

    def setUp(self):
        super().setUp()
        self.old, self.new = self.out / "old", self.out / "new"
        for each in (self.old, self.new):
            each.mkdir()

    def exported(self, cluster, *answers):
        lines = "".join(line + "\n" for line in (cluster.info["login_code"], *answers))
        more = ("--password", "-") if answers else ()
        self.ok(self.run_mtpipe("login", "--phone", "+4912345", "--code", "-", *more, stdin=lines, cluster=cluster, data=self.old))
        path = self.out / "exported"
        self.ok(self.run_mtpipe("accounts", "export", "-o", path, cluster=cluster, data=self.old))
        return path

    def key(self, data, cluster):
        path = self.out / "key"
        self.ok(self.run_mtpipe("accounts", "export", "-o", path, "--force", *(("--account", "anew") if data == self.new else ()),
                                cluster=cluster, data=data))
        found = self.ok(self.run_mtpipe("accounts", "import", path, "--inspect", "--json", cluster=cluster, data=data)).stdout
        return json.loads(found)["accounts"][0]

    def test_both_go_on(self):
        path = self.exported(self.cluster)
        done = self.ok(self.run_mtpipe("--account", "anew", "accounts", "import", path, data=self.new))
        self.assertIn("anew: ", done.stdout)
        self.assertIn("signed in anew", done.stdout)
        old, new = self.key(self.old, self.cluster), self.key(self.new, self.cluster)
        self.assertEqual(old["user_id"], new["user_id"])
        self.assertNotEqual(old["key_sha256"], new["key_sha256"])
        for data in (self.old, self.new):
            self.ok(self.run_mtpipe("accounts", "check", data=data))

    def test_two_step_verification(self):
        path = self.exported(self.protected, self.PASSWORD)
        done = self.run_mtpipe("--account", "anew", "accounts", "import", path, cluster=self.protected, data=self.new)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("two-step verification password", done.stderr)
        self.assertEqual(list((self.new / "mtproto" / "accounts").glob("*.session")), [])
        self.command = lambda *args: CliTest.command(*args, cluster=self.protected)
        code, screen = on_terminal(self, ("--account", "anew", "accounts", "import", path),
                                   [("verification password", self.PASSWORD)], data=self.new)
        self.assertEqual(code, 0, screen)
        self.assertNotIn(self.PASSWORD, screen)
        self.ok(self.run_mtpipe("accounts", "check", cluster=self.protected, data=self.new))

    def test_a_bot(self):
        self.ok(self.run_mtpipe("login", "--bot", "-", stdin=TOKEN + "\n", data=self.old))
        path = self.out / "exported"
        self.ok(self.run_mtpipe("accounts", "export", "-o", path, data=self.old))
        self.fails(self.run_mtpipe("accounts", "import", path, data=self.new), 2, "is a bot", "--adopt",
                   left=["exported", "new", "old"])


class Typed(InspectTest):
    command = staticmethod(lambda *args: [MTPIPE, *map(str, args)])

    def environment(self, data=None):
        return {**os.environ, "XDG_DATA_HOME": str(self.data)}

    def test_a_passcode_is_asked_for_unseen(self):
        write.tdata(self.out / "tdata", [(0, 1111, 2, {2: KEY}, False)], "open sesame")
        code, screen = on_terminal(self, ("accounts", "import", self.out / "tdata", "--inspect"),
                                   [("passcode, or database key", "open sesame")])
        self.assertEqual(code, 0, screen)
        self.assertNotIn("open sesame", screen)

    def test_a_string_is_asked_for_unseen(self):
        text = write.telethon_string(2, HOST, 443, KEY)
        code, screen = on_terminal(self, ("accounts", "import", "--inspect"), [("Session string", text)])
        self.assertEqual(code, 0, screen)
        self.assertNotIn(text[20:60], screen)


if __name__ == "__main__":
    main()
