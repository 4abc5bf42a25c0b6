/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The skeleton that the build generates from bpf/, and the types that it needs.
 */
#ifndef SKELETON_H
#define SKELETON_H

#include "event.h"
#include "names.h"
#include "record.skel.h"

#endif
