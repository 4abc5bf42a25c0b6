/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note in /run that sp-verify has turned auditing on, and how it was before.
 * After sp-verify was killed, the next one finds the note and restores
 * auditing.
 */
#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include <stdint.h>

/*
 * `backlog` is the limit to restore; 0: it was not changed. Returns a
 * descriptor that holds the note, or -1 if it could not be written.
 */
int audit_note_write(uint32_t backlog);
/*
 * Takes over the note of a process that has ended. Returns -1 if there is none.
 */
int audit_note_take(uint32_t *backlog);
/* Removes the note, after everything was restored; -1: does nothing. */
void audit_note_remove(int note);

#endif
