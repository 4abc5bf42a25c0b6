/* SPDX-License-Identifier: Apache-2.0 */
#include "curses.h"

#include <dlfcn.h>

bool curses_load(struct curses *c)
{
	static const char *const names[] = {
		"libncursesw.so.6", "libncurses.so.6",
	};
	bool found = true;

	c->library = NULL;
	for (size_t i = 0; !c->library && i < 2; i++)
		c->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!c->library)
		return false;
#define X(function) \
	c->function = (__typeof__(c->function))dlsym(c->library, #function); \
	found &= c->function != NULL;
	CURSES_FUNCTIONS(X)
#undef X
	if (!found)
		curses_unload(c);
	return found;
}

void curses_unload(struct curses *c)
{
	if (c->library)
		dlclose(c->library);
	c->library = NULL;
}
