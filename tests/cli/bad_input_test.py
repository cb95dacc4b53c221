# What cannot work ends with one clear error and a non-zero exit, and leaves nothing under the final name.
import contextlib
import json
import os
import pathlib
import resource
import subprocess

from harness import SEPARATE_USER, TOKEN, CliTest, main


class BadLinks(CliTest):
    OPTIONS = ("--protect", "3", "--text", "nothing but words")

    def get(self, link, *options):
        return self.run_mtpipe("get", link, "-o", self.out / "x", *options)

    def test_a_wrong_link(self):
        for link in ("https://example.org/demo/2", "demo", "https://t.me/demo/two", "https://t.me/demo/", ""):
            self.fails(self.get(link), 2, "link")

    def test_an_unknown_channel(self):
        self.fails(self.get("https://t.me/nobody_has_this_name/2"), 4)

    def test_a_message_that_is_not_there(self):
        self.fails(self.get("https://t.me/demo/4000"), 4)

    def test_a_message_without_media(self):
        self.fails(self.get("https://t.me/demo/4"), 4, "nothing that can be downloaded")

    def test_a_protected_message(self):
        self.fails(self.get(self.cluster.link("b_data.bin")), 5, "owner")
        self.fails(self.get(self.cluster.link("b_data.bin"), "--mp4"), 5, "owner")

    def test_a_wrong_command_line(self):
        for args in (("get",), ("get", "a", "b"), ("fetch",), ("get", "x", "--connections", "99"), ("get", "x", "--verify", "some"),
                     ("get", "x", "--window", "fixed:0"), (), ("login", "--code", "-"),
                     ("get", "x", "--budget", "much"), ("localdc", self.films, "--dcs", "0"), ("localdc", ""),
                     ("localdc", self.films, "--rtt", "nan")):
            self.fails(self.run_mtpipe(*args), 2)

    def test_an_empty_output_is_none(self):
        for name in (self.cluster.link("a_film.mkv"), "anything"):
            self.fails(self.run_mtpipe("get", name, "-o", ""), 2, "--output")

    def test_an_application_that_cannot_be(self):
        self.fails(self.run_mtpipe("info", self.cluster.link("a_film.mkv"), "--api-id", "-7"), 2, "--api-id", "-7")

    def test_no_dc_info(self):
        missing = type("Missing", (), {"info_path": self.home / "missing.json"})
        self.fails(self.run_mtpipe("info", "https://t.me/demo/2", cluster=missing), 2, "missing.json")
        broken = type("Broken", (), {"info_path": self.home / "broken.json"})
        broken.info_path.write_text("{]")
        self.fails(self.run_mtpipe("info", "https://t.me/demo/2", cluster=broken), 2, "broken.json")

    def test_dc_info_of_what_must_be_there(self):
        whole = json.loads(pathlib.Path(self.cluster.info_path).read_text())
        least = {"home_dc": whole["home_dc"], "rsa_public_key": whole["rsa_public_key"],
                 "dcs": [{key: dc[key] for key in ("id", "host", "port")} for dc in whole["dcs"]]}
        made = type("Made", (), {"info_path": self.home / "made.json"})
        for left_out in (None, *least):
            made.info_path.write_text(json.dumps({key: least[key] for key in least if key != left_out}))
            done = self.run_mtpipe("login", "--bot", "-", cluster=made, stdin=TOKEN, data=self.home / "made")
            if left_out:
                self.fails(done, 2, "made.json")
            else:
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_cluster_of_no_folder_or_a_wrong_fault(self):
        self.fails(self.run_mtpipe("localdc", self.home / "missing"), 1)
        self.fails(self.run_mtpipe("localdc", self.films, "--fault", "nonsense"), 2)

    def test_a_scenario_that_is_none_is_told_with_line_and_column(self):
        scenario = self.home / "scenario"
        for text, words in (("# one\nat 2s on connection 3: explode\n", ("line 2, column 24", "explode")),
                            ("on getNothing: close\n", ("line 1", "never strike")),
                            ("after lunch: drop\n", ("line 1, column 7", "lunch"))):
            scenario.write_text(text)
            self.fails(self.run_mtpipe("localdc", self.films, "--scenario", scenario), 2, "scenario", *words)
        self.fails(self.run_mtpipe("localdc", self.films, "--scenario", self.home / "missing"), 2, "missing")
        self.fails(self.run_mtpipe("localdc", self.films, "--scenario", self.home), 2, str(self.home))
        self.fails(self.run_mtpipe("localdc", self.films, "--scenario", ""), 2, "--scenario")
        self.fails(self.run_mtpipe("localdc", self.films, "--seed", "-1"), 2, "--seed")

    def test_limits_of_the_local_data_centre(self):
        for flags in (("--loss", "0.5"), ("--slow-parts", "2"), ("--jitter", "-1"), ("--account-rate", "-1"),
                      ("--flood-rate", "much"), ("--flood-burst", "-1"), ("--flood-wait", "0", "5"),
                      ("--flood-window", "0"), ("--flood-window-bytes", "-1"), ("--flood-requests", "many"),
                      ("--most-connections", "-1")):
            self.fails(self.run_mtpipe("localdc", self.films, *flags), 2, flags[0])
        self.fails(self.run_mtpipe("localdc", self.films, "--flood-wait", "5", "3"), 2, "bounds")

    def test_what_cannot_become_mp4(self):
        cluster = self.start_cluster()
        self.sign_in(cluster)
        self.fails(self.run_mtpipe("get", cluster.link("b_data.bin"), "-o", self.out / "x", "--mp4", cluster=cluster), 1)

    def test_nobody_listens(self):
        gone = self.start_cluster()
        self.sign_in(gone)
        gone.end()
        self.fails(self.run_mtpipe("get", "https://t.me/demo/2", "-o", self.out / "x", cluster=gone), 1, "network")


class BadOutputs(CliTest):
    def get(self, out, *options, name="b_data.bin", **more):
        return self.run_mtpipe("get", self.cluster.link(name), "-o", out, *options, **more)

    def test_a_folder_that_is_not_there(self):
        self.fails(self.get(self.out / "missing" / "x"), 1, "missing")

    def test_a_folder_of_others(self):
        # Root ignores mode bits, so it becomes somebody else for this.
        data = self.home / "other-data"
        data.mkdir()
        if os.geteuid() == 0:
            os.chown(data, SEPARATE_USER, SEPARATE_USER)
        login = self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=data, as_user=SEPARATE_USER)
        self.ok(login)
        self.out.chmod(0o555)
        for options in ((), ("--mp4",)):
            done = self.get(self.out / "x", *options, name="a_film.mkv", data=data, as_user=SEPARATE_USER)
            self.fails(done, 1, "ermission denied")

    def test_no_place_for_the_session(self):
        home = self.home / "closed"
        home.mkdir()
        home.chmod(0o555)
        done = self.run_mtpipe("login", "--bot", "-", stdin=TOKEN, data=home, as_user=SEPARATE_USER)
        self.fails(done, 1, "session")

    def test_a_full_device_behind_standard_output(self):
        for options in ((), ("--mp4",)):
            with open("/dev/full", "wb") as full:
                done = self.get("-", *options, name="a_film.mkv", stdout=full)
            self.fails(done, 1, "No space left")

    def test_a_file_size_limit(self):
        def limited():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        # What was written stays for when there is room.
        self.fails(self.get(self.out / "mp4", "--mp4", name="a_film.mkv", before=limited), 1)
        self.fails(self.get(self.out / "x", name="a_film.mkv", before=limited), 1, "x.part stays",
                   left=["x.part", "x.part.state"])

    def test_a_full_disk(self):
        with self.small_disk("1m") as disk:
            if disk is None:
                self.skipTest("no file system may be mounted here; a full device and a limit in mid file stand for it above")
            self.fails(self.get(disk / "mp4", "--mp4", name="a_film.mkv"), 1, "No space left")
            self.left_nothing(disk)
            self.fails(self.get(disk / "x", name="a_film.mkv"), 1, "No space left", "x.part stays")
            self.leaves(disk, ["x.part", "x.part.state"])

    @contextlib.contextmanager
    def small_disk(self, size):
        """A file system of that size, or None where this user may not mount one."""
        place = self.home / "disk"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True)
        try:
            yield pathlib.Path(place) if mounted.returncode == 0 else None
        finally:
            if mounted.returncode == 0:
                subprocess.run(["umount", str(place)], check=True)


if __name__ == "__main__":
    main()
