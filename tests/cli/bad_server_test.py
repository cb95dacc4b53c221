# A server that lies, breaks or goes away: what heals is healed, and what does not ends with one clear error.
import concurrent.futures

from harness import CliTest, main, sha256

ALWAYS = ":1x0"
PATIENCE = 240  # seconds; a download tries for about one minute before it gives a server up


class BadServer(CliTest):
    def cluster_with(self, *faults):
        cluster = self.start_cluster(*(word for fault in faults for word in ("--fault", fault)))
        self.sign_in(cluster)
        return cluster

    def heals(self, *faults):
        cluster = self.cluster_with(*faults)
        self.ok(self.run_mtpipe("get", cluster.link("b_data.bin"), "-o", self.out / "x", cluster=cluster))
        self.assertEqual(sha256(self.out / "x"), cluster.message("b_data.bin")["sha256"])

    def never_heals(self, *faults, words=()):
        """Both ways of writing a file, side by side: most of the time goes by in waiting to try again."""
        cluster = self.cluster_with(*faults)

        def get(options, data):
            return self.run_mtpipe("get", cluster.link("a_film.mkv"), "-o", self.out / f"x{len(options)}", *options,
                                   cluster=cluster, limit=PATIENCE, data=data)

        logins = (None, *self.logins(1, cluster))
        with concurrent.futures.ThreadPoolExecutor() as both:
            ended = list(both.map(get, ((), ("--mp4",)), logins))
        # A lost answer that the server sends again is right: a plain download keeps its bytes to go on from.
        kept = ("x0.part", "x0.part.state") if (self.out / "x0.part").exists() else ()
        for done in ended:
            self.fails(done, 1, *words, left=kept)

    def test_a_server_that_closes_once(self):
        self.heals("close@getFile:2")

    def test_a_server_that_always_closes(self):
        self.never_heals("close@getFile" + ALWAYS)

    def test_a_server_that_promises_more_than_it_sends(self):
        self.never_heals("wrong-length@getFile" + ALWAYS)

    def test_parts_that_are_too_short(self):
        self.never_heals("short-part@getFile" + ALWAYS, words=["wrong length"])

    def test_parts_that_are_too_long(self):
        self.never_heals("long-part@getFile" + ALWAYS, words=["wrong length"])

    def test_a_packet_with_a_wrong_msg_key(self):
        self.never_heals("wrong-msg-key@getFile" + ALWAYS)

    def test_one_packet_with_a_wrong_msg_key(self):
        self.heals("wrong-msg-key@getFile:3")

    def test_an_expired_file_reference(self):
        self.heals("expired-reference@getFile:2")

    def test_a_flood_wait(self):
        self.heals("flood-wait=1@getFile:2")

    def test_an_internal_error(self):
        self.heals("internal@getFile:2")


class BadHandshake(CliTest):
    def login(self, *faults):
        cluster = self.start_cluster(*(word for fault in faults for word in ("--fault", fault)))
        return self.run_mtpipe("login", "--bot", "-", stdin="1:x", cluster=cluster, data=self.home / "other")

    def test_a_nonce_that_does_not_match(self):
        for step in ("req_pq_multi", "req_DH_params", "set_client_DH_params"):
            self.fails(self.login(f"wrong-nonce@{step}" + ALWAYS), 1, "key exchange")

    def test_a_wrong_hash_in_the_key_exchange(self):
        self.fails(self.login("wrong-hash@req_DH_params" + ALWAYS), 1, "key exchange")

    def test_a_key_that_nobody_has(self):
        self.fails(self.login("wrong-fingerprint@req_pq_multi" + ALWAYS), 1, "RSA key")

    def test_a_server_that_closes_at_once(self):
        self.fails(self.login("close@connect" + ALWAYS), 1)

    def test_a_server_that_closes_in_mid_exchange(self):
        self.fails(self.login("close@req_DH_params" + ALWAYS), 1)


if __name__ == "__main__":
    main()
