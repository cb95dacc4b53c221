# 100 MB over real sockets by `mtpipe get` for each kind of fault: all lines of the scenario strike, the bytes are right.
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))
from harness import CliTest, main, sha256  # noqa: E402

SIZE = 100_000_000
PATIENCE = 50  # seconds for one download


class RealFaults(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.make_one_file("data.bin", random.Random(20).randbytes(SIZE))

    def survives(self, *lines):
        scenario = self.out / "scenario"
        scenario.write_text("\n".join(lines) + "\n")
        cluster = self.start_cluster("--dcs", "2", "-v", "--scenario", scenario)
        self.sign_in(cluster)
        before = time.monotonic()
        self.ok(self.run_mtpipe("get", cluster.link("data.bin"), "-o", self.out / "x", cluster=cluster, limit=PATIENCE))
        print(f"{time.monotonic() - before:6.1f} s: {'; '.join(lines)}", file=sys.stderr)
        self.assertEqual(sha256(self.out / "x"), cluster.message("data.bin")["sha256"])
        log = cluster.output()
        for number in range(1, len(lines) + 1):
            self.assertIn(f"line {number} of the scenario strikes", log, lines[number - 1])
        self.assertNotIn("before its flood wait was over", log)
        self.assertEqual(cluster.end(), 0)

    # A download is `mtpipe get`: its first connection is the third, after the login's and its own at home.

    def test_connections_that_end_are_refused_or_begin_badly(self):
        # The login has made two keys, a permanent and a temporary one; the download makes one at home first.
        self.survives("on req_pq_multi 3: close", "on req_DH_params 3: wrong-nonce", "on req_DH_params 5: wrong-hash",
                      "on set_client_DH_params 4: dh-retry", "on getFile 10: close", "on getFile 30: half-close",
                      "on getFile 50: transport-error 404", "on getFile 70: break-off",
                      "on getFile 90: transport-error 444", "on getFile 110: transport-error 429",
                      "after 5MB on media connections: close", "after 9 packets on media connections: half-close")

    def test_connections_that_stand_still(self):
        self.survives("on getFile 20: freeze for 2s", "after 300ms on media connections: freeze for 1s",
                      "after 12 packets on media connections: silence")

    def test_packets_that_are_late_doubled_overtaken_or_lost(self):
        # TCP loses none in the middle, so a client looks for them when it connects again.
        self.survives("on getFile 10: delay by 2s", "on getFile 30: reorder", "on getFile 50: duplicate",
                      "after 6 packets on media connections: delay by 500ms",
                      "after 3 packets received on media connections: reorder incoming",
                      "after 4 packets received on media connections: duplicate incoming",
                      "after 5 packets received on media connections: delay incoming by 1s",
                      "3 times with probability 20% on media connections: reorder",
                      "after 10 packets on each media connection: drop",
                      "after 6 packets received on each media connection: drop incoming",
                      "after 12 packets on each media connection: close")

    def test_packets_that_are_broken(self):
        self.survives("on getFile 10: corrupt a byte", "on getFile 30: truncate", "on getFile 50: wrong-msg-key",
                      "on getFile 70: wrong-length", "after 9 packets received on media connections: corrupt incoming",
                      "after 10 packets received on media connections: truncate incoming")

    def test_refusals_of_all_codes_and_what_a_data_centre_forgets(self):
        codes = (16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64)
        self.survives(*(f"on getFile {5 * n + 5}: bad-msg {code}" for n, code in enumerate(codes)),
                      "on getFile 60: lost-session", "on getFile 65: dropped-login", "on getFile 70: expired-reference",
                      "on getFile 75: wrong-salt", "on getFile 85: lost-key")

    def test_errors_that_pass_and_floods(self):
        # A part that is wrong twice is given up: in the first burst the two of wrong size are different ones, later
        # one may be the other's, asked for again after the floods.
        self.survives("on getFile 5: short-part 100", "on getFile 7: long-part 16", "on getFile 10: internal",
                      "on getFile 20: call-fail", "on getFile 30: timed-out", "on getFile 40: flood-wait 2",
                      "on getFile 60: premium-wait 1", "on getFile 70: rpc-error 500 WORKER_BUSY_TOO_LONG_RETRY")


if __name__ == "__main__":
    main()
