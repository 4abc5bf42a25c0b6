#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""take-terminal.py COMMAND…: runs COMMAND on a terminal, as a shell runs a job.
take-terminal.py --take: puts itself into the foreground of its terminal, and sets TOSTOP.

After --take, a background process that writes to the terminal is stopped by SIGTTOU. The
exit status is that of COMMAND, or 99 if it was stopped. Its output goes to stdout.
"""
import os, pty, signal, sys, termios


def take():
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setpgid(0, 0)
    os.tcsetpgrp(2, os.getpgrp())
    modes = termios.tcgetattr(2)
    modes[3] |= termios.TOSTOP
    termios.tcsetattr(2, termios.TCSANOW, modes)


def run_job(command):
    """Runs the job, and waits as the session's leader, so that the job has a parent."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        os.tcsetpgrp(2, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    status = os.waitpid(child, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        os.kill(child, signal.SIGKILL)
        os._exit(99)
    os._exit(os.waitstatus_to_exitcode(status))


if sys.argv[1] == "--take":
    sys.exit(take())
leader, terminal = pty.fork()
if not leader:
    run_job(sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(leader, 0)[1]))
