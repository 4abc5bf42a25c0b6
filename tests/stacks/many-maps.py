# SPDX-License-Identifier: Apache-2.0
"""Makes more executable mappings than the kernel has room to record, while
the recorder, our parent, is stopped. The next mapping for which there is
room reports the loss."""
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
