# Writes sessions as other clients do, by the facts of their formats and by libraries that are not ours.
import base64
import hashlib
import hmac
import ipaddress
import json
import os
import pathlib
import sqlite3
import struct
import sys
import zlib

import pyaes
from telethon.crypto import AES as telethon_aes


def key_of(number):
    """256 bytes that look like a key, another for each number; a zero byte and runs of them are among them."""
    key = bytearray(b"".join(hashlib.sha256(b"%d %d" % (number, i)).digest() for i in range(8)))
    key[17], key[40:44] = 0, bytes(4)
    return bytes(key)


def key_sha256(key):
    return hashlib.sha256(key).hexdigest()


# Strings

def telethon_string(dc, host, port, key):
    return "1" + base64.urlsafe_b64encode(struct.pack(">B", dc) + ipaddress.ip_address(host).packed +
                                          struct.pack(">H", port) + key).decode()


def gramjs_string(dc, host, port, key):
    return "1" + base64.b64encode(struct.pack(">BH", dc, len(host)) + host.encode() + struct.pack(">H", port) + key).decode()


def pyrogram_string(dc, key, user, bot=False, test=False, form=">BI?256sQ?", api_id=17349):
    values = (dc, api_id, test, key, user, bot) if "BI?" in form else (dc, test, key, user, bot)
    return base64.urlsafe_b64encode(struct.pack(form, *values)).decode().rstrip("=")


def tl_bytes(data):
    head = bytes([len(data)]) if len(data) < 254 else b"\xfe" + len(data).to_bytes(3, "little")
    return head + data + bytes(-(len(head) + len(data)) % 4)


def mtcute_string(version, dc, host, port, key, user=None, bot=False, test=False, media=False):
    def option(only_media):
        if version < 3:
            return struct.pack("<Iii", 0x18b7a10d, 2 if only_media else 0, dc) + tl_bytes(host.encode()) + struct.pack("<i", port)
        flags = (1 if ":" in host else 0) | (2 if only_media else 0) | (4 if test else 0)
        return tl_bytes(bytes([2, dc, flags]) + tl_bytes(host.encode()) + struct.pack("<i", port))
    flags = (1 if user is not None else 0) | (2 if test and version < 3 else 0) | (4 if media else 0)
    made = struct.pack("<Bi", version, flags) + option(False) + (option(True) if media else b"")
    if user is not None:
        made += struct.pack("<qI", user, 0x997275b5 if bot else 0xbc799737)
    return base64.urlsafe_b64encode(made + tl_bytes(key)).decode().rstrip("=")


def zeros_counted(data):
    made, i = bytearray(), 0
    while i < len(data):
        made.append(data[i])
        if data[i] == 0:
            run = i
            while i < len(data) and data[i] == 0 and i - run < 250:
                i += 1
            made.append(i - run)
        else:
            i += 1
    return bytes(made)


def mtkruto_string(dc, key, test=False):
    name = f"{dc}-test" if test else str(dc)
    return base64.urlsafe_b64encode(zeros_counted(tl_bytes(name.encode()) + tl_bytes(key))).decode().rstrip("=")


# JSON

def gotd(dc, address, key, salt=10, version=1, test=False):
    id = hashlib.sha1(key).digest()[12:20]
    return json.dumps({"Version": version, "Data": {
        "Config": {"BlockedMode": False, "TestMode": test, "ThisDC": dc, "DCOptions": None}, "DC": dc, "Addr": address,
        "AuthKey": base64.b64encode(key).decode(), "AuthKeyID": base64.b64encode(id).decode(), "Salt": salt}})


def tdl(sessions):
    encoded = {name: base64.b64encode(text.encode()).decode() for name, text in sessions.items()}
    return json.dumps({name: {"app": base64.b64encode(b"desktop").decode(), "session": text}
                       for name, text in encoded.items()})


def bolt(sessions, page_size=4096):
    """A bbolt database: two heads, a list of free pages, and a leaf with a bucket for each namespace."""
    def leaf(number, entries):
        head = struct.pack("<QHHI", number, 2, len(entries), 0)
        elements, data, at = b"", b"", len(entries) * 16
        for i, (flags, key, value) in enumerate(entries):
            elements += struct.pack("<IIII", flags, at + len(data) - i * 16, len(key), len(value))
            data += key + value
        return head + elements + data

    def meta(number, transaction):
        body = struct.pack("<IIIIQQQQQ", 0xed0cdaed, 2, page_size, 0, 3, 0, 2, 4 + len(sessions), transaction)
        checksum = 0xcbf29ce484222325
        for each in body:
            checksum = (checksum ^ each) * 0x100000001b3 & (1 << 64) - 1
        return struct.pack("<QHHI", number, 4, 0, 0) + body + struct.pack("<Q", checksum)

    pages = [meta(0, 1), meta(1, 2), struct.pack("<QHHI", 2, 16, 0, 0)]
    buckets, later = [], []
    for i, (name, text) in enumerate(sorted(sessions.items())):
        entries = [(0, b"app", b"desktop"), (0, b"session", text.encode())]
        if i % 2 == 0:  # a small bucket stands in its parent
            buckets.append((1, name.encode(), struct.pack("<QQ", 0, 0) + leaf(0, entries)))
        else:
            later.append(leaf(4 + len(later), entries))
            buckets.append((1, name.encode(), struct.pack("<QQ", 3 + len(later), 0)))
    pages += [leaf(3, buckets), *later]
    return b"".join(page + bytes(page_size - len(page)) for page in pages)


def gramjs_folder(folder, dc, host, port, key, name="my-session"):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    (folder / f"{name}%3AauthKey").write_text(json.dumps({"type": "Buffer", "data": list(key)}))
    (folder / f"{name}%3AdcId").write_text(json.dumps(dc))
    (folder / f"{name}%3Aport").write_text(json.dumps(port))
    (folder / f"{name}%3AserverAddress").write_text(json.dumps(host))


# TDLib

def binlog_event(id, type, data, flags=0):
    data += bytes(-len(data) % 4)
    head = struct.pack("<IQiiQ", 32 + len(data), id, type, flags, 0) + data
    return head + struct.pack("<I", zlib.crc32(head))


def auth_value(key, flags=5):
    id = hashlib.sha1(key).digest()[12:20]
    return id + struct.pack("<I", flags) + tl_bytes(key) + struct.pack("<d", 1700000000.0)


def pair(id, key, value, flags=0):
    return binlog_event(id, 0x4327, tl_bytes(key.encode()) + tl_bytes(value), flags)


def encrypted_binlog(events, database_key=b"", password=False):
    rounds = 60002 if password else 2
    salt, iv = bytes(range(32)), bytes(range(100, 116))
    key = hashlib.pbkdf2_hmac("sha256", database_key or b"cucumber", salt, rounds, 32)
    proof = hmac.new(key, b"cucumbers everywhere", "sha256").digest()
    head = binlog_event(0, -3, struct.pack("<i", 0) + tl_bytes(salt) + tl_bytes(iv) + tl_bytes(proof))
    counter = pyaes.Counter(int.from_bytes(iv, "big"))
    return head + pyaes.AESModeOfOperationCTR(key, counter=counter).encrypt(events)


def binlog(dc, key, user=None, bot=False, others=(), history=True, **encryption):
    events = b"" if not history else pair(1, "main_dc_id", b"5") + pair(2, f"auth{dc}", auth_value(key_of(999))) + pair(9, "gone", b"1")
    events += pair(1, "main_dc_id", str(dc).encode(), 1) + pair(2, f"auth{dc}", auth_value(key), 1)
    events += binlog_event(9, -2, b"")
    for i, (other, its_key) in enumerate(others):
        events += pair(20 + i, f"auth{other}", auth_value(its_key))
    if user is not None:
        events += pair(5, "my_id", str(user).encode()) + pair(6, "auth", b"ok")
        events += pair(7, "auth_is_bot", b"true") if bot else b""
    return encrypted_binlog(events, **encryption)


# Telegram Desktop

def tdf(body, version=5008003):
    stamp = struct.pack("<i", version)
    sum = hashlib.md5(body + struct.pack("<I", len(body)) + stamp + b"TDF$").digest()
    return b"TDF$" + stamp + body + sum


def qt(data):
    return struct.pack(">I", len(data)) + data


def encrypt_local(data, key):
    plain = struct.pack("<I", 4 + len(data)) + data
    plain += bytes(-len(plain) % 16)
    mark = hashlib.sha1(plain).digest()[:16]
    sha = lambda *parts: hashlib.sha1(b"".join(parts)).digest()
    a, b = sha(mark, key[8:40]), sha(key[40:56], mark, key[56:72])
    c, d = sha(key[72:104], mark), sha(mark, key[104:136])
    return mark + telethon_aes.encrypt_ige(plain, a[:8] + b[8:20] + c[4:16], a[8:20] + b[:8] + c[16:20] + d[:8])


def passcode_key(passcode, salt, old):
    if old:
        return hashlib.pbkdf2_hmac("sha1", passcode, salt, 4000 if passcode else 4, 256)
    hash = hashlib.sha512(salt + passcode + salt).digest()
    return hashlib.pbkdf2_hmac("sha512", hash, salt, 100000 if passcode else 1, 256)


def tdata_name(name):
    return "".join(c[::-1] for c in (f"{b:02X}" for b in hashlib.md5(name.encode()).digest()[:8]))


def tdata(folder, accounts, passcode="", old=False, order=None, name="data"):
    """`accounts`: (number, user, home, {dc: key}, test)."""
    folder, local, salt = pathlib.Path(folder), key_of(77), bytes(range(32))
    folder.mkdir(exist_ok=True)
    order = order if order is not None else [number for number, *_ in accounts]
    info = struct.pack(f">i{len(order)}ii", len(order), *order, order[0])
    under = passcode_key(passcode.encode(), salt, old)
    (folder / f"key_{name}s").write_bytes(tdf(qt(salt) + qt(encrypt_local(local, under)) + qt(encrypt_local(info, local))))
    for number, user, home, keys, test in accounts:
        block = struct.pack(">iiqii", -1, -1, user, home, len(keys))
        block += b"".join(struct.pack(">i", dc) + key for dc, key in keys.items()) + struct.pack(">i", 0)
        file = tdata_name(name if number == 0 else f"{name}#{number + 1}")
        (folder / f"{file}s").write_bytes(tdf(qt(encrypt_local(struct.pack(">i", 0x4b) + qt(block), local))))
        (folder / file).mkdir(exist_ok=True)
        (folder / file / "configs").write_bytes(tdf(qt(encrypt_local(qt(struct.pack(">ii", 1, int(test))), local))))


def old_tdata(folder, user, home, keys, passcode=""):
    """Before there were several accounts."""
    folder, local, salt = pathlib.Path(folder), key_of(78), bytes(range(32))
    file = tdata_name("data")
    (folder / file).mkdir(parents=True, exist_ok=True)
    under = passcode_key(passcode.encode(), salt, True)
    (folder / file / "map1").write_bytes(tdf(qt(salt) + qt(encrypt_local(local, under)) + qt(encrypt_local(b"", local)), 1009000))
    block = struct.pack(">iii", user, home, len(keys)) + b"".join(struct.pack(">i", d) + k for d, k in keys.items())
    block += struct.pack(">i", 0)
    (folder / f"{file}1").write_bytes(tdf(qt(encrypt_local(struct.pack(">i", 0x4b) + qt(block), local)), 1009000))


# SQLite

def database(path, *statements, page_size=512):
    made = sqlite3.connect(path)
    made.execute(f"PRAGMA page_size = {page_size}")
    for each in statements:
        made.execute(*(each if isinstance(each, tuple) else (each,)))
    made.commit()
    return made


def telethon_file(path, dc, host, port, key, version=7, others=(), peers=()):
    more = ", takeout_id integer" if version >= 5 else ""
    more += ", tmp_auth_key blob" if version >= 8 else ""
    row = lambda *values: ("INSERT INTO sessions VALUES (?, ?, ?, ?" + ", NULL" * more.count(",") + ")", values)
    date = ", date integer" if version >= 7 else ""
    database(path, "CREATE TABLE version (version integer primary key)", ("INSERT INTO version VALUES (?)", (version,)),
             f"CREATE TABLE sessions (dc_id integer primary key, server_address text, port integer, auth_key blob{more})",
             f"CREATE TABLE entities (id integer primary key, hash integer not null, username text, phone integer, name text{date})",
             row(dc, host, port, key), *(row(*other) for other in others),
             *(("INSERT INTO entities (id, hash, username) VALUES (?, ?, ?)", peer) for peer in peers)).close()


def telethon_2_file(path, dc, host, port, key, user, bot=False):
    database(path, "CREATE TABLE version (version integer)", "INSERT INTO version VALUES (8)",
             "CREATE TABLE datacenter (id integer primary key, ipv4 text, ipv6 text, port integer, auth blob)",
             "CREATE TABLE session (user_id integer primary key, dc_id integer, bot integer, pts integer, qts integer,"
             " date integer, seq integer, takeout_id integer)",
             "CREATE TABLE channel (channel_id integer primary key, pts integer)",
             "CREATE TABLE entity (id integer primary key, hash integer, ty integer)",
             ("INSERT INTO datacenter VALUES (?, ?, '', ?, ?)", (dc, host, port, key)),
             ("INSERT INTO session VALUES (?, ?, ?, 0, 0, 0, 0, NULL)", (user, dc, int(bot))),
             "INSERT INTO entity VALUES (55, 66, 67)").close()


PYROGRAM = {
    # columns of `sessions` in their order, by who wrote the file
    1: ("dc_id", "test_mode", "auth_key", "date", "user_id", "is_bot"),
    3: ("dc_id", "api_id", "test_mode", "auth_key", "date", "user_id", "is_bot"),
    "upgraded to 3": ("dc_id", "test_mode", "auth_key", "date", "user_id", "is_bot", "api_id"),
    "kurigram 7": ("dc_id", "server_address", "port", "api_id", "test_mode", "auth_key", "date", "user_id", "is_bot"),
    "upgraded to 7": ("dc_id", "api_id", "test_mode", "auth_key", "date", "user_id", "is_bot", "server_address", "port"),
}


def pyrogram_file(path, dc, key, user, bot=False, test=False, columns=3, peers=(), names="", wal=False):
    names_of = PYROGRAM[columns]
    values = {"dc_id": dc, "test_mode": test, "auth_key": key, "date": 0, "user_id": user, "is_bot": bot, "api_id": 4321,
              "server_address": "149.154.167.51", "port": 443}
    tables = {"": (), "kurigram": ("CREATE TABLE usernames (id INTEGER, username TEXT)",),
              "pyrofork": ("CREATE TABLE usernames (id TEXT PRIMARY KEY, peer_id INTEGER, last_update_on INTEGER)",)}[names]
    rows = []
    for id, hash, kind, name in peers:
        rows.append(("INSERT INTO peers VALUES (?, ?, ?, ?)", (id, hash, kind, name if not names else None)))
        if names == "kurigram":
            rows.append(("INSERT INTO usernames VALUES (?, ?)", (id, name)))
        elif names == "pyrofork":
            rows.append(("INSERT INTO usernames VALUES (?, ?, 0)", (name, id)))
    made = database(path, "CREATE TABLE version (number INTEGER PRIMARY KEY)", "INSERT INTO version VALUES (3)",
                    f"CREATE TABLE sessions ({', '.join(names_of)})",
                    "CREATE TABLE peers (id INTEGER PRIMARY KEY, access_hash INTEGER, type TEXT, username TEXT)", *tables)
    if wal:
        made.execute("PRAGMA journal_mode = wal")
    with made:
        made.execute(f"INSERT INTO sessions VALUES ({', '.join('?' * len(names_of))})", [values[n] for n in names_of])
        for row in rows:
            made.execute(*row)
    return made


def grammers_file(path, dc, host, port, key, user=None, bot=False):
    database(path, "PRAGMA user_version = 1", "CREATE TABLE dc_home (dc_id INTEGER NOT NULL, PRIMARY KEY(dc_id))",
             "CREATE TABLE dc_option (dc_id INTEGER NOT NULL, ipv4 TEXT NOT NULL, ipv6 TEXT NOT NULL, auth_key BLOB,"
             " PRIMARY KEY (dc_id))",
             "CREATE TABLE peer_info (peer_id INTEGER NOT NULL, hash INTEGER, subtype INTEGER, PRIMARY KEY (peer_id))",
             ("INSERT INTO dc_home VALUES (?)", (dc,)),
             ("INSERT INTO dc_option VALUES (?, ?, '[::1]:443', ?)", (dc, f"{host}:{port}", key)),
             ("INSERT INTO dc_option VALUES (?, '1.2.3.4:443', '[::1]:443', NULL)", (dc + 1,)),
             *([("INSERT INTO peer_info VALUES (?, 5, ?)", (user, 3 if bot else 1))] if user else [])).close()


def seeds(folder):
    """For tests/fuzz/corpus/foreign_session."""
    folder, key = pathlib.Path(folder), key_of(1)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "telethon-4": telethon_string(2, "149.154.167.51", 443, key), "telethon-6": telethon_string(2, "2001:67c:4e8:f002::a", 443, key),
        "gramjs": gramjs_string(2, "venus.web.telegram.org", 443, key), "pyrogram-2": pyrogram_string(2, key, 5_000_000_001),
        "pyrogram-64": pyrogram_string(2, key, 5_000_000_001, form=">B?256sQ?"),
        "pyrogram-32": pyrogram_string(2, key, 777_000, form=">B?256sI?"), "mtkruto": mtkruto_string(2, key, test=True),
        "gotd.json": gotd(2, "149.154.167.51:443", key), "tdl.json": tdl({"default": gotd(2, "149.154.167.51:443", key)}),
        **{f"mtcute-{v}": mtcute_string(v, 2, "149.154.167.51", 443, key, user=12345, media=v > 1) for v in (1, 2, 3)}}
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "bolt").write_bytes(bolt({"default": gotd(2, "149.154.167.51:443", key)}, page_size=1024))
    (folder / "binlog").write_bytes(binlog(2, key, user=12345, history=False))
    # What stands behind ciphers and checksums, which the fuzzer puts around it.
    block = struct.pack(">iiqiii", -1, -1, 1111, 2, 1, 2) + key + struct.pack(">i", 0)
    (folder / "part-tdata").write_bytes(struct.pack(">i", 0x4b) + qt(block))
    pairs = (b"main_dc_id", b"2"), (b"auth2", auth_value(key)), (b"my_id", b"12345"), (b"auth_is_bot", b"true")
    events = [tl_bytes(name) + tl_bytes(value) for name, value in pairs]
    (folder / "part-log").write_bytes(b"".join(struct.pack("<BBH", i, 1, len(e)) + e for i, e in enumerate(events)))
    for name, write in {"telethon": lambda p: telethon_file(p, 2, "149.154.167.51", 443, key, peers=[(5, 6, "name")]),
                        "pyrogram": lambda p: pyrogram_file(p, 2, key, 12345, peers=[(5, 6, "user", "name")]).close(),
                        "grammers": lambda p: grammers_file(p, 2, "149.154.167.51", 443, key, user=5)}.items():
        path = folder / f"{name}.sqlite"
        path.unlink(missing_ok=True)
        write(path)


if __name__ == "__main__":
    seeds(sys.argv[1])
