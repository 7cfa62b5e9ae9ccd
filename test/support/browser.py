# SPDX-License-Identifier: MIT
"""Pages as a real browser shows them, measured from inside."""
import json
import re

import support

# Runs in the page, before and after what a test wants to know of it; a test's own part defines `found`. That replaces the
# page's text in the end, so that --dump-dom hands it over.
BEFORE = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = colour => {
	canvas.clearRect(0, 0, 1, 1);
	canvas.fillStyle = colour;
	canvas.fillRect(0, 0, 1, 1);
	return [...canvas.getImageData(0, 0, 1, 1).data];
};
const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
	.map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
	.reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const backdrop = element => {
	for (let at = element; at; at = at.parentElement) {
		const colour = rgba(getComputedStyle(at).backgroundColor);
		if (colour[3] > 250)
			return colour;
	}
	return [255, 255, 255, 255];
};
const contrast = element => {
	const [low, high] = [rgba(getComputedStyle(element).color), backdrop(element)].map(luminance).sort((a, b) => a - b);
	return (high + .05) / (low + .05);
};
const texts = [...document.querySelectorAll("body *")].filter(element => element.checkVisibility() &&
	[...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
"""
AFTER = """
Object.assign(found, {
	width: document.scrollingElement.scrollWidth,
	window: innerWidth,
	contrast: Math.min(...texts.map(contrast)),
	worst: texts.sort((a, b) => contrast(a) - contrast(b))[0].outerHTML,
	paper: getComputedStyle(document.body).backgroundColor,
	scripts: document.scripts.length,
	loaded: performance.getEntriesByType("resource").length,
	errors: window.errors,
});
document.documentElement.innerHTML = "<body><pre></pre></body>";
document.querySelector("pre").textContent = JSON.stringify(found);
"""


def browse(page, folder, width, dark, probe):
    """What the probe finds when a browser shows the page."""
    support.need("chromium")
    text = page.read_text()
    catch = "<script>window.errors = []; addEventListener('error', e => errors.push(e.message));</script>"
    probed = folder / "probed.html"
    probed.write_text(text.replace("<head>", "<head>" + catch, 1) + f"<script>{{{BEFORE}{probe}{AFTER}}}</script>")
    done = support.must("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                        "--enable-logging=stderr", f"--user-data-dir={folder}/profile", f"--window-size={width},1000",
                        f"--blink-settings=preferredColorScheme={0 if dark else 1}", "--dump-dom", f"file://{probed}")
    assert "CONSOLE" not in done.err, done
    found = re.search(r"<pre>(.*)</pre>", done.out, re.S)
    assert found, done
    return json.loads(found.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
