#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: services.py record|enforce ENGINE...

Runs real services in real engines, which tests/engines/services.bats sets up.
In each container, the service is started and used, a program is executed, the
health is checked, and the service is stopped. `record` records the containers,
and puts the streams into streams/ENGINE. `enforce` runs the services in each
engine under each profile made from these streams, with and without
no_new_privs; a call that the profile lacks must be denied. Prints a line for
each container: engine, service, the engine of the recording, no_new_privs, and
"ok" or the error. The exit status is 1 if there was an error.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

import grpc

import cri

HERE = os.getcwd()
BIN = os.environ["SP_BIN"]
READY_S, HEALTHY_S, STOPPED_S, RECORDED_S = 30, 20, 20, 30
# No service calls sched_rr_get_interval, so every profile must deny it.
OUTSIDE = ["/call", "148"]
EXEC = ["/bin/sh", "-c", "id -u; ls / | head -n 3; cat /etc/passwd"]


def run(*argv, check=True, **more):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **more)
    if check and done.returncode:
        raise RuntimeError("%s: exit status %d: %s" % (
            " ".join(argv[:4]), done.returncode, done.stdout.strip()[-300:]))
    return done.stdout if check else done


def until(seconds, what, attempt):
    """Returns the first true result of a function. Ignores exceptions until the
        time is over."""
    end = time.time() + seconds
    while True:
        problem = what
        try:
            value = attempt()
            if value:
                return value
        except RuntimeError as e:
            problem = "%s: %s" % (what, e)
        if time.time() > end:
            raise RuntimeError(problem)
        time.sleep(0.1)


class Service:
    """How a service is started and used, and how its health is checked."""

    def __init__(self, argv, user, clients, health, prepare=None):
        self.argv, self.user, self.clients = argv, user, clients
        self.health, self.prepare = health, prepare


NGINX = """
worker_processes 2; pid /data/nginx.pid; error_log /data/error.log;
user www-data;
events {}
http {
	access_log /data/access.log;
	client_body_temp_path /data/body; proxy_temp_path /data/proxy;
	fastcgi_temp_path /data/fastcgi; uwsgi_temp_path /data/uwsgi;
	scgi_temp_path /data/scgi;
	server { listen 127.0.0.1:18080; root /usr/share/common-licenses; }
}
"""

PYTHON = """
import http.server, json, signal, sqlite3, sys, threading

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        db = sqlite3.connect("/data/visits.db")
        with db:
            db.execute("create table if not exists visits (path text)")
            db.execute("insert into visits values (?)", (self.path,))
            n = db.execute("select count(*) from visits").fetchone()[0]
        db.close()
        body = json.dumps({"visits": n}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

server = http.server.ThreadingHTTPServer(("127.0.0.1", 18000), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(
    target=server.shutdown).start())
server.serve_forever()
"""


def write(name):
    def prepare(data, text={"nginx.conf": NGINX, "service.py": PYTHON}[name]):
        with open(os.path.join(data, name), "w", encoding="ascii") as file:
            file.write(text)
    return prepare


def copy_cluster(data):
    """Copies the cluster that initdb made once for all containers."""
    run("cp", "-a", os.path.join(HERE, "cluster"), os.path.join(data, "pg"))


PG = sorted(glob.glob("/usr/lib/postgresql/*/bin/"))[-1]
SQL = ("create table t (n int); insert into t select generate_series(1, 1000);"
       "select count(*) from t join t u using (n); drop table t")

SERVICES = {
    "redis": Service(
        ["redis-server", "--port", "16379", "--dir", "/data"], "redis",
        [["redis-cli", "-p", "16379", "ping"],
         ["redis-benchmark", "-q", "-p", "16379", "-n", "500",
          "-t", "set,get,lpush"],
         ["redis-cli", "-p", "16379", "save"]],
        ["redis-cli", "-p", "16379", "ping"]),
    "nginx": Service(
        ["nginx", "-c", "/data/nginx.conf", "-g", "daemon off;"], "root",
        [["curl", "-fsS", "http://127.0.0.1:18080/GPL-3"],
         ["curl", "-fsSI", "http://127.0.0.1:18080/BSD"]],
        ["/busybox", "wget", "-q", "-O", "/dev/null",
         "http://127.0.0.1:18080/BSD"], write("nginx.conf")),
    "postgres": Service(
        [PG + "postgres", "-D", "/data/pg", "-p", "15432", "-k", "/tmp",
         "-c", "listen_addresses=127.0.0.1"],
        "postgres",
        [[PG + "psql", "-h", "127.0.0.1", "-p", "15432", "-U", "postgres",
          "-c", SQL]],
        [PG + "pg_isready", "-h", "127.0.0.1", "-p", "15432"], copy_cluster),
    "python": Service(
        ["/usr/bin/python3", "/data/service.py"], "nobody",
        [["curl", "-fsS", "http://127.0.0.1:18000/"]] * 2,
        ["/busybox", "wget", "-q", "-O", "/dev/null",
         "http://127.0.0.1:18000/"], write("service.py")),
}


class Row:
    """A row of the table: a service in a container, under a profile or none."""

    names = 0
    lock = threading.Lock()

    def __init__(self, name, source=None, nnp=False):
        with Row.lock:
            Row.names += 1
            self.name = "%s-%d-%d" % (name, os.getpid(), Row.names)
        self.service, self.of = SERVICES[name], name
        self.source, self.nnp = source, nnp
        self.data = os.path.join(HERE, "data", self.name)
        self.profile = source and os.path.join(
            HERE, "profiles", source, name + ".json")

    def prepare(self):
        os.makedirs(self.data)
        os.chmod(self.data, 0o777)
        if self.service.prepare:
            self.service.prepare(self.data)

    def mounts(self):
        """Returns mounts (path in the container, path on the host, read-only)."""
        return [("/usr", "/usr", True), ("/data", self.data, False)]


# Each engine has a class. start() starts a container, which then has pid(),
# exec(), health(), stop() and remove().


class Container:
    def __init__(self, row):
        self.row = row

    def health(self):
        status, text = self.exec(self.row.service.health)
        if status:
            raise RuntimeError("unhealthy: %d %s" % (status, text))


CAPABILITIES = ["CAP_" + c for c in (
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP "
    "SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE").split()]


def ids_of(user):
    uid, gid = (int(run("id", option, user)) for option in ("-u", "-g"))
    return {"uid": uid, "gid": gid}


class Oci(Container):
    """A container that a runtime runs in the foreground, without an engine."""

    def config(self):
        row = self.row
        with open("config.json", encoding="utf-8") as file:
            config = json.load(file)
        process = config["process"]
        process.update(terminal=False, args=row.service.argv,
                       user=ids_of(row.service.user),
                       noNewPrivileges=row.nnp, capabilities={
                           key: CAPABILITIES for key in (
                               "bounding", "effective", "permitted")})
        process.pop("rlimits", None)
        config["root"]["path"] = os.path.join(HERE, "rootfs")
        for inside, outside, readonly in row.mounts():
            config["mounts"].append({
                "destination": inside, "type": "bind", "source": outside,
                "options": ["rbind", "ro" if readonly else "rw"]})
        config["mounts"].append({"destination": "/tmp", "type": "tmpfs",
                                 "source": "tmpfs"})
        if row.profile:
            with open(row.profile, encoding="utf-8") as file:
                config["linux"]["seccomp"] = json.load(file)
        else:
            config["hooks"] = {"createRuntime": [{
                "path": BIN + "/sp-record", "args": [
                    "sp-record", "--oci-hook", *self.where()]}]}
        return config

    def where(self):
        return options_of(self.engine)

    def start(self):
        bundle = os.path.join(self.row.data, "bundle")
        os.mkdir(bundle)
        with open(bundle + "/config.json", "w", encoding="utf-8") as file:
            json.dump(self.config(), file)
        with open(bundle + "/out", "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(
                [*self.command(), "run", "--bundle", bundle, self.row.name],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.out = bundle + "/out"

    def command(self):
        return [*self.prefix, self.engine, "--root",
                os.path.join(HERE, "state-" + self.engine)]

    def pid(self):
        if self.process.poll() is not None:
            with open(self.out, encoding="utf-8", errors="replace") as file:
                raise RuntimeError("ended: " + file.read()[-300:])
        return json.loads(run(*self.command(), "state", self.row.name))["pid"]

    def exec(self, argv):
        done = run(*self.command(), "exec", self.row.name, *argv, check=False)
        return done.returncode, done.stdout

    def stop(self):
        run(*self.command(), "kill", self.row.name, "TERM")
        return self.process.wait(STOPPED_S)

    def remove(self):
        if self.process.poll() is None:
            run(*self.command(), "kill", self.row.name, "KILL", check=False)
            self.process.wait(STOPPED_S)


class Runc(Oci):
    engine, prefix = "runc", []


class Crun(Oci):
    """Unmounts the v2 hierarchy: crun 1.8 refuses a v1 hierarchy that contains it."""
    engine = "crun"
    prefix = ["unshare", "-m", "sh", "-c",
              "u=/sys/fs/cgroup/unified\n"
              "if grep -q \" $u \" /proc/self/mounts; then umount $u; fi\n"
              "exec \"$@\"", "sh"]


class Client(Container):
    """podman or docker, whose options are the same with few exceptions."""

    def start(self):
        row = self.row
        options = ["--name", row.name, "--user", row.service.user,
                   "--tmpfs", "/tmp", "--network", "none"]
        for inside, outside, readonly in row.mounts():
            options += ["-v", "%s:%s:%s" % (outside, inside,
                                            "ro" if readonly else "rw")]
        if row.profile:
            options += ["--security-opt", "seccomp=" + row.profile]
        else:
            options += ["--security-opt", "seccomp=unconfined"]
        if row.nnp:
            options += ["--security-opt", "no-new-privileges"]
        options += ["--health-cmd", " ".join(row.service.health)]
        run(*self.command, "run", "-d", *options, *self.more(), self.image,
            *row.service.argv)

    def inspect(self, what):
        return run(*self.command, "inspect", "-f", "{{%s}}" % what,
                   self.row.name).strip()

    def pid(self):
        if self.inspect(".State.Running") != "true":
            raise RuntimeError("ended: " + run(
                *self.command, "logs", self.row.name)[-300:])
        return int(self.inspect(".State.Pid"))

    def exec(self, argv):
        done = run(*self.command, "exec", self.row.name, *argv, check=False)
        return done.returncode, done.stdout

    def stop(self):
        run(*self.command, "stop", "-t", "10", self.row.name)
        return int(self.inspect(".State.ExitCode"))

    def remove(self):
        run(*self.command, "rm", "-f", self.row.name, check=False)


class Podman(Client):
    engine, image = "podman", "localhost/bb:1"
    command = ["podman", "--root", HERE + "/podman", "--runroot",
               HERE + "/podman-run", "--cgroup-manager", "cgroupfs",
               "--storage-driver", "vfs", "--hooks-dir", HERE + "/hooks.d"]

    def more(self):
        more = ["--runtime", "runc", "--ulimit", "nofile=1024:1024",
                "--ulimit", "nproc=4096:4096", "--health-interval", "disable"]
        if not self.row.profile:
            more += ["--annotation", "io.sandprint.record=yes"]
        return more

    def health(self):
        run(*self.command, "healthcheck", "run", self.row.name)


class Docker(Client):
    engine, image, command = "docker", "bb", ["docker"]

    def more(self):
        return ["--health-interval", "1s", "--runtime",
                "runc" if self.row.profile else "sandprint"]

    def health(self):
        until(HEALTHY_S, "never healthy", lambda: self.inspect(
            ".State.Health.Status") == "healthy")


class Containerd(Container):
    """A pod of CRI. containerd has its own root; the host's root is /.old there."""
    engine = "containerd"

    def start(self):
        row = self.row
        mounts = [(inside, "/.old" + outside, readonly)
                  for inside, outside, readonly in row.mounts()]
        security = cri.security_config(
            row.service.user, row.profile and "/.old" + row.profile, row.nnp)
        annotations = {} if row.profile else {"io.sandprint.record": "yes"}
        self.pod = cri.Pod(
            os.environ["CRI_SOCKET"], row.name, annotations,
            cri.container_config(row.name, row.service.argv, mounts, security))

    def pid(self):
        return os.getpid()	# the pod is in our network namespace

    def exec(self, argv):
        return self.pod.exec(argv)

    def stop(self):
        return self.pod.stop()

    def remove(self):
        self.pod.remove()


ENGINES = {c.engine: c for c in (Runc, Crun, Podman, Docker, Containerd)}


def options_of(engine):
    return ["--directory=" + os.path.join(HERE, "streams", engine),
            "--log=" + os.path.join(HERE, "log"), "--patience=10"]


def serve(container):
    pid = container.pid()
    for client in container.row.service.clients:
        run("nsenter", "-t", str(pid), "-n", *client)


def expect(what, got, wanted):
    if got != wanted:
        raise RuntimeError("%s: %s instead of %s" % (what, got, wanted))


def live(container):
    """Uses and checks a service in a running container, and stops it."""
    row = container.row
    until(READY_S, "does not serve", lambda: serve(container) or True)
    status, text = container.exec(EXEC)
    expect("exec: " + str(text)[-300:], status, 0)
    container.health()
    if row.profile:
        expect("a call outside", container.exec(OUTSIDE)[0], 1)
    expect("stop", container.stop(), 0)


def attempt(row, engine):
    """Returns "ok" or the error."""
    row.prepare()
    container = ENGINES[engine](row)
    started = False
    try:
        container.start()
        started = True
        live(container)
        return "ok"
    except (RuntimeError, subprocess.TimeoutExpired, grpc.RpcError) as e:
        return " ".join(str(e).split())
    finally:
        if started:
            container.remove()
        shutil.rmtree(row.data, ignore_errors=True)


def stream_of(row):
    """Returns the path of the container's stream from the log, or None."""
    line = re.compile(": container %s( .*)?: recorded in ([^:\\n]*)" % row.name)
    with open(os.path.join(HERE, "log"), encoding="utf-8") as file:
        found = line.search(file.read())
    return found and found[2]


def make_profile(row, engine):
    stream = until(RECORDED_S, "no stream", lambda: stream_of(row))
    profile = os.path.join(HERE, "profiles", engine, row.of + ".json")
    os.makedirs(os.path.dirname(profile), exist_ok=True)
    with open(profile, "w", encoding="utf-8") as file:
        subprocess.run([BIN + "/sp-emit", "--oci", stream], stdout=file,
                       stderr=subprocess.DEVNULL, check=True)


def record(engine):
    for name in SERVICES:
        row = Row(name)
        result = attempt(row, engine)
        try:
            if result == "ok":
                make_profile(row, engine)
        except (RuntimeError, subprocess.CalledProcessError) as e:
            result = str(e)
        yield name, "-", "-", result


def enforce(engine, sources):
    for source in sources:
        for name in SERVICES:
            for nnp in (True, False):
                row = Row(name, source, nnp)
                yield name, source, "nnp" if nnp else "-", (
                    attempt(row, engine) if os.path.exists(row.profile) else
                    "no profile")


def main():
    mode, *engines = sys.argv[1:]
    failed = []

    def work(engine):
        for line in (record(engine) if mode == "record" else
                     enforce(engine, engines)):
            print(engine, *line, sep="\t", flush=True)
            if line[-1] != "ok":
                failed.append(line)

    threads = [threading.Thread(target=work, args=(e,)) for e in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.exit(bool(failed))


main()
