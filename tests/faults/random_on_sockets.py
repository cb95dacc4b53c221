#!/usr/bin/env python3
"""Downloads under random faults over sockets, some of which last: each ends in right bytes or in one error, in time.

    MTPIPE=build/release/bin/mtpipe tests/faults/random_on_sockets.py [--runs 200] [--first 1] [--jobs 6]

Too long for ctest. A run that is neither is printed with its seed and its faults; the exit code is then 1."""
import argparse
import concurrent.futures
import pathlib
import random
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cli")]
from harness import CliTest, Cluster, sha256  # noqa: E402
from lasting_test import Interferer  # noqa: E402

SIZE = 24_000_000
BOUND = 240  # seconds for one download; a minute without a byte ends it, and others may come before
OF_PACKETS = ("close", "half-close", "break-off", "silence", "corrupt a byte", "truncate", "wrong-msg-key", "wrong-length",
              "transport-error 404", "transport-error 429", "freeze for 3s", "drop", "duplicate", "delay by 2s", "reorder")
OF_QUERIES = ("lost-session", "lost-key", "flood-wait 3", "internal", "call-fail", "timed-out", "expired-reference",
              "dropped-login")
ONCE_A_CONNECTION = ("close", "half-close", "break-off", "silence", "transport-error 404", "transport-error 429",
                     "transport-error 444", "freeze for 300s")
EACH_PACKET = ("corrupt a byte", "truncate", "wrong-msg-key", "drop", "drop incoming", "corrupt incoming")


def passing(chance):
    if chance.random() < 0.4:
        return f"on getFile {chance.randint(1, 120)}: {chance.choice(OF_QUERIES)}"
    what = chance.choice(OF_PACKETS)
    return chance.choice((f"after {chance.randint(2, 40)} packets on {chance.choice(('media', 'each media', 'main'))} "
                          f"connection: {what}",
                          f"on getFile {chance.randint(1, 120)}: {what}",
                          f"at {chance.randint(500, 9000)}ms on connection {chance.randint(2, 10)}: {what}"))


def lasting(chance):
    begin = f"at {chance.randint(2500, 8000)}ms"
    where = chance.choice(("media ", "DC 1 ", ""))
    if chance.random() < 0.5:
        return f"{begin} on each {where}connection: {chance.choice(ONCE_A_CONNECTION)}"
    return f"always {begin} on {where}connections: {chance.choice(EACH_PACKET)}"


class Downloads(CliTest):
    @classmethod
    def setUpClass(cls):
        """One file; each download has a cluster and a session of its own."""

    def run_one(self, seed):
        """What was wrong, or nothing; and how it ended."""
        chance = random.Random(seed)
        faults = [passing(chance) for _ in range(chance.randint(0, 3))]
        mode = None
        if (kind := chance.random()) < 0.5:
            faults.append(lasting(chance))
        elif kind < 0.75:
            mode = chance.choice(("stall", "flip", "garbage", "trickle"))
        with tempfile.TemporaryDirectory(dir=self.home) as name:
            folder = pathlib.Path(name)
            (folder / "faults").write_text("\n".join(faults) + "\n")
            cluster = Cluster(self.films, folder, "-v", "--rate", str(chance.choice((500_000, 1_000_000))), "--rtt",
                              str(chance.choice((5, 20, 80))), "--seed", str(seed), "--scenario", str(folder / "faults"))
            proxy = Interferer(mode) if mode else None
            try:
                return self.download(cluster, proxy, folder, chance.random() < 0.3, f"{faults} {mode or ''}")
            finally:
                cluster.end()
                if proxy:
                    proxy.close()

    def download(self, cluster, proxy, folder, without_secrecy, faults):
        data = folder / "data"
        login = self.run_mtpipe("login", "--bot", "-", stdin="1:a\n", cluster=cluster, data=data)
        if login.returncode != 0:
            return "", f"no login: {login.stderr.strip()}"  # struck before the download
        options = ["--proxy", f"socks5://127.0.0.1:{proxy.port}"] if proxy else []
        options += ["--no-forward-secrecy"] if without_secrecy else []
        begin = time.monotonic()
        done = self.run_mtpipe(*options, "get", cluster.link("x.bin"), "-o", folder / "x", "-q", cluster=cluster, data=data,
                               limit=600)
        took = time.monotonic() - begin
        told = f"{took:.0f} s, {done.returncode}: {done.stderr.strip()} {faults}"
        if took > BOUND:
            return "too long", told
        if "before its flood wait was over" in cluster.output():
            return "a flood wait that was not kept", told
        if done.returncode == 0:
            right = sha256(folder / "x") == cluster.message("x.bin")["sha256"]
            return "" if right else "wrong bytes", told
        lines = done.stderr.strip().splitlines()
        return "" if done.returncode in (1, 3) and len(lines) == 1 else "not one error", told


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("runs", 200), ("first", 1), ("jobs", 6)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    wrong = whole = 0
    with tempfile.TemporaryDirectory(prefix="mtpipe-random-") as home:
        Downloads.home = pathlib.Path(home)
        Downloads.films = Downloads.home / "films"
        Downloads.films.mkdir()
        (Downloads.films / "x.bin").write_bytes(random.Random(24).randbytes(SIZE))
        runner = Downloads()
        with concurrent.futures.ThreadPoolExecutor(given.jobs) as at_once:
            seeds = range(given.first, given.first + given.runs)
            for seed, (fault, told) in zip(seeds, at_once.map(runner.run_one, seeds)):
                wrong += bool(fault)
                whole += ", 0: " in told
                if fault:
                    print(f"seed {seed}: {fault}: {told}", flush=True)
    print(f"{given.runs} downloads: {whole} whole, {given.runs - whole - wrong} ended by an error, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
