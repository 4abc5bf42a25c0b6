# SPDX-License-Identifier: Apache-2.0
"""Stops the recorder, its parent, and makes more executable mappings than the kernel has
room to record. The next mapping after that reports the loss."""
import mmap
import os
import signal
import time


def maps(n):
    for _ in range(n):
        mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC).close()


os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.kill(os.getppid(), signal.SIGSTOP)
maps(8000)
os.kill(os.getppid(), signal.SIGCONT)
time.sleep(0.3)
maps(10)
