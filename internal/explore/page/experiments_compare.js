// One folder held against another.

import {element, choice, table} from "./parts.js";
import {date} from "./experiments_words.js";
import {figures, tall, time} from "./experiments_report.js";
import {begin, colour, short, ticks, withError} from "./draw.js";

export function comparison(view, again) {
	const place = element("section", {class: "pictures", hidden: true});
	let found = null, canvas = null, reports = [];

	const ask = async (one, other, signal) => {
		found = await view.ask("experiments/compare", {one, other, value: view.state.value}, signal);
		reports = await Promise.all([one, other].map((folder) => view.ask("experiments/show", {folder, where: {}, stamp: ""}, signal)));
		place.hidden = false;
		draw();
	};

	const draw = () => {
		const focused = document.activeElement?.dataset?.value;
		place.replaceChildren(element("h2", {}, "Two folders"), facts(found), ...(found.values.length ? compared() : apart()));
		if (canvas) intervals(canvas, found);
		if (focused) place.querySelector("select[data-value]")?.focus();
	};

	const apart = () => {
		canvas = null;
		return [element("p", {}, found.one.recipe === found.other.recipe
			? "No point has been computed in both folders."
			: `They are of different recipes, ${found.one.recipe} and ${found.other.recipe}: no cell of one answers to a cell of the other.`)];
	};

	const compared = () => {
		const list = choice("Value", found.values.map((v) => [v.name, v.title]), found.value.name, (v) => {
			view.set({value: v});
			again();
		});
		list.querySelector("select").dataset.value = "value";
		canvas = element("canvas", {role: "img"});
		const clear = found.points.filter((p) => p.verdict !== "open").length;
		const pairs = found.points.filter((p) => p.half !== null).length;
		return [
			list,
			element("p", {}, pairs
				? `At ${clear} of ${pairs} points the interval of the difference leaves out 0; where there is no difference one in twenty does by chance.`
				: "No point has two seeds in common, so that nothing can be said about chance."),
			element("figure", {}, canvas, element("figcaption", {}, `${found.value.title}, first less second: mean over common seeds, with its interval of 95 %. In the table a star marks those whose interval leaves out 0.`)),
			tall(table([...found.axes, "first", "second", "first − second", "common seeds"], found.points.map(row), found.axes.map((_, i) => i).filter((i) => found.points.every((p) => /^-?[\d.]/.test(p.at[i]))).concat([0, 1, 2, 3].map((i) => i + found.axes.length)))),
			settings(),
			drawn(),
		];
	};

	const text = (x) => x === null ? "–" : found.value.share ? (100 * x).toFixed(2) + " %" : short(x);
	const row = (p) => {
		let difference = p.difference === null ? "–" : signed(p.difference, p.half, found.value.share);
		if (p.verdict !== "open") difference += " *";
		return [...p.at, text(p.one.mean), text(p.other.mean), difference, String(p.common)];
	};

	const settings = () => {
		if (!found.settings.length) return element("p", {class: "note"}, "Both computed the same tasks at the points that they share; what differs is then the version of the program, or nothing.");
		return element("details", {open: true}, element("summary", {}, "Settings that differ"), table(["setting", "first", "second"], found.settings.map((d) => [d.name, d.one || "–", d.other || "–"])));
	};

	// drawn shows the figures of both, those of one name beside each other.
	const drawn = () => {
		const [one, other] = reports.map((r) => new Map(r.figures.map((f) => [f.name, f])));
		const both = [...one.keys()].filter((name) => other.has(name));
		const list = both.flatMap((name) => [["First", one], ["Second", other]].map(([which, of]) => ({...of.get(name), title: `${which}: ${of.get(name).title}`})));
		return element("details", {}, element("summary", {}, `Figures of both, side by side (${both.length})`), figures(list));
	};

	return {
		element: place, ask,
		clear() {
			found = null;
			place.hidden = true;
			place.replaceChildren();
		},
	};
}

function signed(x, half, share) {
	const sign = x > 0 ? "+" : "";
	if (!share) return sign + withError(x, half);
	return sign + (100 * x).toFixed(2) + (half === null ? "" : " ± " + (100 * half).toFixed(2)) + " points";
}

function facts(found) {
	const of = (f) => [f.folder, f.recipe, f.size, String(f.seeds), `${f.done} of ${f.cells}`, date(f.changed), time(f.seconds), f.versions.join(", ")];
	const [one, other] = [of(found.one), of(found.other)];
	return table(["", "first", "second"], ["folder", "recipe", "size", "seeds", "cells", "last cell", "time on one core", "version"].map((name, i) => [name, one[i], other[i]]));
}

// relative says that a value has such a range that only differences in parts of it can be
// drawn over one axis.
function relative(found) {
	if (found.value.share) return false;
	const means = found.points.flatMap((p) => [p.one.mean, p.other.mean]).filter((m) => m !== null);
	return means.length > 0 && Math.min(...means) > 0 && Math.max(...means) > 20 * Math.min(...means);
}

// intervals draws the difference at every point, one below the other.
function intervals(canvas, found) {
	const points = found.points.filter((p) => p.difference !== null);
	const parts = relative(found);
	const scale = (p) => parts ? 200 / (p.one.mean + p.other.mean) : found.value.share ? 100 : 1;
	const unit = parts ? ", per cent of their mean" : found.value.share ? ", points of per cent" : "";
	const line = 20, top = 22;
	const {context, width} = begin(canvas, points.length * line + top + 46);
	const label = Math.min(200, width * 0.4);
	const ends = points.flatMap((p) => [-1, 1].map((sign) => scale(p) * (p.difference + sign * (p.half ?? 0))));
	const low = Math.min(0, ...ends), high = Math.max(0, ...ends), span = high - low || 1;
	const px = (x) => label + 14 + (width - label - 30) * (x - low) / span;
	const bottom = points.length * line + top + 4;
	context.font = "12px system-ui, sans-serif";
	context.fillStyle = colour("faint");
	context.textAlign = "right";
	context.fillText(found.axes.join(", "), label, 14, label - 6);
	context.textAlign = "center";
	for (const t of ticks(low, low + span, 5)) {
		context.strokeStyle = colour(t === 0 ? "ink" : "line");
		context.beginPath();
		context.moveTo(px(t), top - 4);
		context.lineTo(px(t), bottom);
		context.stroke();
		context.fillText(short(t), px(t), bottom + 15);
	}
	context.fillText("first − second" + unit, (label + width) / 2, bottom + 32);
	context.lineWidth = 2;
	points.forEach((p, i) => {
		const y = i * line + top + 10, at = scale(p) * p.difference, half = scale(p) * (p.half ?? 0);
		context.textAlign = "right";
		context.fillStyle = colour("ink");
		context.fillText(p.at.join(", "), label, y + 4, label - 6);
		context.strokeStyle = context.fillStyle = colour({above: "plus", below: "minus", open: "faint"}[p.verdict]);
		context.beginPath();
		context.moveTo(px(at - half), y);
		context.lineTo(px(at + half), y);
		context.stroke();
		context.beginPath();
		context.arc(px(at), y, 4, 0, 2 * Math.PI);
		context.fill();
	});
	canvas.setAttribute("aria-label", `Differences of ${found.value.title} at ${points.length} points; the table has their numbers.`);
}
