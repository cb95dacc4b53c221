#!/usr/bin/env bash
# Installs what is missing, builds all fuzz targets with libFuzzer and runs each: tests/fuzz/run.sh [SECONDS [TARGET ...]]
# An input that breaks a target is left in build/fuzz/fuzz/TARGET, and the exit code is then not 0.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

# What one run needs; ctest calls this too. What is found goes to the build tree, not to the committed corpus.
run_one() {
  local program=$1 name=$2 seconds=$3
  local work=$root/build/fuzz/fuzz/$name
  mkdir -p "$work/corpus"
  local inputs=("$work/corpus" "$here/corpus/$name")
  [ ! -d "$here/regressions/$name" ] || inputs+=("$here/regressions/$name")
  local options=(-max_total_time="$seconds" -artifact_prefix="$work/" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1)
  [ ! -f "$here/$name.dict" ] || options+=(-dict="$here/$name.dict")
  "$program" "${options[@]}" "${inputs[@]}"
}

if [ "${1:-}" = --one ]; then
  run_one "$2" "$3" "$4"
  exit
fi

seconds=${1:-30}
shift || true
cd "$root"
. .ci/packages
# shellcheck disable=SC2086
.ci/install-packages $build_packages $program_packages $test_packages $fuzz_packages
cmake --preset fuzz >&2
cmake --build --preset fuzz --target fuzz_targets >&2

targets=("$@")
[ ${#targets[@]} -gt 0 ] || for each in build/fuzz/bin/fuzz_*; do
  [ "$each" = build/fuzz/bin/fuzz_make_seeds ] || targets+=("${each##*/fuzz_}")
done
failed=()
for name in "${targets[@]}"; do
  mkdir -p "build/fuzz/fuzz/$name"
  log=build/fuzz/fuzz/$name/log
  if run_one "build/fuzz/bin/fuzz_$name" "$name" "$seconds" >"$log" 2>&1; then
    echo "$name: $(grep -o 'stat::number_of_executed_units.*' "$log" | tr -s ' ' | cut -d' ' -f2) inputs in $seconds s"
  else
    failed+=("$name")
    tail -n 40 "$log"
    echo "$name: FAILED; the whole output is in $log"
  fi
done
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
