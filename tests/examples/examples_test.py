# The examples do what their first lines say, each against a local data centre of its own.
import hashlib
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BIN = pathlib.Path(sys.argv[1]).resolve()
LINK = "https://t.me/demo/"
CONTENT = random.Random(5).randbytes(5_000_001)


def command(name, *arguments):
    return [str(BIN / name), "--local", "films", *arguments]


def run(name, *arguments, given=b""):
    done = subprocess.run(command(name, *arguments), input=given, capture_output=True, timeout=100)
    assert done.returncode == 0, f"{name}: exit code {done.returncode}: {done.stderr.decode(errors='replace')}"
    return done.stdout


def there(name):
    return (BIN / name).exists()


def check_downloads():
    assert b"near DC" in run("01_connect")
    assert run("02_stream", LINK + "3") == CONTENT
    assert CONTENT[:16].hex(" ").encode() in run("03_range", LINK + "3")
    assert run("05_custom_window", LINK + "3") == CONTENT
    if there("06_channel"):
        listed = run("06_channel", "demo").decode()
        assert "file.bin, 5000001 bytes: " + " ".join(f"{b:x}" for b in CONTENT[:8]) in listed, listed
    run("08_three_at_once", LINK + "3", LINK + "4", LINK + "9")
    assert pathlib.Path("file.bin").read_bytes() == CONTENT
    assert pathlib.Path("small.bin").read_bytes() == CONTENT[:100]


def check_interrupt():
    """Ctrl-C ends all three, and nothing is left of them."""
    for name in ("file.bin", "small.bin"):
        pathlib.Path(name).unlink()
    process = subprocess.Popen(command("08_three_at_once", *[LINK + "5"] * 3), stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not list(pathlib.Path().glob("*.part")):
        assert time.monotonic() < until, "no download began"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 0 and told.count(b"cancelled") == 3, told
    assert not list(pathlib.Path().glob("zlarge*")), "something is left"


def check_videos():
    run("04_remux", LINK + "2", "out.mp4")
    assert pathlib.Path("out.mp4").stat().st_size > 10_000
    assert b"320 x 240 pixels" in run("07_decoder", LINK + "2")


def check_http():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(command("09_http_range", LINK + "3", str(port)), stdout=subprocess.PIPE)
    try:
        server.stdout.readline()

        def get(wanted):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Range": wanted} if wanted else {})
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read()

        for wanted, part in ((None, CONTENT), ("bytes=1000-1999", CONTENT[1000:2000]), ("bytes=-7", CONTENT[-7:]),
                             ("bytes=5000000-", CONTENT[-1:]), ("bytes=0-99999999", CONTENT)):
            assert get(wanted) == part, wanted
        for wanted in ("bytes=5000001-", "bytes=9-8", "bytes=x-", "bytes=-0", "lines=1-2", "bytes=1-99999999999999999999"):
            try:
                get(wanted)
                raise AssertionError(wanted)
            except urllib.error.HTTPError as refused:
                assert refused.code == 416, (wanted, refused.code)
    finally:
        server.kill()
        server.wait()


def check_session():
    assert b"not logged in yet" in run("10_sqlite_session", "login.db", given=b"+15550001\n12345\n")
    database = hashlib.sha256(pathlib.Path("login.db").read_bytes()).hexdigest()
    assert b"not logged in yet" in run("10_sqlite_session", "login.db", given=b"+15550001\n12345\n"), "another cluster's login"
    assert hashlib.sha256(pathlib.Path("login.db").read_bytes()).hexdigest() != database


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    pathlib.Path("films").mkdir()
    if there("07_decoder"):
        subprocess.run("ffmpeg -v error -f lavfi -i testsrc=size=320x240:rate=10 -t 5 -c:v mpeg4 films/a.mp4", shell=True,
                       check=True, timeout=60)
    else:
        pathlib.Path("films/a.mp4").write_bytes(CONTENT[:1000])
    pathlib.Path("films/file.bin").write_bytes(CONTENT)
    pathlib.Path("films/small.bin").write_bytes(CONTENT[:100])
    with open("films/zlarge.bin", "wb") as large:
        large.truncate(256 << 20)
    check_downloads()
    check_interrupt()
    if there("07_decoder"):
        check_videos()
    check_http()
    if there("10_sqlite_session"):
        check_session()
    subprocess.run([BIN / "11_own_test"], check=True, timeout=100, stdout=subprocess.DEVNULL)
