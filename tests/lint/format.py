# Every C++ file is as clang-format 14 with the project's .clang-format leaves it.
import re
import shutil
import subprocess
import sys

import tree

SKIPPED = 77
VERSION = "14"  # other versions format some constructs differently


def main():
    program = shutil.which(f"clang-format-{VERSION}") or shutil.which("clang-format")
    version = ""
    if program:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30).stdout
    if not re.search(rf"version {VERSION}\.", version):
        print(f"skipped: clang-format {VERSION} is not installed")
        return SKIPPED
    paths = tree.files(".cpp", ".hpp")
    done = subprocess.run([program, "--dry-run", "--Werror", "--ferror-limit=1", *paths], cwd=tree.ROOT,
                          capture_output=True, text=True, timeout=300)
    wrong = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "error:" in line})
    return tree.report("formatting", [f"{path}: run clang-format -i" for path in wrong])


if __name__ == "__main__":
    sys.exit(main())
