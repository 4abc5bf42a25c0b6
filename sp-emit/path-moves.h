/* SPDX-License-Identifier: Apache-2.0 */
/* Renames and links while the paths of a trace are folded. */
#ifndef PATH_MOVES_H
#define PATH_MOVES_H

#include "path-fold.h"

/* All paths have been folded: add the moves, and what they tell of types. */
void fold_moves(struct fold *fold, const struct facts *moves);
/* Make one of those whose names have become the same. */
void join_moves(struct fold *fold);
void free_move(struct path_move *move);

#endif
