// The report of one folder, as far as it is computed.

import {element, button, choice, numbers, table} from "./parts.js";
import {date, progress} from "./experiments_words.js";

export function report(view, again) {
	const place = element("section", {class: "pictures"});
	let shown = null;

	const ask = async (folder, signal) => {
		const known = shown && shown.folder === folder && shown.asked === view.state.where ? shown.stamp : "";
		const found = await view.ask("experiments/show", {folder, where: whereOf(view.state.where), stamp: known}, signal);
		if (found.same) return;
		const fresh = shown && shown.folder === folder ? found.done - shown.done : 0;
		shown = {...found, asked: view.state.where};
		draw();
		view.say(fresh > 0 ? `${fresh} new cells` : `${found.title}: ${progress(found)}`);
	};

	const draw = () => {
		const facts = numbers("size", "seeds", "cells", "last cell", "time on one core", "version");
		facts.show({
			"size": shown.size, "seeds": String(shown.seeds), "cells": `${shown.done} of ${shown.cells}`, "last cell": date(shown.changed),
			"time on one core": time(shown.seconds), "version": shown.versions.join(", ") || "–",
		});
		const open = new Set([...place.querySelectorAll("details[open]")].map((d) => d.dataset.name));
		const fold = (name, summary, ...inside) => element("details", {"data-name": name, open: open.has(name)}, element("summary", {}, summary), ...inside);
		const focused = document.activeElement?.dataset?.axis;
		place.replaceChildren(
			element("div", {}, element("h2", {}, shown.title), element("p", {class: "note"}, `Recipe ${shown.recipe}, folder ${shown.folder}`)),
			facts, bar(),
			fold("question", "What is asked, and how it is computed", element("p", {}, shown.question), element("p", {}, shown.method)),
			filters(),
			...(shown.findings?.length ? [element("ul", {class: "findings"}, ...shown.findings.map((f) => element("li", {}, f)))] : []),
			figures(shown.figures),
			tall(table(shown.head, shown.rows, shown.head.map((_, i) => i).filter((i) => shown.rows.every((r) => /^(-?[\d.]|$)/.test(r[i]))))),
			...(shown.seeds > 1 ? [element("p", {class: "note"}, "± is the standard deviation over the seeds.")] : []),
			...(shown.tables ?? []).map((t) => fold("table " + t.title, t.title, table(t.head, t.rows))),
		);
		if (focused) place.querySelector(`select[data-axis="${CSS.escape(focused)}"]`)?.focus();
	};

	// bar shows how far a run is that has not come to its end.
	const bar = () => {
		if (shown.done === shown.cells && !shown.running) return element("p", {class: "note"}, "All cells are there.");
		return element("p", {}, element("progress", {max: shown.cells, value: shown.done, "aria-label": "cells that are finished"}), " ",
			shown.running ? "A run holds this folder, or was killed while it did: what it finishes appears here." : "The run was interrupted; the same command goes on.",
			shown.other ? ` ${shown.other} cells belong to another grid.` : "");
	};

	const filters = () => {
		const where = whereOf(view.state.where);
		const lists = shown.axes.filter((a) => a.places.length > 1).map((a) => {
			const made = choice(a.title, [["", "all"], ...a.places.map((p) => [p, p])], where[a.name] ?? "", (v) => {
				const next = {...whereOf(view.state.where)};
				if (v) next[a.name] = v;
				else delete next[a.name];
				view.set({where: Object.entries(next).map(([k, p]) => encodeURIComponent(k) + "=" + encodeURIComponent(p)).join(";")});
				again();
			});
			made.querySelector("select").dataset.axis = a.name;
			return made;
		});
		return element("div", {class: "row", role: "group", "aria-label": "Rows and points of the figures to show", hidden: !lists.length}, ...lists);
	};

	return {
		element: place, ask,
		stamp: () => shown?.stamp ?? "",
		// offer says that there is more, without changing what one looks at.
		offer(folder) {
			place.querySelector(":scope > .offer")?.remove();
			place.prepend(button(`${folder.done} of ${folder.cells} cells are finished: show them`, again, {class: "offer"}));
		},
		clear(text) {
			shown = null;
			place.replaceChildren(...(text ? [element("p", {}, text)] : []));
		},
	};
}

// figures shows drawings as the program made them.
export function figures(list) {
	return element("div", {class: "drawings"}, ...(list ?? []).map((f) => element("figure", {},
		element("img", {alt: `${f.title}. The table has its numbers.`, src: "data:image/svg+xml;base64," + base64(f.svg)}),
		element("figcaption", {}, element("strong", {}, f.title + ". "), f.caption))));
}

function base64(text) {
	return btoa(Array.from(new TextEncoder().encode(text), (b) => String.fromCharCode(b)).join(""));
}

// whereOf reads axis=place pairs.
export function whereOf(text) {
	const pairs = {};
	for (const pair of text.split(";").filter(Boolean)) {
		const [axis, place = ""] = pair.split("=");
		try {
			pairs[decodeURIComponent(axis)] = decodeURIComponent(place);
		} catch { /* an address that somebody mistyped filters nothing */ }
	}
	return pairs;
}

// tall bounds the height of a table, whose head stays in sight.
export function tall(made) {
	made.classList.add("tall");
	made.tabIndex = 0;
	made.setAttribute("role", "region");
	made.setAttribute("aria-label", "table");
	return made;
}

export function time(seconds) {
	if (seconds < 90) return `${Number(seconds.toPrecision(2))} s`;
	if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
	return `${Number((seconds / 3600).toPrecision(2))} h`;
}
