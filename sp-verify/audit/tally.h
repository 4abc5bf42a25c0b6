/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the kernel's, added up by call, action and executable. */
#ifndef TALLY_H
#define TALLY_H

#include "audit/audit-record.h"
#include "report/learn.h"
#include "report/report.h"
#include "stream/trace.h"

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *t);
/*
 * Memory is bounded: where there are too many executables, those of others are
 * not known, and false: there are too many calls, and this one is lost.
 */
bool tally_add(struct tally *t, const struct audit_record *r,
	       enum audit_way way);
/* Records in all. */
uint64_t tally_count(const struct tally *t);
/* Whether of what came by printk no less has come by another way. */
bool tally_has_more_than_printk(const struct tally *t);
/* The earliest time, UTC in ns, and the latest; 0: not known. */
uint64_t tally_first_ns(const struct tally *t);
uint64_t tally_last_ns(const struct tally *t);
/*
 * A record may have come by several ways: of each, the way with most counts.
 * Times are since `start_ns`.
 */
void tally_report(const struct tally *t, uint64_t start_ns,
		  struct report *report);
/* The same for a run that has begun. */
void tally_learn(const struct tally *t, uint64_t start_ns,
		 struct learn *learn);
/*
 * An id that is the same for a log that has only grown: by its first record,
 * with `salt`. False: there is no record.
 */
bool tally_id(const struct tally *t, const char *salt, uint8_t id[RUN_ID_SIZE]);

#endif
