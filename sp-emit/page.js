/* SPDX-License-Identifier: Apache-2.0 */
(function () {
	"use strict";
	var table = document.getElementById("table"), body = table.tBodies[0];
	var filter = document.getElementById("filter");
	var risky = document.getElementById("risky");
	var shown = document.getElementById("shown");
	function apply() {
		var want = filter.value.toLowerCase(), n = 0;
		Array.prototype.forEach.call(body.rows, function (row) {
			var hide = row.textContent.toLowerCase().indexOf(want) < 0 ||
				(risky.checked && !row.querySelector(".r1,.r2,.r3"));
			row.hidden = hide;
			n += !hide;
		});
		shown.textContent = n + " of " + body.rows.length + " calls";
	}
	function value(row, at) {
		var text = row.cells[at].textContent;
		return row.cells[at].className === "num" ? Number(text) : text;
	}
	function sort(head, at) {
		var down = head.getAttribute("aria-sort") === (at > 1 ? "descending" : "ascending") ? at < 2 : at > 1;
		var rows = Array.prototype.slice.call(body.rows);
		Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) {
			other.removeAttribute("aria-sort");
		});
		head.setAttribute("aria-sort", down ? "descending" : "ascending");
		rows.sort(function (a, b) {
			var x = value(a, at), y = value(b, at);
			return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
		});
		rows.forEach(function (row) { body.appendChild(row); });
	}
	Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, at) {
		var button = document.createElement("button");
		button.type = "button";
		button.textContent = head.textContent;
		button.addEventListener("click", function () { sort(head, at); });
		head.textContent = "";
		head.appendChild(button);
	});
	filter.addEventListener("input", apply);
	risky.addEventListener("change", apply);
	document.getElementById("tools").hidden = false;
	apply();
	var closed = [];
	window.addEventListener("beforeprint", function () {
		closed = Array.prototype.slice.call(document.querySelectorAll("details:not([open])"));
		closed.forEach(function (one) { one.open = true; });
	});
	window.addEventListener("afterprint", function () {
		closed.forEach(function (one) { one.open = false; });
	});
}());
