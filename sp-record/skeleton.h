/* SPDX-License-Identifier: Apache-2.0 */
/* The generated skeleton of bpf/, and the types that it needs. */
#ifndef SKELETON_H
#define SKELETON_H

#include "event.h"
#include "names.h"
#include "record.skel.h"

#endif
