#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: kills.py hook|plugin|containerd N [SEED]

Kills recorders, the plugin of NRI, or containerd N times at random moments, while
containers start, run and end. tests/engines/kills.bats sets the engines up. Each
container must end by itself with its own status. Prints how many processes of
each kind were killed; the exit status is 1 if a container ended otherwise.
"""
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

import grpc

import cri

HERE = os.getcwd()
RECORDER = os.environ["SP_BIN"] + "/sp-record"
STATUS = 7
SCRIPT = "busybox sleep %s; : >/data/$0; exit " + str(STATUS)
killed, problems, started = {}, [], []


def words_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().decode(errors="replace").split("\0")
    except OSError:
        return [""]


def processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def kill(pid, kind):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    killed[kind] = killed.get(kind, 0) + 1


def is_session_leader(pid):
    try:
        return os.getsid(pid) == pid
    except ProcessLookupError:
        return False


def recorders():
    """Finds the recorders of our containers and their attending processes, with the
        kind of each. Excludes the hook itself, which the runtime waits for."""
    found = []
    for pid in processes():
        words = words_of(pid)
        if not words[0].endswith("sp-record"):
            continue
        if "--from-exec" in words and "--name=kill" in " ".join(words):
            found.append((pid, "recorder"))
        elif "--directory=" + HERE + "/streams" in words and \
                is_session_leader(pid) and "--oci-hook" in words:
            found.append((pid, "attending process"))
    return found


# Kills of the hook's processes, under runc


def bundle_of(name):
    os.mkdir(name)
    with open("config.json", encoding="utf-8") as file:
        config = json.load(file)
    config["process"].update(terminal=False, args=[
        "sh", "-c", SCRIPT % "0.4", name])
    config["process"].pop("rlimits", None)
    config["root"]["path"] = os.environ["HERE"] + "/rootfs"
    config["mounts"].append({
        "destination": "/data", "type": "bind", "source": HERE + "/data",
        "options": ["rbind", "rw"]})
    config["hooks"] = {"createRuntime": [{"path": RECORDER, "args": [
        "sp-record", "--oci-hook", "--directory=" + HERE + "/streams",
        "--log=" + HERE + "/log"]}]}
    with open(name + "/config.json", "w", encoding="utf-8") as file:
        json.dump(config, file)


def expect_end(name, status):
    if status != STATUS or not os.path.exists("data/" + name):
        problems.append("%s ended with status %s" % (name, status))


def hook(n):
    number = 0
    while sum(killed.values()) < n and number < 4 * n:
        number += 1
        name = "kill%d" % number
        bundle_of(name)
        runtime = subprocess.Popen(
            ["runc", "--root", HERE + "/state", "run", "--bundle", name, name],
            stdin=subprocess.DEVNULL)
        time.sleep(random.uniform(0, 0.8))
        victims = recorders()
        if victims:
            kill(*random.choice(victims))
        expect_end(name, runtime.wait(60))


# Kills of the plugin and of containerd


def start(*argv):
    started.append(subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL))
    return started[-1]


def start_plugin():
    return start(RECORDER, "--nri=" + os.environ["NRI_SOCKET"],
                 "--directory=" + HERE + "/streams", "--log=" + HERE + "/log",
                 "--patience=1")


def log_lines(text):
    with open("log", encoding="utf-8") as file:
        return file.read().count(text)


def wait_until(what, condition):
    end = time.time() + 60
    while not condition():
        if time.time() > end:
            raise RuntimeError(what)
        time.sleep(0.05)


class Life(threading.Thread):
    """The life of a pod's container. `started` is set once containerd has reported
        the start."""

    def __init__(self, name, seconds):
        super().__init__()
        self.name, self.seconds = name, seconds
        self.started, self.pod, self.problem = False, None, None

    def run(self):
        try:
            self.pod = cri.Pod(
                os.environ["CRI_SOCKET"], self.name,
                {"io.sandprint.record": "yes"}, cri.container_config(
                    self.name, ["/bin/busybox", "sh", "-c",
                                SCRIPT % self.seconds, self.name],
                    [("/data", "/.old" + HERE + "/data", False)]))
            self.started = True
        except grpc.RpcError as e:
            self.problem = str(e)

    def has_ended(self):
        return os.path.exists("data/" + self.name)


def plugin(n):
    for number in range(n):
        before = log_lines("plugin of containerd")
        process = start_plugin()
        wait_until("no plugin", lambda: log_lines(
            "plugin of containerd") > before)
        life = Life("kill%d" % number, "0.5")
        life.start()
        time.sleep(random.uniform(0, 1))
        kill(process.pid, "plugin")
        process.wait()
        life.join()
        if not life.started:
            problems.append("%s: %s" % (life.name, life.problem))
            continue
        try:
            wait_until("no end", life.has_ended)
        except RuntimeError:
            problems.append(life.name + " did not end by itself")
        status = life.pod.wait()
        if status != STATUS:
            problems.append("%s ended with status %s" % (life.name, status))
        life.pod.remove()


def start_containerd():
    for name in ("sock", "nri.sock"):
        if os.path.exists(os.environ["ROOT"] + "/cd/" + name):
            os.unlink(os.environ["ROOT"] + "/cd/" + name)
    before = log_lines("plugin of containerd")
    process = start("nsenter", "-t", os.environ["HOLDER"], "-m", "--",
                    "containerd", "-c", "/cd/config.toml")
    wait_until("no containerd", lambda: log_lines(
        "plugin of containerd") > before)
    return process


def remove_pods():
    """Removes pods that remain after containerd was killed."""
    channel = cri.channel_of(os.environ["CRI_SOCKET"])
    service = "/runtime.v1.RuntimeService/"
    pods = channel.unary_unary(service + "ListPodSandbox")(b"", timeout=60)
    for number, pod in cri.read_fields(pods):
        for method in ("StopPodSandbox", "RemovePodSandbox"):
            channel.unary_unary(service + method)(
                cri.field(1, cri.get(pod, 1)), timeout=60)
    channel.close()


def containerd(n):
    """Keeps one container running, and starts a second one."""
    plugin_process = start_plugin()
    daemon = start_containerd()
    for number in range(n):
        runs, starts = (Life("kill%s%d" % (c, number), "4") for c in "ab")
        runs.start()
        runs.join()
        starts.start()
        time.sleep(random.uniform(0, 1.5))
        kill(daemon.pid, "containerd")
        daemon.wait()
        starts.join()
        daemon = start_containerd()
        for life in (runs, starts):
            if not life.started:
                continue
            try:
                wait_until("no end", life.has_ended)
            except RuntimeError:
                problems.append(life.name + " did not end by itself")
        if not runs.started:
            problems.append("%s: %s" % (runs.name, runs.problem))
        remove_pods()
    plugin_process.kill()
    plugin_process.wait()
    daemon.terminate()
    daemon.wait()


def main():
    mode, n, *seed = sys.argv[1:]
    seed = int(seed[0]) if seed else random.randrange(1 << 32)
    random.seed(seed)
    try:
        {"hook": hook, "plugin": plugin,
         "containerd": containerd}[mode](int(n))
    finally:
        for process in started:
            process.kill()
    print("seed %d, killed: %s" % (seed, killed))
    print(*problems, sep="\n")
    sys.exit(bool(problems))


main()
