/* SPDX-License-Identifier: Apache-2.0 */
/* Renames and links while the paths of a trace are folded. */
#ifndef PATH_MOVES_H
#define PATH_MOVES_H

#include "path-fold.h"

/*
 * To be called after all paths have been folded: adds the moves, and the types
 * that they show.
 */
void fold_moves(struct fold *fold, const struct facts *moves);
/* Join moves whose names have become the same. */
void join_moves(struct fold *fold);
void free_move(struct path_move *move);

#endif
