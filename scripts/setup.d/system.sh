# What asr2clip needs from the system: tools, and packages of the distribution. Sourced by scripts/setup.

debian_packages=(
    ca-certificates curl                                            # fetching; the README's first request
    pkg-config binutils libc6-dev zlib1g-dev                        # linking Swift and SwiftNIO
    libavformat-dev libavcodec-dev libswresample-dev libavutil-dev  # decoding audio
    libarchive-dev                                                  # unpacking models
    libjemalloc-dev                                                 # the heap
    libseccomp-dev                                                  # the engine's sandbox
    libyaml-dev                                                     # models.yaml and the configuration file
    portaudio19-dev                                                 # recording
    python3 python3-pip python3-venv                                # fetching the pinned files; the client tests
)
# What the tests of dictation take besides: a sound server and a display without hardware, the clipboard's programs.
live_test_packages=(pulseaudio pulseaudio-utils libasound2-plugins xvfb xclip xsel)
# What the tests of the page take besides: a browser, and letters for it.
page_test_packages=(chromium fonts-dejavu-core)
# What the tests of a cluster take besides: network namespaces.
cluster_test_packages=(iproute2)
pkg_config_names=(libavformat libavcodec libswresample libavutil libarchive portaudio-2.0 yaml-0.1)
[[ $(uname -s) != Linux ]] || pkg_config_names+=(jemalloc libseccomp)

require_tools() {
    local tool
    for tool in git make; do
        command -v "$tool" >/dev/null || fail "$tool is missing. Install it and run this again."
    done
    require_swift
}

require_swift() {
    local version
    command -v swift >/dev/null ||
        fail "Swift is missing. Install Swift 6.2 or newer (swift.org/install) and put it on your PATH."
    version=$(swift --version 2>/dev/null) || fail "swift --version fails; the Swift installation is broken."
    [[ $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "swift --version gives no version: $version"
    ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] >= 6002)) ||
        fail "Swift ${BASH_REMATCH[1]}.${BASH_REMATCH[2]} is too old. Install Swift 6.2 or newer (swift.org/install)."
}

require_system_packages() {
    if [[ $(uname -s) == Darwin ]]; then
        require_libraries "Run: brew install ffmpeg libarchive libyaml portaudio pkg-config python
Then, since Homebrew keeps libarchive apart: export PKG_CONFIG_PATH=\"\$(brew --prefix libarchive)/lib/pkgconfig\""
    elif command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        install_debian_packages
    else
        require_libraries "Install pkg-config, Python 3 with pip and venv, and the development packages of FFmpeg, jemalloc, libarchive, libseccomp, libyaml and PortAudio."
    fi
    pkg-config --atleast-version=57.24 libavutil ||
        fail "FFmpeg is too old: 5.1 or newer is needed (Debian 12, Ubuntu 24.04)."
}

require_libraries() {
    local advice=$1 missing=() name
    for name in pkg-config python3; do
        command -v "$name" >/dev/null || missing+=("$name")
    done
    for name in "${pkg_config_names[@]}"; do
        pkg-config --exists "$name" 2>/dev/null || missing+=("$name")
    done
    ((${#missing[@]} == 0)) || fail "missing: ${missing[*]}
$advice"
}

# Of the packages named, those that are not installed.
missing_of() {
    local -A installed=()
    local name status
    while read -r name status; do
        [[ $status == installed ]] && installed[$name]=yes
    done < <(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
    for name in "$@"; do
        [[ -n ${installed[$name]:-} ]] || echo "$name"
    done
}

missing_debian_packages() {
    missing_of "${debian_packages[@]}"
    # Brings the libstdc++ that fits the distribution.
    [[ $(dpkg-query --show --showformat='${db:Status-Status} ' 'libstdc++-*-dev' 2>/dev/null) == *installed* ]] ||
        echo g++
}

install_debian_packages() {
    local packages
    mapfile -t packages < <(missing_debian_packages)
    ((${#packages[@]} > 0)) || return 0
    if ((EUID != 0)) && ! may_use_sudo; then
        fail "missing system packages: ${packages[*]}
Installing them needs root. Run this as root, or with sudo, and then $0 again:
    apt-get update && apt-get install --yes --no-install-recommends ${packages[*]}"
    fi
    apt_install "${packages[@]}" ||
        fail "cannot install the system packages ${packages[*]}: see apt-get's message above."
}

# Packages for some tests, and what to call those. Tests that need them say that they are skipped when it does not work.
install_test_packages() {
    local tests=$1 packages
    shift
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0
    mapfile -t packages < <(missing_of "$@")
    ((${#packages[@]} > 0)) || return 0
    if ! { ((EUID == 0)) || may_use_sudo; } || ! apt_install "${packages[@]}"; then
        say "the tests of $tests will be skipped; they need ${packages[*]}"
    fi
}

# A server for the tests, in .deps/PACKAGE: unpacked and not installed, because an installed one begins to serve.
#
#   unpack_package PACKAGE PROGRAM FLAG [LIBRARY…]     PROGRAM is below /usr; with FLAG, it prints its version. Packages of
#                                                      libraries that it needs are unpacked into the same folder
unpack_package() {
    local name=$1 program=$2 flag=$3 folder package
    shift 3
    [[ ! -x .deps/$name/usr/$program ]] || return 0
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 0
    say "unpacking $name for the tests"
    folder=$(mktemp -d)
    if (cd "$folder" && for package in "$name" "$@"; do
        download_package "$package" && dpkg-deb --extract "$package"_*.deb "$name" || exit
    done) && LD_LIBRARY_PATH=$(libraries_below "$folder/$name") "$folder/$name/usr/$program" "$flag" >/dev/null 2>&1; then
        mkdir -p .deps && rm -rf ".deps/$name" && mv "$folder/$name" ".deps/$name"
    else
        say "the tests with $name will be skipped: Debian's $name cannot be fetched, or does not run"
    fi
    rm -rf "$folder"
}

# The folders with libraries of an unpacked package, as LD_LIBRARY_PATH takes them.
libraries_below() { find "$1"/usr/lib -maxdepth 1 -name '*-linux-gnu' -printf '%p:' 2>/dev/null || true; }

# Fetches a package's file into the current folder, with new lists if apt's are missing or old.
download_package() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo --non-interactive)
    apt-get download --quiet=2 -o APT::Sandbox::User=root "$1" 2>/dev/null ||
        { "${as_root[@]}" apt-get update --quiet=2 && apt-get download --quiet=2 -o APT::Sandbox::User=root "$1"; }
}

apt_install() {
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    say "Installing system packages: $*"
    "${as_root[@]}" apt-get update --quiet &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "$@" \
            --quiet -o DPkg::Lock::Timeout=120
}

# Without a password, or with somebody at the terminal to type it.
may_use_sudo() {
    command -v sudo >/dev/null && { sudo --non-interactive true 2>/dev/null || [[ -t 0 && -t 2 ]]; }
}
