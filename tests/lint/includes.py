# Holds every #include of the library and the programs against the tables of docs/architecture.md.
import fnmatch
import re
import sys

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.M)
# Generated headers, which no file of the tree stands for.
GENERATED = {"tl_api": ("tl_api*.hpp", "tl_api/*"), "tl_mtproto": ("tl_mtproto*.hpp", "tl_mtproto/*"),
             "tl_older": ("tl_older*.hpp", "tl_older/*")}
# Headers of other libraries that only these rooms may see, and why.
FOREIGN = [
    (re.compile(r"^boost/asio\.hpp$"), set(), "costs every file 2.4 s: include narrow headers"),
    (re.compile(r"^boost/asio/ssl"), {"tls", "websocket", "store_redis"}, "TLS belongs to tls and who makes contexts for it"),
    (re.compile(r"^boost/asio/"), None, "Asio starts at the room io"),
    (re.compile(r"^lib(av\w+|sw\w+)/"), {"remux"}, "libav belongs to remux"),
    (re.compile(r"^(CLI|fmt)/"), set(), "CLI11 and fmt are for programs"),
    (re.compile(r"^boost/beast/"), {"websocket"}, "WebSockets belong to websocket"),
    (re.compile(r"^hiredis/"), {"store_redis"}, "hiredis belongs to store_redis"),
    (re.compile(r"^zlib\.h$"), {"tl"}, "gzip belongs to tl"),
    (re.compile(r"^sqlite3"), {"foreign", "store_sqlite"}, "SQLite belongs to foreign and store_sqlite"),
    (re.compile(r"^boost/json"), {"foreign"}, "the library reads JSON in foreign sessions alone"),
]


def rows(markdown, first_cell):
    """The rows of the table whose header begins with `first_cell`, as lists of cells."""
    found, inside = [], False
    for line in markdown.splitlines():
        cells = [c.strip() for c in line.strip().strip("|").split("|")] if line.startswith("|") else None
        if cells is None:
            inside = False
        elif " | ".join(cells) == first_cell:
            inside = True
        elif inside and set("".join(cells)) - set("-: "):
            found.append(cells)
    return found


def names(cell):
    return [n.strip().strip("`") for n in cell.split(",") if n.strip().strip("`") != "nothing"]


class Rooms:
    """The tables: which room may include which, and the lowest room that each public header is for."""

    def __init__(self, markdown):
        self.uses = {}
        for rooms, uses, _ in rows(markdown, "room | may include | its job"):
            for room in names(rooms):
                self.uses[room] = set(names(uses))
        self.public = []
        for headers, room in rows(markdown, "public header | room"):
            self.public += [(pattern, room.strip("`")) for pattern in names(headers)]

    def closure(self, room):
        todo, done = [room], set()
        while todo:
            here = todo.pop()
            if here not in done:
                done.add(here)
                todo += self.uses.get(here, ())
        return done

    def of_public(self, path):
        """`path` as it is included, behind mtproto/."""
        for room, patterns in GENERATED.items():
            if any(fnmatch.fnmatch(path, p) for p in patterns):
                return room
        for pattern, room in self.public:
            if fnmatch.fnmatch(path, pattern):
                return room
        return None

    def has_asio(self, room):
        return "io" in self.closure(room) or room == "io"


def check(rooms, path, text):
    """What is wrong with the includes of one file."""
    parts = path.split("/")
    if path.startswith("mtproto/src/"):
        room = parts[2]
        if room not in rooms.uses:
            return [f"{path}:1: the room `{room}` is not in the table of docs/architecture.md"]
    elif path.startswith("mtproto/include/mtproto/"):
        room = rooms.of_public("/".join(parts[3:]))
        if room is None:
            return [f"{path}:1: this public header is not in the table of docs/architecture.md"]
    else:
        room = None  # a program: the public headers only
    allowed = rooms.closure(room) if room else None
    found = []
    code = re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)
    for match in INCLUDE.finditer(code):
        angle, quoted = match.groups()
        where = f"{path}:{tree.line_of(code, match.start())}"
        if quoted is not None:
            if room is None:
                if quoted.split("/")[0] in rooms.uses:
                    found.append(f'{where}: a program includes "{quoted}", which is private to the library')
                continue
            if path.startswith("mtproto/include/"):
                found.append(f'{where}: a public header includes "{quoted}", which is not installed')
                continue
            target = quoted.split("/")[0]
            if "/" not in quoted or target not in rooms.uses:
                found.append(f'{where}: "{quoted}" names no room; write "room/file.hpp"')
            elif target not in allowed:
                found.append(f'{where}: {room} may not include "{quoted}" of {target}')
        elif angle.startswith("mtproto/"):
            target = rooms.of_public(angle[len("mtproto/"):])
            if target is None:
                found.append(f"{where}: <{angle}> is not in the table of docs/architecture.md")
            elif room and target not in allowed:
                found.append(f"{where}: {room} may not include <{angle}> of {target}")
        elif room:
            for pattern, only, why in FOREIGN:
                if pattern.search(angle):
                    fine = rooms.has_asio(room) if only is None else room in only
                    if not fine:
                        found.append(f"{where}: {room} may not include <{angle}>: {why}")
                    break
    return found


def main():
    rooms = Rooms(tree.read("docs/architecture.md"))
    found = []
    if "base" not in rooms.uses or not rooms.public:
        found.append("docs/architecture.md: the tables `room | may include` and `public header | room` are not there")
    for under in ("mtproto/", "examples/"):
        for path in tree.files(".cpp", ".hpp", under=under):
            found += check(rooms, path, tree.read(path))
    return tree.report("includes against the table of rooms", found)


if __name__ == "__main__":
    sys.exit(main())
