/* SPDX-License-Identifier: Apache-2.0 */
/* Audit records, added up by call, action and executable. */
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
 * Memory is bounded. If there are too many executables, those of further
 * records are not known. False: there are too many calls, and this one is lost.
 */
bool tally_add(struct tally *t, const struct audit_record *r,
	       enum audit_way way);
/* The number of records. */
uint64_t tally_count(const struct tally *t);
/* Whether at least as many records have come in other ways as by printk. */
bool tally_has_more_than_printk(const struct tally *t);
/* The earliest and the latest time, UTC in ns; 0: not known. */
uint64_t tally_first_ns(const struct tally *t);
uint64_t tally_last_ns(const struct tally *t);
/*
 * One record may have come in several ways: for each call, the way with the
 * highest count is taken. Times are since `start_ns`.
 */
void tally_report(const struct tally *t, uint64_t start_ns,
		  struct report *report);
/* The same for the current run of --learn. */
void tally_learn(const struct tally *t, uint64_t start_ns,
		 struct learn *learn);
/*
 * An id that does not change when the log grows: by its first record, with
 * `salt`. False: there is no record.
 */
bool tally_id(const struct tally *t, const char *salt, uint8_t id[RUN_ID_SIZE]);

#endif
