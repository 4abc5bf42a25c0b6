/* SPDX-License-Identifier: Apache-2.0 */
#include "base/input.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"

char *input_read(FILE *file, size_t most, size_t *n)
{
	size_t room = 4096, more;
	char *text = xrealloc(NULL, room + 1, 1);

	*n = 0;
	do {
		if (*n == room) {
			room *= 2;
			text = xrealloc(text, room + 1, 1);
		}
		if (room > most + 1)
			room = most + 1;
		errno = EIO;
		more = fread(text + *n, 1, room - *n, file);
		*n += more;
	} while (more && *n <= most);
	text[*n] = '\0';
	if (!ferror(file))
		return text;
	free(text);
	return NULL;
}
