# Installs the library into an empty prefix, builds the consumer project and the examples against it, and runs some.
import argparse
import os
import pathlib
import shutil
import subprocess
import sys


def run(*command, timeout=600):
    print("+", " ".join(map(str, command)), flush=True)
    subprocess.run([str(c) for c in command], check=True, timeout=timeout)


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "config", "work", "compiler", "launcher", "flags", "generator"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--examples", help="the folder of the examples, to build them, too")
    parser.add_argument("options", nargs="*", help="further options of the consumer's configuration, as NAME=VALUE")
    given = parser.parse_args()
    here = pathlib.Path(__file__).resolve().parent
    work = pathlib.Path(given.work)
    prefix, build, films = work / "prefix", work / "consumer", work / "films"
    for old in (prefix, build, films):
        shutil.rmtree(old, ignore_errors=True)
    films.mkdir(parents=True)
    (films / "film.mkv").write_bytes(os.urandom(5000))

    run("cmake", "--install", given.build, "--config", given.config, "--prefix", prefix)
    private = [p for p in (prefix / "include").rglob("*") if p.suffix in (".cpp", ".ipp") or "older" in p.name]
    assert not private, f"private files are installed: {private}"
    assert not (prefix / "include" / "base").exists(), "private rooms are installed"
    for notice in ("LICENSE", "NOTICE", "LICENSE.mtcute"):
        assert (prefix / "share" / "doc" / "mtproto" / notice).is_file(), f"{notice} is not installed"
    run("cmake", "-S", here / "consumer", "-B", build, "-G", given.generator, f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={given.compiler}", f"-DCMAKE_CXX_FLAGS={given.flags}",
        f"-DCMAKE_CXX_COMPILER_LAUNCHER={given.launcher}", f"-DMTPROTO_EXAMPLES={given.examples or ''}",
        *(f"-D{option}" for option in given.options))
    run("cmake", "--build", build)
    run(build / "consumer", films, timeout=60)
    if (build / "examples" / "11_own_test").exists():
        run(build / "examples" / "11_own_test", timeout=60)
    for leftover in (prefix, build):  # some hundred megabytes in a debug build
        shutil.rmtree(leftover)
    return 0


if __name__ == "__main__":
    sys.exit(main())
