# Accounts of a local cluster by --accounts: their states, seen by mtpipe in words, and what --counts tells.
import json
import random
import signal
import time

from harness import LIMIT, Cluster, CliTest, main

BOT = 4711  # of harness.TOKEN


class States(CliTest):
    FILES = {"b_data.bin": 300_000}

    @classmethod
    def start_cluster(cls, *options):
        cls.accounts = cls.home / "accounts.json"
        cls.describe()
        return super().start_cluster("--accounts", str(cls.accounts), *options)

    @classmethod
    def describe(cls, state="active", members=(BOT,)):
        cls.accounts.write_text(json.dumps({
            "accounts": [{"bot_token": f"{BOT}:a-secret-of-the-bot", "state": state}],
            "private_channels": [{"id": 1600000001, "title": "Films", "members": list(members)}],
            "key_rule": "one-device"}))

    def follow(self, **changes):
        """The cluster follows the file, and says so."""
        said = self.cluster.output().count("the accounts follow")
        self.describe(**changes)
        self.cluster.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + LIMIT
        while self.cluster.output().count("the accounts follow") == said:
            self.assertLess(time.monotonic(), deadline, self.cluster.output())
            time.sleep(0.02)

    def get(self):
        return self.run_mtpipe("get", self.cluster.link("b_data.bin"), "-o", self.out / "b.bin")

    def test_a_frozen_account_is_told_its_dates_and_a_banned_one_that_it_is(self):
        self.assertEqual([each["id"] for each in self.cluster.info["accounts"]], [BOT])
        self.assertEqual(self.cluster.info["private_channels"], [{"id": 1600000001, "title": "Films"}])
        self.follow(state="frozen")
        self.fails(self.get(), 1, "FROZEN_METHOD_INVALID", "the account is frozen since 20", "until 20",
                   "appeal at https://t.me/spambot")
        self.follow(state="active")
        self.ok(self.get())
        (self.out / "b.bin").unlink()
        self.follow(state="banned")
        self.fails(self.get(), 3, "USER_DEACTIVATED_BAN", "the account was banned", "with another account")
        self.follow(state="revoked")
        self.fails(self.get(), 3)
        self.sign_in(self.cluster)
        self.ok(self.get())

    def test_counts_are_written_at_the_end(self):
        counts = self.out / "counts.json"
        cluster = self.start_cluster("--counts", str(counts))
        self.sign_in(cluster)
        self.ok(self.run_mtpipe("get", cluster.link("b_data.bin"), "-o", "/dev/null", cluster=cluster))
        self.assertEqual(cluster.end(), 0)
        told = json.loads(counts.read_text())
        self.assertEqual(told["duplicated_keys"], 0)
        self.assertEqual(told["early_requests"], 0)
        self.assertEqual([each["id"] for each in told["accounts"]], [BOT])
        self.assertGreaterEqual(told["accounts"][0]["part_bytes"], 300_000)

    def test_a_file_that_describes_no_accounts_is_refused(self):
        seeded = random.Random(5)
        good = self.accounts.read_text()
        for bad in ["", "{", "[]", '{"accounts": {}}', '{"accounts": [{"name": "x"}]}', '{"accounts": [{"id": 1}]}',
                    '{"accounts": [{"phone": "1", "state": "odd"}]}', '{"accounts": [{"phone": "1", "rate": -1}]}',
                    '{"accounts": [{"phone": "1"}, {"phone": "+1"}]}', '{"floods": [{"method": ""}]}',
                    '{"private_channels": [{"messages": [99]}]}', '{"key_rule": "odd"}', '{"takeout_delay": 1.5}',
                    good[:seeded.randrange(1, len(good))]]:
            with self.subTest(bad=bad):
                path = self.out / "bad.json"
                path.write_text(bad)
                with self.assertRaises(RuntimeError) as refused:
                    Cluster(self.films, self.out, "--accounts", str(path))
                self.assertIn("mtpipe: ", str(refused.exception))
                self.assertNotIn("terminate", str(refused.exception))


if __name__ == "__main__":
    main()
