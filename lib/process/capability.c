/* SPDX-License-Identifier: Apache-2.0 */
#include "process/capability.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

static int get(struct __user_cap_header_struct *header,
	       struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3])
{
	header->version = _LINUX_CAPABILITY_VERSION_3;
	header->pid = 0;
	return syscall(SYS_capget, header, data);
}

uint64_t capability_effective(void)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct __user_cap_header_struct header;

	if (get(&header, data))
		return 0;
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

bool capability_has(int capability)
{
	return capability_effective() >> capability & 1;
}

int capability_raise(void)
{
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_header_struct header;

	if (get(&header, data))
		return -1;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].effective = data[i].permitted;
	return syscall(SYS_capset, &header, data);
}
