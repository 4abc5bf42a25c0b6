/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --install: writes the drop-in to the directory in which systemd looks for it.
 */
#ifndef INSTALL_H
#define INSTALL_H

/*
 * A child process calls `produce`, which writes the drop-in to stdout, prints
 * its problems, and returns an exit status. Problems here are printed and
 * latched.
 */
void install_drop_in(const char *unit, int (*produce)(void *), void *arg);

#endif
