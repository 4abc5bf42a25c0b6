/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/operation.h"

#include <stddef.h>
#include <stdio.h>

/* Indexed by opcode; the kernel never changes opcodes. */
static const char *const names[] = {
	"nop", "readv", "writev", "fsync", "read_fixed", "write_fixed",
	"poll_add", "poll_remove", "sync_file_range", "sendmsg", "recvmsg",
	"timeout", "timeout_remove", "accept", "async_cancel",
	"link_timeout", "connect", "fallocate", "openat", "close",
	"files_update", "statx", "read", "write", "fadvise", "madvise",
	"send", "recv", "openat2", "epoll_ctl", "splice", "provide_buffers",
	"remove_buffers", "tee", "shutdown", "renameat", "unlinkat",
	"mkdirat", "symlinkat", "linkat", "msg_ring", "fsetxattr",
	"setxattr", "fgetxattr", "getxattr", "socket", "uring_cmd",
	"send_zc", "sendmsg_zc", "read_multishot", "waitid", "futex_wait",
	"futex_wake", "futex_waitv", "fixed_fd_install", "ftruncate", "bind",
	"listen", "recv_zc", "epoll_wait", "readv_fixed", "writev_fixed",
	"pipe",
};

const char *operation_name(int32_t opcode, char buf[OPERATION_NAME_MAX])
{
	if (opcode >= 0 && (size_t)opcode < sizeof(names) / sizeof(names[0]))
		return names[opcode];
	snprintf(buf, OPERATION_NAME_MAX, "operation_%d", opcode);
	return buf;
}
