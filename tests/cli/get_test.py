# mtpipe's everyday use: log in as a bot or a user, look, download to a file, a folder or a pipe, change the container.
import json
import pathlib
import signal
import stat
import subprocess

from harness import LIMIT, TOKEN, CliTest, main, on_terminal, sha256


class Get(CliTest):
    def test_info_tells_what_the_message_carries(self):
        film = self.cluster.message("a_film.mkv")
        told = self.ok(self.run_mtpipe("info", self.cluster.link("a_film.mkv"))).stdout
        self.assertIn("a_film.mkv", told)
        self.assertIn(str(film["size"]), told)

    def test_info_as_json(self):
        film = self.cluster.message("a_film.mkv")
        told = json.loads(self.ok(self.run_mtpipe("info", self.cluster.link("a_film.mkv"), "--json")).stdout)
        self.assertEqual((told["name"], told["size"], told["dc"], told["kind"]),
                         ("a_film.mkv", film["size"], film["dc"], "video"))
        self.assertEqual((told["width"], told["height"]), (320, 240))
        self.assertAlmostEqual(told["duration"], self.FILM_SECONDS, delta=0.2)
        self.assertNotEqual(film["dc"], self.cluster.info["home_dc"])

    def test_to_a_file(self):
        for name in ("a_film.mkv", "b_data.bin"):
            self.ok(self.run_mtpipe("get", self.cluster.link(name), "-o", self.out / "x"))
            self.assertEqual(sha256(self.out / "x"), self.cluster.message(name)["sha256"])
            self.assertEqual([p.name for p in self.out.iterdir()], ["x"])

    def test_to_a_folder_under_its_own_name(self):
        self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out))
        self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", f"{self.out}/new/"))
        for made in (self.out, self.out / "new"):
            self.assertEqual(sha256(made / "b_data.bin"), self.cluster.message("b_data.bin")["sha256"])

    def test_to_standard_output(self):
        done = self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", "-", text=False))
        self.assertEqual(done.stdout, (self.films / "b_data.bin").read_bytes())
        self.assertEqual(done.stderr, b"")

    def test_a_file_that_is_there_is_replaced_only_by_a_whole_one(self):
        out = self.out / "x"
        out.write_text("old")
        self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", out))
        self.assertEqual(sha256(out), self.cluster.message("b_data.bin")["sha256"])

    def test_other_connections_and_budgets(self):
        for options in (("--connections", "1", "--budget", "1M"), ("--connections", "8", "--budget", "64M"),
                        ("--window", "sequential"), ("--window", "fixed:5"), ("--window", "sliding:3x2"), ("--window", "bdp"),
                        ("--window", "adaptive", "--connections", "16"), ("--verify", "all"), ("--verify", "off")):
            self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "x", *options))
            self.assertEqual(sha256(self.out / "x"), self.cluster.message("b_data.bin")["sha256"])

    def test_mp4_to_a_file_copies_the_streams(self):
        out = self.out / "film.mp4"
        self.ok(self.run_mtpipe("get", self.cluster.link("a_film.mkv"), "-o", out, "--mp4"))
        self.same_streams(out)

    def test_mp4_to_a_folder_takes_the_ending(self):
        self.ok(self.run_mtpipe("get", self.cluster.link("a_film.mkv"), "-o", self.out, "--mp4"))
        self.same_streams(self.out / "a_film.mp4")

    def test_mp4_to_standard_output_is_fragmented(self):
        done = self.ok(self.run_mtpipe("get", self.cluster.link("a_film.mkv"), "-o", "-", "--mp4", text=False))
        self.assertIn(b"moof", done.stdout)
        out = self.out / "film.mp4"
        out.write_bytes(done.stdout)
        self.same_streams(out)

    def same_streams(self, mp4):
        """Packet for packet the same data as in the original, and it can be decoded."""
        def facts(path):
            probed = subprocess.run(["ffprobe", "-v", "error", "-show_data_hash", "sha256", "-show_entries",
                                     "stream=index,codec_name,width,height:packet=stream_index,size,data_hash", "-of", "json",
                                     str(path)], capture_output=True, check=True, timeout=LIMIT)
            found = json.loads(probed.stdout)
            return [({k: s[k] for k in ("codec_name", "width", "height") if k in s},
                     [(p["size"], p["data_hash"]) for p in found["packets"] if p["stream_index"] == s["index"]])
                    for s in found["streams"]]

        def decoded(path):
            made = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", str(path), "-map", "0:v", "-f", "md5", "-"],
                                  capture_output=True, timeout=LIMIT)
            self.assertEqual((made.returncode, made.stderr), (0, b""))
            return made.stdout

        original = facts(self.films / "a_film.mkv")
        self.assertEqual(len(original), 2)
        self.assertTrue(all(len(packets) > 20 for _, packets in original))
        self.assertEqual(facts(mp4), original)
        self.assertEqual(decoded(mp4), decoded(self.films / "a_film.mkv"))

    def test_no_progress_where_there_is_no_terminal(self):
        done = self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "x"))
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_progress_and_stats_when_asked_for(self):
        done = self.ok(self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "x", "--progress", "--stats"))
        self.assertRegex(done.stderr, r"b_data.bin \[#+\] 100%  3\.0 MB of 3\.0 MB  [0-9.]+ [kMG]?B/s")
        self.assertRegex(done.stderr, r"CPU [0-9.]+ s, peak memory [0-9.]+ MiB")

    def test_a_progress_bar_on_a_terminal_and_none_when_quiet(self):
        link = self.cluster.link("b_data.bin")
        code, screen = on_terminal(self, ["get", link, "-o", self.out / "x"])
        self.assertEqual(code, 0, screen)
        self.assertIn("100%", screen)
        code, screen = on_terminal(self, ["get", link, "-o", self.out / "x", "--quiet"])
        self.assertEqual((code, screen), (0, ""))


class SlowGet(CliTest):
    OPTIONS = ("--rate", "100000")

    def test_an_interrupt_leaves_what_can_be_gone_on_with_and_nothing_else(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            for mp4 in (("--mp4",), ()):
                name = "a_film.mkv" if mp4 else "b_data.bin"
                process = self.begin("get", self.cluster.link(name), "-o", self.out / "x", "--progress", *mp4)
                try:
                    begun = process.stderr.readline()  # of progress: the download is under way
                    process.send_signal(number)
                    rest = process.communicate(timeout=LIMIT)[1]
                finally:
                    self.end(process)
                self.assertEqual(process.returncode, code, begun + rest)
                if mp4:
                    self.assertIn(b"mtpipe: interrupted\n", rest)
                    self.left_nothing(self.out)
                else:
                    self.assertIn(b"x.part stays, and the same command goes on with it\n", rest)
                    self.assertEqual(sorted(p.name for p in self.out.iterdir()), ["x.part", "x.part.state"])
                    for left in self.out.iterdir():
                        left.unlink()

    def test_a_reader_that_goes_away_ends_the_download(self):
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", "-", stdout=subprocess.PIPE)
        try:
            self.assertEqual(len(process.stdout.read(1000)), 1000)
            process.stdout.close()
            error = process.stderr.read().decode()
            self.assertEqual(process.wait(LIMIT), 1, error)
        finally:
            self.end(process)
        self.assertEqual(len(error.splitlines()), 1, error)
        self.assertIn("nobody reads standard output", error)


class Login(CliTest):
    def fresh(self):
        return self.out / "data"

    def sessions(self, data):
        return [p for p in pathlib.Path(data).rglob("*") if p.is_file()]

    def test_the_session_is_for_its_owner_alone(self):
        # A folder of its own: other tests log in to other clusters, each with a session beside.
        self.ok(self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=self.fresh()))
        kept = self.sessions(self.fresh())
        self.assertEqual(len(kept), 1)
        self.assertEqual(kept[0].parent.name, "mtproto")
        self.assertEqual(stat.S_IMODE(kept[0].stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(kept[0].parent.stat().st_mode), 0o700)

    def test_a_session_that_others_can_read_is_refused(self):
        self.ok(self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=self.fresh()))
        self.sessions(self.fresh())[0].chmod(0o644)
        done = self.run_mtpipe("info", self.cluster.link("a_film.mkv"), data=self.fresh())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("session", done.stderr)

    def with_passphrase(self, passphrase, *args, stdin=None):
        file = self.out / "passphrase"
        file.write_text(passphrase + "\nmore\n")
        return self.run_mtpipe("--passphrase-file", file, *args, stdin=stdin, data=self.fresh())

    def test_a_session_under_a_passphrase(self):
        self.ok(self.with_passphrase("correct horse", "login", "--bot", "-", stdin=TOKEN))
        link = self.cluster.link("a_film.mkv")
        self.ok(self.with_passphrase("correct horse", "info", link))
        wrong = self.with_passphrase("battery", "info", link)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("passphrase", wrong.stderr)
        none = self.run_mtpipe("info", link, data=self.fresh())
        self.assertEqual(none.returncode, 3)
        self.assertIn("--passphrase-file", none.stderr)
        set_ = {"MTPIPE_PASSPHRASE": "correct horse"}
        self.ok(self.run_mtpipe("info", link, data=self.fresh(), variables=set_))
        code, screen = on_terminal(self, ["info", link], [("Passphrase", "correct horse")], data=self.fresh())
        self.assertEqual(code, 0, screen)
        self.assertNotIn("correct horse", screen)

    def test_a_passphrase_is_changed_and_taken_away(self):
        self.ok(self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=self.fresh()))
        link = self.cluster.link("a_film.mkv")
        new = self.out / "new"
        new.write_text("battery")
        self.ok(self.run_mtpipe("passphrase", "--new-passphrase-file", new, data=self.fresh()))
        self.ok(self.with_passphrase("battery", "info", link))
        new.write_text("staple")
        self.ok(self.with_passphrase("battery", "passphrase", "--new-passphrase-file", new))
        self.ok(self.with_passphrase("staple", "info", link))
        code, screen = on_terminal(self, ["passphrase"], [("Passphrase", "staple"), ("New", "one"), ("again", "two")],
                                   data=self.fresh())
        self.assertEqual(code, 2, screen)
        self.ok(self.with_passphrase("staple", "passphrase", "--remove"))
        self.ok(self.run_mtpipe("info", link, data=self.fresh()))

    def test_a_passphrase_that_cannot_be_read(self):
        for content in ("", "\n", "x" * 5000):
            (self.out / "file").write_text(content)
            done = self.run_mtpipe("--passphrase-file", self.out / "file", "info", "x", data=self.fresh())
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertNotIn("xxx", done.stderr)
        self.assertEqual(self.run_mtpipe("--passphrase-file", self.out / "missing", "info", "x").returncode, 2)
        self.assertEqual(self.run_mtpipe("passphrase", data=self.fresh()).returncode, 3)

    def test_a_user_by_phone_and_code(self):
        done = self.ok(self.run_mtpipe("login", "--phone", "+4912345678", "--code", "-",
                                       stdin=self.cluster.info["login_code"] + "\n", data=self.fresh()))
        self.assertIn("logged in as", done.stdout)
        self.ok(self.run_mtpipe("info", self.cluster.link("a_film.mkv"), data=self.fresh()))

    def test_a_wrong_code(self):
        done = self.run_mtpipe("login", "--phone", "+4912345678", "--code", "-", stdin="99999\n", data=self.fresh())
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertNotIn("99999", done.stderr)

    def test_no_code(self):
        done = self.run_mtpipe("login", "--phone", "+4912345678", "--code", "-", stdin="", data=self.fresh())
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("code", done.stderr.lower())

    def test_without_a_login_nothing_is_got(self):
        done = self.run_mtpipe("get", self.cluster.link("a_film.mkv"), "-o", self.out, data=self.home / "none")
        self.fails(done, 3, "mtpipe login")

    def test_another_cluster_knows_nothing_of_this_login(self):
        other = self.start_cluster()
        self.fails(self.run_mtpipe("get", other.link("a_film.mkv"), "-o", self.out, cluster=other), 3, "mtpipe login")

    def test_secrets_are_not_taken_from_the_command_line(self):
        done = self.run_mtpipe("login", "--bot", TOKEN)
        self.fails(done, 2, "standard input")
        self.assertNotIn(TOKEN, done.stderr)

    def test_secrets_are_not_logged(self):
        done = self.ok(self.run_mtpipe("-v", "login", "--bot", "-", stdin=TOKEN + "\n", data=self.fresh()))
        self.assertNotIn(TOKEN.split(":")[1], done.stdout + done.stderr)

    def test_production_servers_want_an_application(self):
        done = subprocess.run([self.command()[0], "info", "https://t.me/durov/43"], capture_output=True, text=True,
                              timeout=LIMIT, env=self.environment())
        self.fails(done, 2, "https://my.telegram.org", "MTPROTO_API_ID")


class Password(CliTest):
    OPTIONS = ("--password", "correct horse")

    def test_the_password_comes_after_the_code(self):
        code = self.cluster.info["login_code"]
        for options in (("--code", "-", "--password", "-"), ("--code", "-")):
            self.ok(self.run_mtpipe("login", "--phone", "+49123", *options, stdin=f"{code}\ncorrect horse\n",
                                    data=self.out / "data"))

    def test_a_wrong_password(self):
        code = self.cluster.info["login_code"]
        done = self.run_mtpipe("login", "--phone", "+49123", "--code", "-", "--password", "-", stdin=f"{code}\nwrong horse\n",
                               data=self.out / "data")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("password", done.stderr.lower())
        self.assertNotIn("wrong horse", done.stderr)

    def test_no_password(self):
        done = self.run_mtpipe("login", "--phone", "+49123", "--code", "-", stdin=self.cluster.info["login_code"] + "\n",
                               data=self.out / "data")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("--password -", done.stderr)

    def test_on_a_terminal_the_questions_come_again_and_the_password_stays_unseen(self):
        code, screen = on_terminal(
            self, ["login", "--phone", "+4912345678"],
            [("code", "00000"), ("code (sent", self.cluster.info["login_code"]), ("password", "correct horse")],
            self.out / "data")
        self.assertEqual(code, 0, screen)
        self.assertNotIn("correct horse", screen)


class Signals(CliTest):
    def test_the_cluster_ends_with_0_on_either_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.assertEqual(self.start_cluster().end(number), 0)

    def test_the_info_file_has_what_clients_need(self):
        info = self.cluster.info
        self.assertEqual([d["id"] for d in info["dcs"]], [1, 2, 3])
        self.assertTrue(all(d["host"] and d["port"] != d["media_port"] for d in info["dcs"]))
        self.assertIn(info["home_dc"], [1, 2, 3])
        self.assertEqual((info["channel"], info["password"]), ("demo", ""))
        self.assertEqual([(m["id"], m["name"]) for m in info["messages"]], [(2, "a_film.mkv"), (3, "b_data.bin")])
        for each in info["messages"]:
            self.assertEqual(each["sha256"], sha256(self.films / each["name"]))
            self.assertEqual(each["size"], (self.films / each["name"]).stat().st_size)
        key = pathlib.Path(info["rsa_public_key"])
        self.assertTrue(key.is_absolute())
        self.assertTrue(key.read_text().startswith("-----BEGIN RSA PUBLIC KEY-----"))

    def test_ports_and_dcs_can_be_chosen(self):
        free = self.free_run(4)
        info = self.start_cluster("--port", str(free), "--dcs", "2").info
        self.assertEqual(sorted([d["port"] for d in info["dcs"]] + [d["media_port"] for d in info["dcs"]]),
                         list(range(free, free + 4)))

    def free_run(self, count):
        """The first of `count` ports in a row that nobody listens on now."""
        import random
        import socket
        for _ in range(100):
            first = random.randrange(20000, 32000)
            sockets = []
            try:
                for port in range(first, first + count):
                    made = socket.socket()
                    sockets.append(made)
                    made.bind(("127.0.0.1", port))
                return first
            except OSError:
                continue
            finally:
                for made in sockets:
                    made.close()
        self.fail("no free ports")


if __name__ == "__main__":
    main()
