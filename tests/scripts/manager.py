#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""usage: manager.py DIRECTORY COMMAND...

Acts as a service manager: joins the cgroup $CGROUP, makes a new mount namespace with
a tmpfs on DIRECTORY, and executes the command."""
import ctypes
import os
import sys

NEWNS, PRIVATE_ALL = 0x20000, 0x44000
libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result:
        raise OSError(ctypes.get_errno(), "manager.py")


with open(os.environ["CGROUP"] + "/cgroup.procs", "w") as procs:
    procs.write("0")
check(libc.unshare(NEWNS))
check(libc.mount(b"none", b"/", None, PRIVATE_ALL, None))
check(libc.mount(b"tmpfs", sys.argv[1].encode(), b"tmpfs", 0, None))
os.execvp(sys.argv[2], sys.argv[2:])
