# What takes bytes in order is written where it stands: descriptors, pipes, sockets, devices.
import os
import pathlib
import select
import signal
import socket
import time

from harness import LIMIT, CliTest, main, sha256

WAIT = 20  # seconds for what must not wait at all


class Streams(CliTest):
    FILES = {"b_data.bin": 300_077}

    def left(self):
        return sorted(p.name for p in self.out.iterdir())

    def get(self, name, *options, **more):
        return self.run_mtpipe("get", self.cluster.link(name), *options, **more)

    def test_descriptors_are_written_where_they_stand(self):
        whole = (self.films / "b_data.bin").read_bytes()
        link = self.cluster.link("b_data.bin")
        for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"):
            done = self.ok(self.bash('"$@" | cat', "get", link, "-o", name))
            self.assertEqual(done.stdout, whole)
            (self.out / "log").write_bytes(b"before")
            self.ok(self.bash('"$@"', "get", link, "-o", name, redirect=">> log"))
            self.assertEqual((self.out / "log").read_bytes(), b"before" + whole)
            self.ok(self.bash('{ echo before; "$@"; echo after; }', "get", link, "-o", name, redirect="> log"))
            self.assertEqual((self.out / "log").read_bytes(), b"before\n" + whole + b"after\n")
            self.assertEqual(self.left(), ["log"])
        self.ok(self.bash('"$@"', "get", link, "-o", "/dev/fd/7", redirect="7>> log"))
        self.assertTrue((self.out / "log").read_bytes().endswith(b"after\n" + whole))
        self.ok(self.bash('exec 7> gone; rm gone; "$@"; cat /dev/fd/7 > kept', "get", link, "-o", "/dev/fd/7"))
        self.assertEqual((self.out / "kept").read_bytes(), whole)
        self.assertEqual(self.left(), ["kept", "log"])

    def test_a_process_substitution(self):
        self.ok(self.bash('"$@" -o >(cat > copy; : > done); while [ ! -e done ]; do sleep .01; done', "get",
                          self.cluster.link("b_data.bin")))
        self.assertEqual(sha256(self.out / "copy"), self.cluster.message("b_data.bin")["sha256"])
        self.ok(self.bash('"$@" -o >(cat > film.mp4; : > done2); while [ ! -e done2 ]; do sleep .01; done', "get",
                          self.cluster.link("a_film.mkv"), "--mp4"))
        self.assertIn(b"moof", (self.out / "film.mp4").read_bytes())

    def test_a_socket_as_standard_output(self):
        ours, theirs = socket.socketpair()
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", "/dev/stdout", stdout=theirs)
        theirs.close()
        got = b""
        try:
            while piece := ours.recv(1 << 16):
                got += piece
            self.assertEqual(process.wait(LIMIT), 0)
        finally:
            self.end(process)
            ours.close()
        self.assertEqual(got, (self.films / "b_data.bin").read_bytes())

    def test_a_socket_with_a_name(self):
        path = self.out / "s"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.relpath(path))
            listener.listen(1)
            listener.settimeout(WAIT)
            process = self.begin("get", self.cluster.link("b_data.bin"), "-o", path)
            try:
                peer, _ = listener.accept()
                with peer:
                    got = b""
                    while piece := peer.recv(1 << 16):
                        got += piece
                self.assertEqual(process.wait(LIMIT), 0)
            finally:
                self.end(process)
        self.assertEqual(got, (self.films / "b_data.bin").read_bytes())
        self.assertTrue(path.is_socket())

    def test_a_pipe_with_a_name_waits_for_its_reader(self):
        pipe = self.out / "pipe"
        os.mkfifo(pipe)
        for options, name in (((), "b_data.bin"), (("--mp4",), "a_film.mkv")):
            process = self.begin("get", self.cluster.link(name), "-o", pipe, *options)
            try:
                time.sleep(0.3)
                self.assertIsNone(process.poll())
                # Not open() alone, which a program that is gone would never let return.
                end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
                os.set_blocking(end, True)
                while not select.select([end], [], [], 0.1)[0]:
                    self.assertIsNone(process.poll())
                with os.fdopen(end, "rb") as file:
                    got = file.read()
                self.assertEqual(process.wait(LIMIT), 0)
            finally:
                self.end(process)
            if options:
                self.assertIn(b"moof", got)
            else:
                self.assertEqual(got, (self.films / name).read_bytes())
            self.assertEqual(self.left(), ["pipe"])
            self.assertTrue(pipe.is_fifo())
        process = self.begin("get", self.cluster.link("b_data.bin"), "-o", pipe)
        try:
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(WAIT), 130)
        finally:
            self.end(process)

    def test_devices_and_descriptors_that_are_none(self):
        link = self.cluster.link("b_data.bin")
        self.ok(self.get("b_data.bin", "-o", "/dev/null"))
        self.assertTrue(pathlib.Path("/dev/null").is_char_device())
        self.fails(self.get("b_data.bin", "-o", "/dev/full"), 1, "No space left")
        # Neither one that was not given, nor one of mtpipe's own.
        for number in range(3, 16):
            self.fails(self.bash('"$@"', "get", link, "-o", f"/dev/fd/{number}"), 1, str(number))
        self.fails(self.bash('"$@"', "get", link, "-o", "/dev/fd/0", redirect="< /dev/null"), 1, "Bad file descriptor")


if __name__ == "__main__":
    main()
