#!/usr/bin/env bash
# Sets up, builds and runs all the tests: tests/run.sh [--preset NAME] [CTEST ARGUMENT ...]
# With CI=true a test that skips is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

preset=dev
if [ "${1:-}" = --preset ]; then
  preset=${2:?--preset needs a name}
  shift 2
fi

. .ci/packages
# shellcheck disable=SC2086
.ci/install-packages $build_packages $program_packages $test_packages
command -v npm >/dev/null || .ci/install-packages nodejs npm

# The foreign clients of tests/interop. Their tests skip, and say so, when the registry cannot be reached.
if [ -f tests/interop/package-lock.json ] &&
  ! cmp -s tests/interop/package-lock.json tests/interop/node_modules/.from-package-lock.json; then
  if (cd tests/interop && timeout 300 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
    cp tests/interop/package-lock.json tests/interop/node_modules/.from-package-lock.json
  else
    echo "npm ci failed: the tests against clients from npm will skip" >&2
  fi
fi

may_skip=ON
[ "${CI:-}" != true ] || may_skip=OFF
cmake --preset "$preset" -DMTPROTO_TESTS_MAY_SKIP=$may_skip >&2
cmake --build --preset "$preset" >&2
# Many of the tests wait for a clock most of their time; under sanitizers they are short of it.
jobs=$(($(nproc) * 2))
[ "$preset" = dev ] || jobs=$(($(nproc) + 1))
exec ctest --preset "$preset" -j "$jobs" "$@"
