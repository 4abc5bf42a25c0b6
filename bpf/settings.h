/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The settings that make a recording need more than the plain object: see
 * SETTING in record.bpf.c. sp-record has a member of struct settings for each,
 * and takes a smaller object only if all of its settings have their plain value.
 *
 * Each line is S(type, name, plain value).
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#define SETTINGS(S) \
	S(bool, every, 0)		/* --every: log each call */ \
	S(bool, exact_times, 0)		/* each logged call has its own time */ \
	S(bool, results, 0)		/* --results: log how calls end */ \
	S(bool, numbers_files, 0)	/* also log descriptors' files */ \
	S(bool, privileges, 0)		/* --privileges */ \
	S(__u32, n_phases, 1)		/* most phases; 1: without --mark */ \
	S(__u32, split_by, 0)		/* --split: enum split_by */ \
	S(bool, with_stacks, 0)		/* --stacks */ \
	S(bool, no_follow, 0)		/* follow threads, but no children */

/* With these settings, the object for commands is not enough. */
#define COMMAND_SETTINGS(S) \
	S(bool, attaching, 0)		/* -p, --cgroup and the like */ \
	S(bool, limited, 0)		/* not by root: see struct viewer */ \
	/* \
	 * Forks and execs come from trace events. Raw tracepoints, whose \
	 * programs the kernel can skip since Linux 7.0, are also attached, for \
	 * data that trace events lack. \
	 */ \
	S(bool, events_twice, 0)

#define ALL_SETTINGS(S) SETTINGS(S) COMMAND_SETTINGS(S)

#endif
