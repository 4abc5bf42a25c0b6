/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The style and the script of the page: the build quotes page.css and page.js.
 * (The empty string is for cppcheck, which does not see these headers.)
 */
#include "html.h"

const char html_style[] = ""
#include "page/css.h"
;

/* Without it the page lacks the filter and the order of the table, no more. */
const char html_script[] = ""
#include "page/js.h"
;

/* Of page.js: tests/report.bats compares it and prints the right one. */
const char html_script_hash[] =
	"sha256-tyxvVEqmwO5fy8xsGyCtRiEDJGx36HZlBWFtLd2DXuE=";
