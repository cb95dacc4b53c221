# A SOCKS5 proxy on this machine for tests: user and password, IPv4, IPv6 and names, refusals, and what others do, too.
import contextlib
import socket
import socketserver
import struct
import threading
import time
import urllib.parse

IPV4, NAME, IPV6 = 1, 3, 4
NO_LOGIN, USER_AND_PASSWORD, NONE_FITS = 0, 2, 0xff


class Handler(socketserver.BaseRequestHandler):
    def read(self, size):
        data = b""
        while len(data) < size:
            got = self.request.recv(size - len(data))
            if not got:
                raise ConnectionError
            data += got
        return data

    def say(self, data):
        if not self.server.proxy.by_bytes:
            self.request.sendall(data)
            return
        for each in data:
            self.request.sendall(bytes([each]))
            time.sleep(0.001)

    def handle(self):
        with contextlib.suppress(OSError):
            self.talk()

    def talk(self):
        proxy = self.server.proxy
        version, count = self.read(2)
        methods = self.read(count)
        if version != 5:
            return
        method = NO_LOGIN if proxy.login is None else USER_AND_PASSWORD
        if method not in methods:
            self.request.sendall(bytes([5, NONE_FITS]))
            return
        self.say(bytes([5, method]))
        if method == USER_AND_PASSWORD:
            user = self.read(self.read(2)[1]).decode()
            password = self.read(self.read(1)[0]).decode()
            known = (user, password) == proxy.login
            self.say(bytes([proxy.login_version, 0 if known else 1]))
            if not known:
                return
        kind = self.read(4)[3]
        if kind == IPV4:
            host = socket.inet_ntop(socket.AF_INET, self.read(4))
        elif kind == IPV6:
            host = socket.inet_ntop(socket.AF_INET6, self.read(16))
        else:
            host = self.read(self.read(1)[0]).decode()
        port, = struct.unpack(">H", self.read(2))
        proxy.asked.append((host, port))
        if proxy.refuses:
            self.say(bytes([5, proxy.refuses, 0, IPV4]) + bytes(6))
            return
        time.sleep(proxy.pause)
        with socket.create_connection((host, port)) as far:
            self.say(bytes([5, 0, 0]) + proxy.bound + bytes(2))
            back = threading.Thread(target=pump, args=(far, self.request), daemon=True)
            back.start()
            pump(self.request, far)
            back.join()


def pump(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


class Socks5Proxy:
    """A running proxy; `asked` lists where clients wanted to go. `refuses`: with this reply. `bound`: an address and its kind."""

    def __init__(self, login=None, refuses=0, login_version=1, bound=bytes([NAME, 4]) + b"here", by_bytes=False, pause=0):
        self.login, self.refuses, self.login_version = login, refuses, login_version
        self.bound, self.by_bytes, self.pause, self.asked = bound, by_bytes, pause, []

    def __enter__(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.proxy = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def address(self, user="", password=""):
        login = f"{urllib.parse.quote(user, safe='')}:{urllib.parse.quote(password, safe='')}@" if user else ""
        return f"socks5://{login}127.0.0.1:{self.port}"

    def link(self, user="", password=""):
        login = f"&user={user}&pass={password}" if user else ""
        return f"tg://socks?server=127.0.0.1&port={self.port}{login}"
