// One fixed point: its state, margins, basin and neighbours.

import {element, button, numbers, picture} from "./parts.js";
import {bars, colour, short} from "./draw.js";
import {near, percent} from "./manifold_words.js";

const mostButtons = 12;

export function point(choose) {
	const title = element("h2");
	const state = element("p", {class: "signs"});
	const values = numbers("basin", "smallest margin", "component of", "linked to");
	const margins = picture("Margin s·h of each neuron: how far its field is from flipping it. The colour is that of its state, + or −.");
	const around = picture("How many other fixed points differ from it in so many neurons.");
	const neighbours = element("div", {class: "row"});
	const made = {element: element("section", {class: "pictures"}, title, state, values, element("div", {class: "side"}, margins, around), neighbours)};
	made.draw = (found, k, distance) => {
		const p = found.points[k];
		made.element.hidden = !p;
		if (!p) return;
		title.textContent = `Fixed point ${k + 1} of ${found.points.length}`;
		state.textContent = p.state;
		state.setAttribute("aria-label", "state of the neurons: " + [...p.state].map((c) => c === "+" ? "plus" : "minus").join(" "));
		values.show({
			"basin": percent(p.basin), "smallest margin": short(Math.min(...p.margins)),
			"component of": String(found.components[p.component] ?? 1), "linked to": String(near(p, distance)),
		});
		bars(margins.canvas, 170, p.margins, {xlabel: "neuron", ylabel: "margin", first: 1, colours: [...p.state].map((c) => colour(c === "+" ? "plus" : "minus"))});
		margins.describe("Margins of the neurons: " + p.margins.map(short).join(", "));
		bars(around.canvas, 170, p.around.slice(1), {xlabel: "neurons that differ", ylabel: "fixed points", first: 1});
		around.describe("Other fixed points by distance, from 1: " + p.around.slice(1).join(", "));
		const joined = found.links.filter((l) => l.includes(k)).map(([i, j]) => i === k ? j : i).sort((i, j) => i - j);
		neighbours.replaceChildren(...joined.slice(0, mostButtons).map((other) => button(`to ${other + 1}`, () => choose(other), {
			title: "differs in neuron " + differing(p.state, found.points[other].state).join(", "),
		})), joined.length > mostButtons ? element("span", {class: "note"}, `and ${joined.length - mostButtons} more`) : "");
	};
	return made;
}

// differing lists the neurons, from 1, in which two states differ.
function differing(one, other) {
	return [...one].map((_, i) => i + 1).filter((i) => one[i - 1] !== other[i - 1]);
}
