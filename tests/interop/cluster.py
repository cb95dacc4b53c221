# Starts a cluster for a foreign client's test: a folder of seeded files, the server, its information.
import contextlib
import ctypes
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The demo's video, once examples/demo.sh has made it: the real thing besides the seeded files.
DEMO_VIDEO = os.path.join(ROOT, "build", "demo", "films", "film.mkv")
START_SECONDS = 30


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def make_file(path, size, seed):
    """`size` bytes that `seed` decides."""
    with open(path, "wb") as out:
        out.write(random.Random(seed).randbytes(size))


@contextlib.contextmanager
def cluster(server, password="", proxy_secret="", small=False):
    """Yields the cluster's information. The first file is odd-sized, the second ends on a whole part. `small`: for
    clients that are slow."""
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.join(work, "files")
        os.mkdir(folder)
        make_file(os.path.join(folder, "a film.mkv"), (256 * 1024 if small else 5 * 1024 * 1024) + 12345, 1)
        make_file(os.path.join(folder, "b whole.bin"), (128 * 1024 if small else 2 * 1024 * 1024), 2)
        make_file(os.path.join(os.fsencode(folder), b"c \"odd\"\t\xff.BIN"), 4096, 3)
        if not password and not small and os.path.exists(DEMO_VIDEO):
            os.symlink(DEMO_VIDEO, os.path.join(folder, "a demo.mkv"))
        info_path = os.path.join(work, "info.json")
        command = [server, folder, info_path] + ([password, proxy_secret] if password or proxy_secret else [])
        process = subprocess.Popen(command, preexec_fn=end_with_parent)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not os.path.exists(info_path):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the cluster did not start")
                time.sleep(0.02)
            with open(info_path) as file:
                info = json.load(file)
            info["path"] = info_path
            yield info
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=START_SECONDS)
        if code != 0:
            raise RuntimeError(f"the cluster ended with {code}")


def end_with_parent():
    """The server ends with this program, however that ends."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def sha256(data):
    return hashlib.sha256(data).hexdigest()
