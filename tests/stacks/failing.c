/* SPDX-License-Identifier: Apache-2.0 */
/* A replacement for libdw that aborts in each process that uses it. */
#include <stdlib.h>

#define FUNCTION(name) void name(void); void name(void) { abort(); }
FUNCTION(dwfl_begin)
FUNCTION(dwfl_end)
FUNCTION(dwfl_report_begin)
FUNCTION(dwfl_report_module)
FUNCTION(dwfl_report_end)
FUNCTION(dwfl_attach_state)
FUNCTION(dwfl_getthread_frames)
FUNCTION(dwfl_frame_pc)
FUNCTION(dwfl_addrmodule)
FUNCTION(dwfl_module_addrinfo)
FUNCTION(dwfl_module_build_id)
FUNCTION(dwfl_module_getelf)
FUNCTION(dwfl_module_info)
FUNCTION(dwfl_thread_state_registers)
FUNCTION(dwfl_thread_state_register_pc)
