# SPDX-License-Identifier: Apache-2.0
"""many-mappings.py N: makes 60,000 executable mappings. Then N threads call getpgid, each
after the one before."""
import ctypes
import mmap
import sys
import threading

PAGES, PAGE = 60000, 4096
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                      ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
rx, rwx = mmap.PROT_READ | mmap.PROT_EXEC, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
start = libc.mmap(None, PAGES * PAGE, rx, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
# Neighbours with the same rights would become one mapping.
for page in range(0, PAGES, 2):
    assert not libc.mprotect(start + page * PAGE, PAGE, rwx)
for _ in range(int(sys.argv[1])):
    thread = threading.Thread(target=libc.getpgid, args=(0,))
    thread.start()
    thread.join()
