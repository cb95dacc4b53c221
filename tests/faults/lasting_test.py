# Downloads by `mtpipe get` over lines that connect, and bring nothing of use from some moment on, for good: they end in right
# bytes where there is another way, and else in one error, within two minutes. All run at the same time: they mostly wait.
import concurrent.futures
import contextlib
import os
import pathlib
import random
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "cli"))
from harness import CliTest, main, sha256  # noqa: E402

SIZE = 40_000_000
RATE = 600_000  # bytes a second, for each connection
MOMENT = "4s"  # of a cluster's faults, when the file is under way, or about to be
FROM = 8_000_000  # bytes that come before a proxy interferes
PATIENCE = 150  # seconds for one download, of which more than 60 may bring nothing


class Interferer:
    """A SOCKS5 proxy without a login that spoils what servers send once FROM bytes have come."""

    def __init__(self, mode):
        self.mode, self.total = mode, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.listener.accept()[0],), daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    @staticmethod
    def exactly(client, count):
        data = b""
        while len(data) < count:
            more = client.recv(count - len(data))
            if not more:
                raise OSError("it has gone")
            data += more
        return data

    def serve(self, client):
        with contextlib.suppress(OSError), client:
            self.exactly(client, self.exactly(client, 2)[1])
            client.sendall(b"\5\0")
            kind = self.exactly(client, 4)[3]
            host = (socket.inet_ntoa(self.exactly(client, 4)) if kind == 1 else
                    self.exactly(client, self.exactly(client, 1)[0]).decode())
            port = struct.unpack(">H", self.exactly(client, 2))[0]
            client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
            with socket.create_connection((host, port)) as server:
                threading.Thread(target=self.send_on, args=(client, server), daemon=True).start()
                while data := server.recv(65536):
                    self.total += len(data)
                    self.bring(client, data if self.total <= FROM else self.spoil(data))

    @staticmethod
    def send_on(client, server):
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                server.sendall(data)

    def spoil(self, data):
        if self.mode == "stall":
            return b""
        if self.mode == "garbage":
            return os.urandom(len(data))
        if self.mode == "flip":
            middle = len(data) // 2
            return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]
        return data

    def bring(self, client, data):
        if self.mode != "trickle" or self.total <= FROM:
            client.sendall(data)
            return
        for at in range(len(data)):
            client.sendall(data[at:at + 1])
            time.sleep(1)


class LastingFaults(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.make_one_file("x.bin", random.Random(40).randbytes(SIZE))

    def get(self, name, *options, scenario=None):
        """(code, seconds, error, whether the bytes are right)"""
        more = []
        if scenario:
            (self.out / name).write_text(scenario + "\n")
            more = ["--scenario", self.out / name]
        cluster = self.start_cluster("--rate", str(RATE), "--rtt", "20", *map(str, more))
        data = self.home / ("data-" + name)
        done = self.run_mtpipe("login", "--bot", "-", stdin="1:a\n", cluster=cluster, data=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        before = time.monotonic()
        done = self.run_mtpipe(*options, "get", cluster.link("x.bin"), "-o", self.out / (name + ".bin"), "-q",
                               cluster=cluster, data=data, limit=PATIENCE)
        took = time.monotonic() - before
        print(f"{took:6.1f} s, {done.returncode}: {name}: {done.stderr.strip()}", file=sys.stderr)
        right = done.returncode == 0 and sha256(self.out / (name + ".bin")) == cluster.message("x.bin")["sha256"]
        return done.returncode, took, done.stderr, right

    def test_all(self):
        with concurrent.futures.ThreadPoolExecutor(16) as at_once, contextlib.ExitStack() as proxies:
            spoiled, other_way, no_way = {}, {}, {}
            for mode in ("stall", "flip", "garbage", "trickle"):
                proxy = Interferer(mode)
                proxies.callback(proxy.close)
                through = ("--proxy", f"tg://socks?server=127.0.0.1&port={proxy.port}")
                spoiled[mode] = at_once.submit(self.get, mode, *through)
            for what in ("close", "break-off", "silence", "corrupt a byte"):
                name = "media-" + what.split()[0]
                other_way[name] = at_once.submit(self.get, name, scenario=f"always at {MOMENT} on media connections: {what}")
                name = "all-" + what.split()[0]
                no_way[name] = at_once.submit(self.get, name, scenario=f"always at {MOMENT} on connections: {what}")
            for name, run in {**spoiled, **no_way}.items():
                code, _, said, _ = run.result()
                self.assertEqual(code, 1, name)
                self.assertEqual(len(said.strip().splitlines()), 1, name)
                if name in ("flip", "garbage", "all-corrupt"):
                    self.assertRegex(said, "interfer|honesty", name)  # of the key exchange, should it strike there
            for name, run in other_way.items():
                code, _, said, right = run.result()
                self.assertEqual(code, 0, f"{name}: {said}")
                self.assertTrue(right, name)


if __name__ == "__main__":
    main()
