/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUILD_ID_H
#define BUILD_ID_H

#include <stddef.h>
#include <stdint.h>

#include "trace.h"

/*
 * The build-id of an ELF file (note NT_GNU_BUILD_ID): its size in bytes, 0
 * when there is none.
 */
size_t build_id_read(int fd, uint8_t id[static BUILD_ID_MAX]);

#endif
