// SPDX-License-Identifier: Apache-2.0
// usage: node check.js BROWSER PAGE PREFIX: prints the findings of axe-core and
// the page's faults, and writes the screenshots PREFIX-*.png and PREFIX.pdf
const { chromium } = require("playwright-core");
const fs = require("fs");
(async () => {
	const [executablePath, page, prefix] = process.argv.slice(2);
	const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
	let bad = 0;
	for (const scheme of ["light", "dark"])
		for (const [name, width] of [["wide", 1280], ["narrow", 360]]) {
			const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 }, bypassCSP: true });
			const tab = await context.newPage();
			tab.on("console", m => { console.log("console:", m.text()); bad++; });
			tab.on("pageerror", e => { console.log("error:", e.message); bad++; });
			tab.on("dialog", d => { console.log("dialog"); bad++; d.dismiss(); });
			tab.on("request", r => { if (!r.url().startsWith("file:")) { console.log("request:", r.url()); bad++; } });
			await tab.goto("file://" + fs.realpathSync(page));
			await tab.fill("#filter", "socket");
			const shown = await tab.textContent("#shown");
			if (!/^[0-9]+ of [0-9]+ calls$/.test(shown)) { console.log(`filter: ${shown}`); bad++; }
			await tab.fill("#filter", "");
			await tab.screenshot({ path: `${prefix}-${scheme}-${name}.png`, fullPage: true });
			await tab.click("#table thead button >> nth=2");
			if (await tab.getAttribute("#table th:nth-child(3)", "aria-sort") !== "descending") { console.log("no order"); bad++; }
			await tab.keyboard.press("Tab");
			if (!await tab.evaluate(() => document.activeElement.matches("#table thead th:nth-child(4) button") &&
				document.activeElement.getBoundingClientRect().width > 9)) { console.log(`${name}: Tab leads nowhere`); bad++; }
			// The page with all details open contains the page with closed details.
			for (const open of scheme === "light" && name === "wide" ? [false, true] : [true]) {
				if (open) await tab.evaluate(() => document.querySelectorAll("details").forEach(d => d.open = true));
				const over = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				if (over > 0) { console.log(`${scheme} ${name} ${open}: ${over} px too wide`); bad++; }
				await tab.addScriptTag({ path: require.resolve("axe-core") });
				const found = await tab.evaluate(() => axe.run());
				for (const v of found.violations) {
					bad++;
					console.log(`${scheme} ${name} ${open}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join("\n  ")}`);
				}
			}
			// On paper, no detail is closed or cut off, and no control is shown.
			await tab.emulateMedia({ media: "print" });
			await tab.setViewportSize({ width: 718, height: 1000 });	// A4 without margins
			for (const wrong of await tab.evaluate(() => {
				const wrong = [];
				window.dispatchEvent(new Event("beforeprint"));
				if (document.querySelector("details:not([open])")) wrong.push("something is closed");
				if (document.documentElement.scrollWidth > innerWidth)
					wrong.push(`${document.documentElement.scrollWidth - innerWidth} px are cut off`);
				for (const one of document.querySelectorAll("nav, .tools, .skip"))
					if (one.getClientRects().length) wrong.push(`${one.tagName} is there`);
				return wrong;
			})) { console.log(`${scheme} ${name} print: ${wrong}`); bad++; }
			if (scheme === "light" && name === "wide")
				await tab.pdf({ path: `${prefix}.pdf`, format: "A4" });
			await context.close();
		}
	await browser.close();
	process.exit(bad ? 1 : 0);
})();
