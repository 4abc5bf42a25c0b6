/* SPDX-License-Identifier: Apache-2.0 */
/* Sums audit records by call, action and executable. */
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
 * Adds a record. Memory is limited: if there are too many executables, further
 * records count for an unknown one. Returns false if there are too many calls,
 * so that this one is lost.
 */
bool tally_add(struct tally *t, const struct audit_record *r,
	       enum audit_way way);
/* Returns the number of records. */
uint64_t tally_count(const struct tally *t);
/* Whether at least as many records came in other ways as by printk. */
bool tally_has_more_than_printk(const struct tally *t);
/* The earliest and the latest time, UTC in ns; 0: unknown. */
uint64_t tally_first_ns(const struct tally *t);
uint64_t tally_last_ns(const struct tally *t);
/*
 * Adds all calls to the report. A record can come in several ways, so the
 * highest count of a way is used for each call. Times are relative to
 * `start_ns`.
 */
void tally_report(const struct tally *t, uint64_t start_ns,
		  struct report *report);
/* Adds all calls to the current run of --learn. */
void tally_learn(const struct tally *t, uint64_t start_ns,
		 struct learn *learn);
/*
 * Makes an id from the first record and `salt`, so that it stays the same when
 * the log grows. Returns false if there is no record.
 */
bool tally_id(const struct tally *t, const char *salt, uint8_t id[RUN_ID_SIZE]);

#endif
