/* SPDX-License-Identifier: Apache-2.0 */
/* Adds renames and links when the paths of a trace are folded. */
#ifndef PATH_MOVES_H
#define PATH_MOVES_H

#include "path-fold.h"

/*
 * Adds the moves, and the types of objects that these show. Call it after all
 * paths were folded.
 */
void fold_moves(struct fold *fold, const struct facts *moves);
/* Joins moves whose names have become equal. */
void join_moves(struct fold *fold);
void free_move(struct path_move *move);

#endif
