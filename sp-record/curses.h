/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions of ncurses that --live uses. The library is loaded only when
 * needed, so sp-record starts fast, and also runs where it is not installed.
 */
#ifndef CURSES_LOADED_H
#define CURSES_LOADED_H

#define NCURSES_NOMACROS
#include <ncurses.h>

/* Expands to X(function) for each function. */
#define CURSES_FUNCTIONS(X) \
	X(newterm) X(delscreen) X(endwin) X(cbreak) X(noecho) X(curs_set) \
	X(nodelay) X(keypad) X(werase) X(wmove) X(waddnstr) X(wattr_on) \
	X(wattr_off) X(wrefresh) X(wgetch) X(getmaxx) X(getmaxy) X(newwin) \
	X(resizeterm) X(wresize) X(clearok) X(delwin) X(use_env)

struct curses {
	void *library;
#define X(function) __typeof__(&function) function;
	CURSES_FUNCTIONS(X)
#undef X
};

/* Returns false if the library cannot be loaded; dlerror(3) says why. */
bool curses_load(struct curses *c);
void curses_unload(struct curses *c);

#endif
