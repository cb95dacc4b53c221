# Runs the script of a client from npm against a cluster of its own.
import os
import shutil
import subprocess
import sys

from cluster import cluster, skip

TIMEOUT_SECONDS = 170


def main():
    server, script, kind = sys.argv[1:4]
    more = sys.argv[4] if len(sys.argv) > 4 else ""
    password, secret = ("", more) if kind == "mtproxy" else (more, "")
    node = shutil.which("node")
    if node is None:
        skip("node is not installed")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), script)
    with cluster(server, password, secret) as info:
        certificate = os.path.join(os.path.dirname(info["path"]), "certificate.pem")
        with open(certificate, "w") as out:
            out.write(info["websocket_certificate"])
        environment = {**os.environ, "NODE_EXTRA_CA_CERTS": certificate} if info["websocket_certificate"] else None
        done = subprocess.run([node, script, info["path"], kind], timeout=TIMEOUT_SECONDS, env=environment)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
