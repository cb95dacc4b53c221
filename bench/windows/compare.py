#!/usr/bin/env python3
# Whether two builds schedule alike: `compare.py BEFORE AFTER`, two folders with bench_windows and fault_schedules.
#
# Simulations and schedules of faults run in virtual time from seeds, so a change that is to change no behaviour leaves
# their output as it is, byte for byte. Only times of the machine itself are left out.
import argparse
import concurrent.futures
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

# Of the machine and not of the simulation.
MACHINE = {"cpu_time", "time_unit", "threads"}


def output(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, errors="replace")
    # The same folder has a name of its own in each process.
    return re.sub(r"mtproto-faults-\w+", "mtproto-faults", f"{done.stdout}{done.stderr}exit {done.returncode}\n")


def windows(folder, seeds):
    """The figures of all scenarios and strategies."""
    with tempfile.NamedTemporaryFile() as file:
        output(folder / "bench_windows", "--seeds", seeds, f"--benchmark_out={file.name}", "--benchmark_out_format=json")
        runs = json.load(file)["benchmarks"]
    return "".join(json.dumps({k: v for k, v in each.items() if k not in MACHINE}) + "\n" for each in runs)


def logs(folder, first, runs):
    """What client and data centre log, schedule by schedule."""
    return "".join(output(folder / "fault_schedules", "--seed", seed) for seed in range(first, first + runs))


def main():
    read = argparse.ArgumentParser(description="Whether two builds schedule alike.")
    read.add_argument("before", type=pathlib.Path)
    read.add_argument("after", type=pathlib.Path)
    read.add_argument("--seeds", default="1001..1004", help="of bench_windows; 0 leaves it out")
    read.add_argument("--runs", type=int, default=1000, help="schedules of faults, by their outcome")
    read.add_argument("--logs", type=int, default=200, help="schedules of faults, by all that is logged")
    read.add_argument("--first", type=int, default=1, help="the first of those schedules")
    given = read.parse_args()

    kinds = []
    if given.seeds != "0":
        kinds.append(("bench_windows", lambda folder: windows(folder, given.seeds)))
    if given.runs > 0:
        kinds.append(("fault_schedules", lambda folder: output(
            folder / "fault_schedules", "--runs", given.runs, "--first", given.first)))
    if given.logs > 0:
        kinds.append(("logs of fault_schedules", lambda folder: logs(folder, given.first, given.logs)))

    alike = True
    for name, run in kinds:
        with concurrent.futures.ThreadPoolExecutor() as both:
            before, after = both.map(run, (given.before, given.after))
        different = list(difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=0, lineterm=""))
        print(f"{name}: {len(before.splitlines())} lines, {'different' if different else 'the same'}")
        print("\n".join(different[:40]))
        alike = alike and not different
    return 0 if alike else 1


if __name__ == "__main__":
    sys.exit(main())
