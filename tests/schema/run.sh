#!/usr/bin/env bash
# Builds and tests everything with another layer than tl-schema/api.tl: tests/schema/run.sh [VERSION] [CTEST ARGUMENT ...]
# VERSION is of the npm package @mtcute/tl (204.0.0), whose major number is the layer, or core@VERSION. Tests against foreign clients are
# left out.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=204.0.0
if [[ "${1:-}" =~ ^(core@)?[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  version=$1
  shift
fi

. .ci/packages
# shellcheck disable=SC2086
.ci/install-packages $build_packages $program_packages $test_packages
command -v npm >/dev/null || .ci/install-packages nodejs npm

build=build/schema-${version%%.*}
mkdir -p "$build"
tl-schema/import "$version" "$build/imported.tl" >&2
# The same schema keeps its time, so that nothing is generated anew.
cmp -s "$build/imported.tl" "$build/api.tl" || cp "$build/imported.tl" "$build/api.tl"

may_skip=ON
[ "${CI:-}" != true ] || may_skip=OFF
cmake --preset dev -B "$build" -DMTPROTO_API_SCHEMA="$PWD/$build/api.tl" -DMTPROTO_TESTS_MAY_SKIP=$may_skip >&2
cmake --build "$build" >&2
exec ctest --test-dir "$build" --output-on-failure -j "$(nproc)" "$@"
