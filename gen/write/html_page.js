/* SPDX-License-Identifier: MIT */
/* A comfort only: what is pointed at lights up wherever else it is shown. */
"use strict";
addEventListener("pointerover", event => {
	const at = event.target.closest && event.target.closest("[data-f]");

	document.querySelectorAll(".on").forEach(element => element.classList.remove("on"));
	if (at)
		document.querySelectorAll(`[data-f="${at.dataset.f}"]`)
			.forEach(element => element.classList.add("on"));
});
