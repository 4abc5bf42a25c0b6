# SPDX-License-Identifier: Apache-2.0
# everyday.py DIRECTORY: uses sockets, threads, files and children, as many
# programs do.
import json, mmap, os, selectors, socket, subprocess, sys, tempfile, threading
a, b = socket.socketpair()
s = selectors.DefaultSelector()
s.register(b, selectors.EVENT_READ)
t = threading.Thread(target=lambda: a.send(json.dumps([1]).encode()))
t.start()
assert s.select() and json.loads(b.recv(9)) == [1]
t.join()
with tempfile.TemporaryFile(dir=sys.argv[1]) as f:
    f.truncate(4096)
    mmap.mmap(f.fileno(), 4096).close()
assert subprocess.check_output(["echo", "x"]) == b"x\n"
os.sched_yield()
print("worked")
