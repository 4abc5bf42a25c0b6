/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The style and the script of the page: the build makes strings of page.css and
 * page.js. The empty strings are for cppcheck, which does not see the generated
 * headers.
 */
#include "html.h"

const char html_style[] = ""
#include "page/css.h"
;

/*
 * The page works without this script, but without the filter and the sorting of
 * the table.
 */
const char html_script[] = ""
#include "page/js.h"
;

/*
 * The hash of page.js. If it is wrong, tests/report.bats prints the right one.
 */
const char html_script_hash[] =
	"sha256-y0uNpIewJEjsDaBbU3FhLp8PiixQO/aBbs+Fx8S/fxU=";
