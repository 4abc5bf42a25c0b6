/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A note in /run that sp-verify turned auditing on, with the settings to
 * restore. If sp-verify is killed, the next one finds the note and restores
 * auditing.
 */
#ifndef AUDIT_NOTE_H
#define AUDIT_NOTE_H

#include <stdint.h>

/*
 * Writes the note. `backlog` is the limit to restore; 0: it was not changed.
 * Returns a descriptor that keeps the note locked, or -1 on failure.
 */
int audit_note_write(uint32_t backlog);
/* Takes over the note of an ended process. Returns -1 if there is none. */
int audit_note_take(uint32_t *backlog);
/* Removes the note after everything was restored. Does nothing for -1. */
void audit_note_remove(int note);

#endif
