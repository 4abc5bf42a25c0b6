#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# usage: tests/scripts/without.py NUMBER COMMAND… — runs COMMAND under a seccomp
# filter that answers the call NUMBER with EPERM, as the filter of a container
# engine may
import ctypes
import os
import struct
import sys

LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
code = b"".join(struct.pack("HBBI", *i) for i in (
    (LOAD, 0, 0, 0), (IF_EQUAL, 0, 1, int(sys.argv[1])),
    (RETURN, 0, 0, 0x00050001), (RETURN, 0, 0, 0x7fff0000)))
buffer = ctypes.create_string_buffer(code)
program = struct.pack("HP", 4, ctypes.addressof(buffer))
prctl = ctypes.CDLL(None, use_errno=True).prctl
if prctl(38, 1, 0, 0, 0) or prctl(22, 2, program):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execvp(sys.argv[2], sys.argv[2:])
