# The program was compiled and linked as mtproto/cmake/MtprotoHardening.cmake says: hardening.py PROGRAM CONFIG
import re
import subprocess
import sys


def read(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=100).stdout


def check(headers, dynamic, symbols, entry, machine, optimized):
    """What is missing. The first four are what readelf prints of the program, and objdump of its `main`."""
    found = []
    if not re.search(r"Type:\s+DYN", headers):
        found.append("not position-independent (PIE)")
    if "GNU_RELRO" not in headers:
        found.append("no RELRO: relocated tables stay writable")
    if not re.search(r"\(FLAGS(_1)?\).*NOW|\(BIND_NOW\)", dynamic):
        found.append("not bound at start (-z now): the table of calls stays writable")
    if re.search(r"GNU_STACK\s+(\S+\s+){5}RWE", headers):
        found.append("the stack can be executed")
    if "__stack_chk_fail" not in symbols:
        found.append("no stack protector")
    if "__glibcxx_assert_fail" not in symbols:
        found.append("no assertions of the standard library (_GLIBCXX_ASSERTIONS)")
    if optimized and not re.search(r"__(memcpy|read|snprintf|vsnprintf|fread|memmove|memset)_chk", symbols):
        found.append("no fortified call (_FORTIFY_SOURCE)")
    if machine == "x86-64" and "endbr64" not in entry:
        found.append("no landing mark in main (-fcf-protection)")
    return found


def main():
    program, config = sys.argv[1:]
    headers = read("readelf", "-W", "-h", "-l", program)
    machine = "x86-64" if "X86-64" in headers else "other"
    found = check(headers, read("readelf", "-W", "-d", program), read("readelf", "-W", "--dyn-syms", program),
                  read("objdump", "-d", "--disassemble=main", program), machine, config != "Debug")
    for each in found:
        print(f"{program}: {each}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
