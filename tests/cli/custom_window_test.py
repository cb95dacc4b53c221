# examples/05_custom_window: an embedder's own strategy brings a file whole.
import pathlib
import random
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    content = random.Random(5).randbytes(5_000_001)
    (pathlib.Path(folder) / "file.bin").write_bytes(content)
    done = subprocess.run([sys.argv[1], folder], capture_output=True, timeout=100)
    if done.returncode != 0 or done.stdout != content:
        sys.exit(f"exit code {done.returncode}, {len(done.stdout)} bytes: {done.stderr.decode(errors='replace')}")
