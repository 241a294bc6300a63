#!/bin/sh
# Installs the system packages that are missing, with apt; elsewhere it says what to install.
# Where nothing is missing it ends at once.
set -eu
here=$(dirname "$0")

# command        apt                dnf                    pacman             brew
table='
arm-none-eabi-gcc  gcc-arm-none-eabi  arm-none-eabi-gcc-cs   arm-none-eabi-gcc  gcc-arm-embedded
arm-none-eabi-ld   binutils-arm-none-eabi arm-none-eabi-binutils-cs arm-none-eabi-binutils gcc-arm-embedded
qemu-system-arm    qemu-system-arm    qemu-system-arm        qemu-system-arm    qemu
cmake              cmake              cmake                  cmake              cmake
ninja              ninja-build        ninja-build            ninja              ninja
gcc                gcc                gcc                    gcc                gcc
g++                g++                gcc-c++                gcc                gcc
'

# For the boards with a RISC-V core. Other systems' compilers for it have other names: there these
# boards' tests are skipped.
if command -v apt-get >/dev/null 2>&1; then
    table="$table
riscv64-unknown-elf-gcc  gcc-riscv64-unknown-elf
riscv64-unknown-elf-ld   binutils-riscv64-unknown-elf
qemu-system-riscv32      qemu-system-misc
"
fi

column() { # column N: the packages of the commands that are missing, in that column
    echo "$table" | while read -r command packages; do
        if [ -n "$command" ] && ! command -v "$command" >/dev/null 2>&1; then
            echo "$command $packages" | awk -v n="$1" '{print $n}'
        fi
    done
    if ! "$here/find-python.sh" >/dev/null; then
        echo "python3 python3 python python@3.12" | awk -v n="$(($1 - 1))" '{print $n}'
        # Debian and Ubuntu have venv in a package of its own.
        [ "$1" -ne 2 ] || echo python3-venv
    fi
    # Its recommendations are not installed, and the C library's headers are one of gcc's.
    if [ "$1" -eq 2 ] && [ ! -e /usr/include/stdio.h ]; then
        echo libc6-dev
    fi
}

apt=$(column 2 | sort -u | tr '\n' ' ')

# For the test that looks at report.html in a browser (121 MB). Ubuntu has it as a snap only: where
# the package lists don't know it, or it can't be installed, that test says why it is skipped.
browser() { # browser SUDO
    if ! command -v apt-cache >/dev/null 2>&1 || command -v chromedriver >/dev/null 2>&1 ||
        ! apt-cache show chromium-driver >/dev/null 2>&1; then
        return 0
    fi
    echo "installing chromium, for the test of report.html"
    $1 env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        chromium chromium-driver </dev/null || echo "chromium is not installed: its test is skipped"
}

if [ -z "$apt" ]; then
    # Nobody is asked for a password for what can be done without.
    ! command -v apt-cache >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ] || browser ""
    exit 0
fi

if command -v apt-get >/dev/null 2>&1; then
    install="apt-get install -y --no-install-recommends $apt"
    if [ "$(id -u)" -eq 0 ]; then
        sudo=
    elif command -v sudo >/dev/null 2>&1; then
        sudo="sudo"
    else
        echo "error: system packages are missing, and neither root nor sudo is at hand" >&2
        echo "hint: as root: $install" >&2
        exit 1
    fi
    echo "installing system packages: $apt"
    $sudo apt-get update -q
    # shellcheck disable=SC2086 # words, on purpose
    $sudo env DEBIAN_FRONTEND=noninteractive $install </dev/null
    browser "$sudo"
    exit 0
fi

echo "error: system packages are missing" >&2
for manager in "dnf install:3" "pacman -S:4" "brew install:5"; do
    command -v "${manager%% *}" >/dev/null 2>&1 || continue
    echo "hint: ${manager%:*} $(column "${manager##*:}" | sort -u | tr '\n' ' ')" >&2
    exit 1
done
echo "hint: by Debian's names they are: $apt" >&2
echo "hint: dnf: $(column 3 | sort -u | tr '\n' ' ')" >&2
echo "hint: pacman: $(column 4 | sort -u | tr '\n' ' ')" >&2
echo "hint: brew: $(column 5 | sort -u | tr '\n' ' ')" >&2
exit 1
