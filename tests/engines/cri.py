#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: cri.py SOCKET NAME ANNOTATIONS SECONDS COMMAND...

Makes the requests to a container runtime that the kubelet makes. They create a
pod in the host's network with one container, whose command runs for SECONDS.
Meanwhile, another command is executed in the container. Prints the time of each
answer. The numbers of the fields are those of the Container Runtime Interface's
api.proto, runtime.v1.
"""
import json
import sys
import time

import grpc


def varint(n):
    out = b""
    while n > 0x7F:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def read_varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at


def read_fields(message):
    """Yields the number and value of each field of a message that has no groups and
        no fields of fixed size."""
    at = 0
    while at < len(message):
        key, at = read_varint(message, at)
        value, at = read_varint(message, at)
        if key & 7 == 2:
            value, at = message[at:at + value], at + value
        yield key >> 3, value


def get(message, number, default=b""):
    return next((v for n, v in read_fields(message) if n == number), default)


HOST_NETWORK = field(1, 2)
EXITED = 2


def pod_config(name, annotations):
    return (field(1, field(1, "pod-" + name) + field(2, "uid-" + name) +
                  field(3, "default")) +
            field(3, "/tmp/logs-" + name) +
            b"".join(field(7, field(1, k) + field(2, v))
                     for k, v in annotations.items()) +
            field(8, field(1, "/kubepods/pod-" + name) +
                  field(2, field(1, HOST_NETWORK))))


def security_config(user=None, profile=None, nnp=False):
    """Returns a LinuxContainerSecurityContext; the profile is the name of a file."""
    out = field(3, HOST_NETWORK)
    if user:
        out += field(6, user)
    if nnp:
        out += field(11, 1)
    kind = field(1, 2) + field(2, profile) if profile else field(1, 1)
    return out + field(15, kind)


def container_config(name, command, mounts=(), security=None):
    """Each mount is (path in the container, path on the host, read-only)."""
    return (field(1, field(1, name)) + field(2, field(1, "localhost/bb:1")) +
            b"".join(field(3, c) for c in command) +
            b"".join(field(7, field(1, inside) + field(2, outside) +
                           field(3, int(readonly)))
                     for inside, outside, readonly in mounts) +
            field(11, name + ".log") +
            field(15, field(2, security or security_config())))


def channel_of(sock):
    """Opens a connection of its own: a shared one might still belong to a containerd
        that has been killed."""
    return grpc.insecure_channel(
        "unix://" + sock, options=[("grpc.use_local_subchannel_pool", 1)])


class Pod:
    """A pod with one running container."""

    def __init__(self, sock, name, annotations, container, on_time=None):
        self.on_time = on_time
        self.channel = channel_of(sock)
        config = pod_config(name, annotations)
        self.pod = get(self.call("RunPodSandbox", field(1, config)), 1)
        try:
            self.id = get(self.call(
                "CreateContainer", field(1, self.pod) + field(2, container) +
                field(3, config)), 1)
            self.call("StartContainer", field(1, self.id))
        except grpc.RpcError:
            self.remove()
            raise

    def call(self, method, request):
        start = time.time()
        answer = self.channel.unary_unary(
            "/runtime.v1.RuntimeService/" + method)(request, timeout=60)
        if self.on_time:
            self.on_time(method, time.time() - start)
        return answer

    def exec(self, command):
        """Returns the exit status of a command, and its output."""
        answer = self.call("ExecSync", field(1, self.id) + b"".join(
            field(2, c) for c in command) + field(3, 20))
        return get(answer, 3, 0), get(answer, 1) + get(answer, 2)

    def stop(self):
        """Stops the container. Returns its exit status."""
        self.call("StopContainer", field(1, self.id) + field(2, 10))
        return self.wait()

    def wait(self):
        """Returns the exit status once containerd reports the end, or None."""
        for _ in range(100):
            status = get(self.call("ContainerStatus", field(1, self.id)), 1)
            if get(status, 3, 0) == EXITED:
                return get(status, 7, 0)
            time.sleep(0.1)
        return None

    def remove(self):
        """Removes the pod with its container, and closes the channel."""
        self.call("StopPodSandbox", field(1, self.pod))
        self.call("RemovePodSandbox", field(1, self.pod))
        self.channel.close()


def main():
    sock, name, annotations, seconds, *command = sys.argv[1:]
    pod = Pod(sock, name, json.loads(annotations),
              container_config(name, command),
              lambda method, s: print(method, "%.3f" % s, flush=True))
    pod.exec(["/bin/busybox", "id"])
    time.sleep(float(seconds))
    pod.stop()
    pod.remove()


if __name__ == "__main__":
    main()
