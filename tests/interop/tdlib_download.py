# TDLib signs in to a local cluster, resolves its channel and downloads from foreign data centres.
# Arguments: the server, the preloaded library that leads its connections there, `plain` or `pfs`, and the password.
import ctypes
import glob
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time

from cluster import cluster, end_with_parent, skip

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = os.path.join(HERE, "node_modules", "@prebuilt-tdlib")
VERSION = "1.8.62"
TIMEOUT_SECONDS = 170
PEM_BEGIN, PEM_END = b"-----BEGIN RSA PUBLIC KEY-----", b"-----END RSA PUBLIC KEY-----"
KEYS_OF_TELEGRAM = 2  # its data centres' main and test keys; another one, of a line break more, is a proxy's


def library():
    found = glob.glob(os.path.join(PACKAGES, "linux-*-glibc", "libtdjson.so"))
    if not found:
        skip(f"TDLib is not installed (npm ci in tests/interop; it exists for x64, this is {platform.machine()})")
    return found[0]


def write_with_key(source, target, pem):
    """A copy of TDLib that trusts this RSA key and no other."""
    with open(source, "rb") as file:
        data = bytearray(file.read())
    pem = pem.strip().encode()
    places, at = [], data.find(PEM_BEGIN)
    while at >= 0:
        end = data.find(PEM_END, at) + len(PEM_END)
        if end - at == len(pem) and data[end] == 0:
            places.append(at)
        at = data.find(PEM_BEGIN, end)
    assert len(places) == KEYS_OF_TELEGRAM, places
    for place in places:
        data[place:place + len(pem)] = pem
    with open(target, "wb") as file:
        file.write(data)


class Client:
    """TDLib over its JSON interface: one request at a time."""

    def __init__(self, path):
        self.tdlib = ctypes.CDLL(path)
        self.tdlib.td_receive.restype = self.tdlib.td_execute.restype = ctypes.c_char_p
        self.tdlib.td_receive.argtypes = [ctypes.c_double]
        self.tdlib.td_execute.argtypes = [ctypes.c_char_p]
        self.tdlib.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        level = int(os.environ.get("TDLIB_LOG", "1"))
        self.tdlib.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": level}).encode())
        self.id = self.tdlib.td_create_client_id()
        self.state = None
        self.asked = 0
        self.deadline = time.monotonic() + TIMEOUT_SECONDS

    def send(self, kind, **members):
        self.asked += 1
        request = {"@type": kind, "@extra": self.asked, **members}
        self.tdlib.td_send(self.id, json.dumps(request).encode())
        return self.asked

    def receive(self):
        received = self.tdlib.td_receive(1.0)
        if time.monotonic() > self.deadline:
            raise TimeoutError(f"TDLib stands still in {self.state}")
        message = json.loads(received) if received else {"@type": "nothing"}
        if message["@type"] == "updateAuthorizationState":
            self.state = message["authorization_state"]["@type"].removeprefix("authorizationState")
            print("state:", self.state)
        return message

    def call(self, kind, **members):
        """The answer, an error too."""
        number = self.send(kind, **members)
        while True:
            message = self.receive()
            if message.get("@extra") == number:
                return message

    def must(self, kind, **members):
        answer = self.call(kind, **members)
        if answer["@type"] == "error":
            raise RuntimeError(f"{kind}: {answer['code']} {answer['message']}")
        return answer

    def until(self, *states):
        while self.state not in states:
            self.receive()
        return self.state


def set_up(client, folder, pfs):
    version = client.must("getOption", name="version")
    assert version["value"] == VERSION, version
    client.until("WaitTdlibParameters")
    # It answers when it has its parameters.
    client.send("setOption", name="use_pfs", value={"@type": "optionValueBoolean", "value": pfs})
    client.must("setTdlibParameters", database_directory=os.path.join(folder, "tdlib"),
                files_directory=os.path.join(folder, "files"), use_file_database=False, use_chat_info_database=False,
                use_message_database=False, api_id=1, api_hash="0" * 32, system_language_code="en",
                device_model="test", system_version="1", application_version="1")
    used = client.must("getOption", name="use_pfs")
    assert used["value"] is pfs, used


def sign_in(client, info):
    client.until("WaitPhoneNumber")
    client.must("setAuthenticationPhoneNumber", phone_number="+15550102")
    client.until("WaitCode")
    wrong = client.call("checkAuthenticationCode", code="0" * len(info["login_code"]))
    assert wrong["@type"] == "error" and wrong["message"] == "PHONE_CODE_INVALID", wrong
    client.must("checkAuthenticationCode", code=info["login_code"])
    if client.until("Ready", "WaitPassword") == "WaitPassword":
        wrong = client.call("checkAuthenticationPassword", password=info["password"] + "!")
        assert wrong["message"] == "PASSWORD_HASH_INVALID", wrong
        client.must("checkAuthenticationPassword", password=info["password"])
    client.until("Ready")


def downloaded(client, file_id):
    """The digest of what TDLib puts into its folder."""
    file = client.must("downloadFile", file_id=file_id, priority=32, offset=0, limit=0, synchronous=True)
    assert file["local"]["is_downloading_completed"], file
    with open(file["local"]["path"], "rb") as data:
        digest = hashlib.sha256(data.read()).hexdigest()
    client.must("deleteFile", file_id=file_id)
    return digest


def run(info, path, folder, kind):
    client = Client(path)
    set_up(client, folder, kind == "pfs")
    sign_in(client, info)
    me = client.must("getMe")
    assert me["phone_number"] == "15550102", me
    chat = client.must("searchPublicChat", username=info["channel"])
    nobody = client.call("searchPublicChat", username="nobody_is_here")
    assert nobody["@type"] == "error", nobody
    # It knows no FILE_MIGRATE: it goes where the document says, with a login that it takes there. The cluster's CDN serves
    # it, too.
    assert any(message["dc"] != info["home_dc"] for message in info["messages"])
    for expected in info["messages"]:
        message = client.must("getMessage", chat_id=chat["id"], message_id=expected["id"] << 20)
        name = "video" if message["content"]["@type"] == "messageVideo" else "document"
        file = message["content"][name][name]
        assert file["size"] == expected["size"], message
        assert downloaded(client, file["id"]) == expected["sha256"], expected
        print("downloaded", expected["name"], "from DC", expected["dc"])
    client.must("close")
    client.until("Closed")


def main():
    server, shim, kind = sys.argv[1:4]
    password = sys.argv[4] if len(sys.argv) > 4 else ""
    source = library()
    with cluster(server, password) as info, tempfile.TemporaryDirectory(dir=os.path.dirname(shim)) as folder:
        path = os.path.join(folder, "libtdjson.so")
        write_with_key(source, path, info["rsa_public_key_pem"])
        ports = ",".join(f"{dc['id']}:{dc['port']}" for dc in info["dcs"])
        environment = {**os.environ, "LD_PRELOAD": shim, "TDLIB_PORTS": ports}
        command = [sys.executable, os.path.abspath(__file__), "--client", info["path"], path, folder, kind]
        done = subprocess.run(command, timeout=TIMEOUT_SECONDS + 10, env=environment, preexec_fn=end_with_parent)
    sys.exit(done.returncode)


if __name__ == "__main__":
    if sys.argv[1] == "--client":
        with open(sys.argv[2]) as told:
            run(json.load(told), *sys.argv[3:6])
        print("passed")
    else:
        main()
