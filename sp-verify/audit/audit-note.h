/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note in /run that we have turned auditing on, and how it was before.
 * Whoever finds the note of a process that was killed can restore that.
 */
#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include <stdint.h>

/*
 * `backlog` is the limit to restore; 0: it is not changed. Returns a descriptor
 * that holds the note, or -1: no note can be made.
 */
int audit_note_write(uint32_t backlog);
/* Take over the note of a process that is gone; -1: there is none. */
int audit_note_take(uint32_t *backlog);
/* Everything is restored: remove the note; -1 is fine. */
void audit_note_remove(int note);

#endif
