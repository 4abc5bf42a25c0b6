# SPDX-License-Identifier: Apache-2.0
# hang-up.py: runs sp-verify on a terminal, and hangs it up while the command
# runs.
import os, pty, time
pid, fd = pty.fork()
if not pid:
    os.dup2(os.open("err", os.O_WRONLY | os.O_CREAT), 2)
    os.execvp("env", ["env", "--default-signal=HUP", "sp-verify", "-p",
        "p.json", "-o", "list", "--", "sh", "-c", "trap 'exit 7' HUP; "
        ": > up; while :; do sleep 0.05; done"])
while not os.path.exists("up"):
    time.sleep(0.05)
os.close(fd)
os.waitpid(pid, 0)
