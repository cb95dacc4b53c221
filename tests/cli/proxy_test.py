# mtpipe through proxies, obfuscated, by WebSockets, and with and without forward secrecy, over real sockets.
import pathlib

from harness import CliTest, main, sha256
from socks5 import Socks5Proxy

SECRET = "00112233445566778899aabbccddeeff"
OTHER = "00112233445566778899aabbccddee00"
DOMAIN = "example.org".encode().hex()


class Transports(CliTest):
    def get(self, *options, cluster=None, data=None):
        cluster = cluster or self.cluster
        return self.run_mtpipe(*options, "get", cluster.link("b_data.bin"), "-o", self.out / "x", cluster=cluster, data=data)

    def works(self, *options, cluster=None):
        self.ok(self.get(*options, cluster=cluster))
        self.assertEqual(sha256(self.out / "x"), (cluster or self.cluster).message("b_data.bin")["sha256"])
        (self.out / "x").unlink()

    def needs_websockets(self):
        if not self.cluster.info["websocket_certificate"]:
            self.skipTest("built without MTPROTO_WITH_WEBSOCKET")

    def test_each_framing(self):
        for name in ("abridged", "intermediate", "padded", "full"):
            self.works("--transport", name)

    def test_obfuscated(self):
        for name in ("abridged", "intermediate", "padded"):
            self.works("--obfuscated", "--transport", name)
        self.fails(self.get("--obfuscated", "--transport", "full"), 2, "full framing")

    def test_forward_secrecy(self):
        made = "a temporary key was made"
        with_it = self.get("-v")
        self.ok(with_it)
        self.assertIn(made, with_it.stderr)
        (self.out / "x").unlink()
        without = self.get("-v", "--no-forward-secrecy")
        self.ok(without)
        self.assertNotIn(made, without.stderr)

    def test_socks5(self):
        with Socks5Proxy() as proxy:
            self.works("--proxy", proxy.link())
            self.works("--proxy", proxy.link(), "--obfuscated")
            self.assertEqual({host for host, _ in proxy.asked}, {"127.0.0.1"})
            ports = {port for dc in self.cluster.info["dcs"] for port in (dc["port"], dc["media_port"])}
            self.assertLessEqual({port for _, port in proxy.asked}, ports)

    def test_socks5_with_user_and_password(self):
        with Socks5Proxy(("me", "secret")) as proxy:
            self.works("--proxy", proxy.link("me", "secret"))
            self.fails(self.get("--proxy", proxy.link("me", "wrong")), 1, "refuses this user name and password", "--proxy")
            self.fails(self.get("--proxy", proxy.link()), 1, "wants a user name", "--proxy")

    def test_socks5_refuses(self):
        for reply, words in ((1, "failure of its own"), (2, "rules"), (3, "cannot reach the network"),
                             (5, "refuses the SOCKS5 proxy's connection"), (8, "kind of address"), (0xf0, "240")):
            with Socks5Proxy(refuses=reply) as proxy:
                self.fails(self.get("--proxy", proxy.link()), 1, words, str(proxy.port))

    def test_socks5_as_it_is_in_the_world(self):
        longest = "u" * 255
        for login, more in ((("me", "secret"), {"login_version": 5}), (("me", "secret"), {"login_version": 0}),
                            ((longest, longest), {}), (("a@b:c", "p/?#@:"), {}),
                            (("me", "secret"), {"by_bytes": True, "login_version": 5})):
            with Socks5Proxy(login, **more) as proxy:
                self.works("--proxy", proxy.address(*login))
                self.assertTrue(proxy.asked)
        for bound in (bytes([1]) + bytes(4), bytes([4]) + bytes(16), bytes([3, 0]), bytes([3, 255]) + b"n" * 255):
            with Socks5Proxy(bound=bound) as proxy:
                self.works("--proxy", proxy.address())

    def test_a_slow_socks5_proxy(self):
        with Socks5Proxy(pause=12) as proxy:
            done = self.run_mtpipe("--proxy", proxy.address(), "info", self.cluster.link("b_data.bin"))
            self.ok(done)

    def test_no_proxy_there(self):
        with Socks5Proxy() as proxy:
            gone = proxy.link()
        self.fails(self.get("--proxy", gone), 1, "cannot connect", "through the SOCKS5 proxy")
        # A data centre is no SOCKS5 proxy.
        port = self.cluster.info["dcs"][0]["port"]
        self.fails(self.get("--proxy", f"tg://socks?server=127.0.0.1&port={port}"), 1, "SOCKS5 proxy")

    def test_mtproxy(self):
        for secret in (SECRET, "dd" + SECRET, "ee" + SECRET + DOMAIN):
            cluster = self.start_cluster("--proxy-secret", secret)
            self.assertEqual(cluster.info["proxy_secret"], secret)
            self.sign_in(cluster)
            link = "tg://proxy?server=localhost&port={}&secret=".format(cluster.info["proxy_port"])
            self.works("--proxy", link + secret, cluster=cluster)
            wrong = secret.replace(SECRET, OTHER)
            self.fails(self.get("--proxy", link + wrong, cluster=cluster), 1, "the MTProxy localhost:")
            cluster.end()

    def test_websocket(self):
        self.needs_websockets()
        self.works("--websocket")
        self.works("--websocket", "--transport", "padded")
        with Socks5Proxy() as proxy:
            self.works("--websocket", "--proxy", proxy.link())
            self.assertTrue(proxy.asked)
        self.fails(self.get("--websocket", "--transport", "full"), 2, "full framing")
        self.fails(self.get("--websocket", "--proxy", f"tg://proxy?server=a&port=1&secret={SECRET}"), 2, "MTProxy")

    def test_websocket_of_an_impostor(self):
        self.needs_websockets()
        other = self.start_cluster()
        certificate = pathlib.Path(self.cluster.info["websocket_certificate"])
        own = certificate.read_text()
        self.addCleanup(certificate.write_text, own)
        certificate.write_text(pathlib.Path(other.info["websocket_certificate"]).read_text())
        self.fails(self.get("--websocket"), 1, "certificate verify failed")
        certificate.write_text("nonsense")
        self.fails(self.get("--websocket"), 2, "certificates")
        other.end()

    def test_ipv6(self):
        cluster = self.start_cluster("--host", "::1", "--proxy-secret", SECRET)
        self.sign_in(cluster)
        self.works(cluster=cluster)
        if cluster.info["websocket_certificate"]:
            self.works("--websocket", cluster=cluster)
        self.works("--proxy", f"tg://proxy?server=::1&port={cluster.info['proxy_port']}&secret={SECRET}", cluster=cluster)
        with Socks5Proxy() as proxy:
            self.works("--proxy", proxy.link(), "--obfuscated", cluster=cluster)
            self.assertEqual({host for host, _ in proxy.asked}, {"::1"})

    def test_wrong_options(self):
        for link in ("nonsense", "tg://proxy?server=a&port=1&secret=00", "tg://socks?server=a&port=0", "https://t.me/demo/2"):
            self.fails(self.get("--proxy", link), 2, "link to a proxy")
        self.fails(self.get("--proxy", "http://127.0.0.1:8080"), 2, "--proxy", "HTTP proxy", "socks5://")
        self.fails(self.get("--proxy", "socks4://127.0.0.1:8080"), 2, "version 5")
        self.fails(self.get("--transport", "tls"), 2, "--transport")
        self.fails(self.run_mtpipe("localdc", self.films, "--proxy-secret", "00"), 2, "secret")
        self.fails(self.run_mtpipe("localdc", self.films, "--host", "nowhere"), 1, "nowhere")


if __name__ == "__main__":
    main()
