# SPDX-License-Identifier: Apache-2.0
"""Finds out what an AppArmor profile allows for files. apparmor_parser compiles the
profile for the kernel, and this module reads the result. allowed(profile) returns a
function that takes a path (bytes) and returns a set of letters: those of apparmor.d(5),
and "x". The layout is that of the kernel: security/apparmor/policy_unpack.c and
include/match.h."""
import struct, subprocess

ACCEPT, BASE, CHECK, DEFAULT, CLASSES, _, _, NEXT = range(1, 9)
LETTERS = {1: "x", 2: "w", 4: "r", 8: "a", 16: "l", 32: "k", 64: "m"}
OTHER = 14              # shift to the bits for a file of another user
# A flag in a state's base: if there is no transition, the default state
# decides.
DIFFERS = 1 << 31


def tables(blob):
    magic, size = struct.unpack_from(">II", blob)
    assert magic == 0x1B5E783D
    found, at = {}, size
    while at + 12 <= len(blob):
        kind, width, high, low = struct.unpack_from(">HHII", blob, at)
        if kind not in range(1, 9):
            break
        letter = {1: "B", 2: "H", 4: "I", 8: "Q"}[width]
        found[kind] = struct.unpack_from(f">{low}{letter}", blob, at + 12)
        at += -(-(12 + low * width) // 8) * 8
    return found


def compiled(profile):
    done = subprocess.run(["apparmor_parser", "-QS", "--skip-cache"],
                          input=profile, capture_output=True)
    if done.returncode or not done.stdout:
        raise ValueError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def files_dfa(binary):
    """Returns the last DFA, which is for files; the DFAs before it are for other rules."""
    at = binary.rindex(b"aadfa\0")
    at = binary.index(struct.pack(">I", 0x1B5E783D), at)
    return tables(binary[at:])


def allowed(profile):
    t = files_dfa(compiled(profile))

    def ask(path):
        state = 1
        for byte in path:
            byte = t[CLASSES][byte] if CLASSES in t else byte
            while True:
                base = t[BASE][state]
                at = (base & 0xffffff) + byte
                if at < len(t[CHECK]) and t[CHECK][at] == state:
                    state = t[NEXT][at]
                    break
                state = t[DEFAULT][state]
                if not base & DIFFERS:
                    break
        accept = t[ACCEPT][state] >> OTHER
        return {letter for bit, letter in LETTERS.items() if accept & bit}
    return ask
