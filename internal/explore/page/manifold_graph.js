// The fixed points as a graph: a disc for each, a link between those that differ in few neurons.

import {element, slider, picture} from "./parts.js";
import {begin, colour} from "./draw.js";

const height = 440, margin = 26;

// graph makes the figure; choose and look are told of a fixed point that is clicked or pointed
// at, by its place, look of null when the pointer leaves.
export function graph(choose, look) {
	const figure = picture("Each disc is a fixed point, larger where more states end in it; links join those that differ in few neurons.");
	const canvas = figure.canvas;
	canvas.style.touchAction = "manipulation";
	const number = slider("Fixed point shown", {min: 1, max: 1, step: 1, value: 1}, (k) => choose(k - 1));
	const made = {element: element("div", {}, figure, legend(), number)};
	let places = [], pointed = null;
	const under = (event) => {
		const box = canvas.getBoundingClientRect();
		let best = null, least = 18;
		places.forEach((p, k) => {
			const d = Math.hypot(p.x - (event.clientX - box.left), p.y - (event.clientY - box.top)) - p.radius;
			if (d < least) [least, best] = [d, k];
		});
		return best;
	};
	canvas.addEventListener("pointermove", (event) => {
		const k = under(event);
		if (k === pointed) return;
		pointed = k;
		canvas.style.cursor = k === null ? "" : "pointer";
		look(k);
	});
	canvas.addEventListener("pointerleave", () => {
		if (pointed === null) return;
		pointed = null;
		look(null);
	});
	canvas.addEventListener("click", (event) => {
		const k = under(event);
		if (k !== null) choose(k);
	});
	made.draw = (found, shown) => {
		const {context, width} = begin(canvas, height);
		places = found.points.map((p) => ({
			x: margin + p.x * (width - 2 * margin), y: margin + p.y * (height - 2 * margin),
			radius: 3 + 26 * Math.sqrt(p.basin),
		}));
		links(context, found, places, shown);
		const order = places.map((_, k) => k).sort((i, j) => places[j].radius - places[i].radius);
		for (const k of order) disc(context, found, places[k], k, k === shown);
		if (found.points.length === 0) {
			context.fillStyle = colour("faint");
			context.font = "15px system-ui, sans-serif";
			context.textAlign = "center";
			context.fillText("no fixed point", width / 2, height / 2);
		}
		number.hidden = found.points.length < 2;
		number.querySelector("input").max = Math.max(1, found.points.length);
		number.show(shown + 1);
		figure.describe(`Graph of ${found.points.length} fixed points with ${found.links.length} links; the largest component has ${found.components[0] ?? 0}.`);
	};
	return made;
}

// kind is the colour of a fixed point by the size of its component.
function kind(found, k) {
	const size = found.components[found.points[k].component] ?? 1;
	if (size === 1) return "faint";
	return size === found.components[0] ? "plus" : "minus";
}

function links(context, found, places, shown) {
	const line = (k, l) => {
		context.moveTo(places[k].x, places[k].y);
		context.lineTo(places[l].x, places[l].y);
	};
	context.strokeStyle = colour("faint");
	context.globalAlpha = Math.max(0.12, Math.min(0.6, 120 / (found.links.length || 1)));
	context.lineWidth = 1;
	context.beginPath();
	for (const [k, l] of found.links) line(k, l);
	context.stroke();
	context.globalAlpha = 1;
	context.strokeStyle = colour("flip");
	context.lineWidth = 1.5;
	context.beginPath();
	for (const [k, l] of found.links) if (k === shown || l === shown) line(k, l);
	context.stroke();
}

function disc(context, found, p, k, chosen) {
	context.beginPath();
	context.arc(p.x, p.y, p.radius, 0, 2 * Math.PI);
	context.fillStyle = colour(kind(found, k));
	context.globalAlpha = 0.8;
	context.fill();
	context.globalAlpha = 1;
	context.strokeStyle = colour(chosen ? "flip" : "field");
	context.lineWidth = chosen ? 3 : 1;
	context.stroke();
	if (!chosen) return;
	context.beginPath();
	context.arc(p.x, p.y, p.radius + 4, 0, 2 * Math.PI);
	context.lineWidth = 1.5;
	context.stroke();
}

function legend() {
	const entry = (name, text) => element("span", {}, element("span", {class: "swatch " + name, "aria-hidden": "true"}), text);
	return element("p", {class: "note legend"},
		entry("plus", "in a largest component"), entry("minus", "in a smaller one"), entry("faint", "alone"), entry("flip", "shown below, and its links"));
}
