// All fixed points of a small network as a graph, theory beside their number, and what lies
// around one in a large network.

import {element, slider, choice, button, numbers, table, wrong} from "./parts.js";
import {short} from "./draw.js";
import {graph} from "./manifold_graph.js";
import {point} from "./manifold_point.js";
import {near, percent} from "./manifold_words.js";
import {averages} from "./manifold_average.js";
import {large} from "./manifold_large.js";

const most = 18; // neurons, all modules together

export const room = {
	name: "manifold", title: "Manifold",
	about: [
		"A state that no neuron wants to leave is a fixed point; here a network is small enough that the program looks at every one of its states, lists all fixed points and joins those that differ in few neurons.",
		"The self-coupling J_D decides what one sees: without it a random asymmetric network has one fixed point on average, and those that there are lie alone; with it there are exponentially many, and they hang together, which is where a network can learn by small steps.",
	],
	defaults: {
		neurons: 12, modules: 1, self: 0.3, lambda: 0.4, gain: 1, input: 0, symmetric: false, seed: 21,
		distance: 2, order: "sequential", point: 1, draws: 100,
		largeneurons: 500, largeself: 0.3, solver: "rbp", networks: 1, near: false,
	},
	open(place, view) { return new Manifold(place, view); },
};

class Manifold {
	constructor(place, view) {
		this.view = view;
		this.stop = new AbortController(); // of all that the room asks
		this.graph = graph((k) => this.choose(k), (k) => this.look(k));
		this.point = point((k) => this.choose(k));
		this.numbers = numbers("fixed points", "components", "alone", "states that end in a fixed point", "in a cycle", "not at rest");
		this.note = element("p", {class: "note"});
		this.table = element("details", {}, element("summary", {}, "The fixed points as a table"));
		this.averages = averages(view);
		this.large = large(view);
		this.pictures = element("div", {class: "pictures"},
			this.numbers, this.graph.element, this.note, this.point.element, this.table, this.averages.element);
		place.append(
			element("div", {class: "bench"}, this.controls(), this.pictures),
			this.large.element,
		);
		this.resized = new ResizeObserver(() => this.redraw());
		this.resized.observe(this.pictures);
		this.update();
	}

	controls() {
		const s = this.view.state;
		this.parts = {
			neurons: slider("Neurons in a module", {min: 2, max: most, step: 1, value: s.neurons}, (v) => this.change({neurons: v})),
			modules: choice("Modules in a chain", [["1", "1"], ["2", "2"], ["3", "3"], ["4", "4"]], String(s.modules), (v) => this.change({modules: Number(v)})),
			self: slider("Self-coupling J_D", {min: 0, max: 1.5, step: 0.05, value: s.self, format: (v) => v.toFixed(2)}, (v) => this.change({self: v})),
			lambda: slider("Coupling λ between modules", {min: 0, max: 2, step: 0.1, value: s.lambda, format: (v) => v.toFixed(1)}, (v) => this.change({lambda: v})),
			gain: slider("Gain g of the couplings", {min: 0.1, max: 2, step: 0.1, value: s.gain, format: (v) => v.toFixed(1)}, (v) => this.change({gain: v})),
			input: slider("Input field a", {min: 0, max: 2, step: 0.1, value: s.input, format: (v) => v ? v.toFixed(1) : "off"}, (v) => this.change({input: v})),
			distance: slider("Linked up to distance", {min: 1, max: 4, step: 1, value: s.distance}, (v) => this.change({distance: v})),
			order: choice("Basins of", [["sequential", "sequential sweeps"], ["parallel", "parallel sweeps"]], s.order, (v) => this.change({order: v})),
		};
		this.symmetric = element("input", {type: "checkbox", checked: s.symmetric, change: () => this.change({symmetric: this.symmetric.checked})});
		this.seed = element("input", {type: "number", min: 0, max: 1e9, step: 1, value: s.seed, change: () => {
			if (this.seed.checkValidity() && this.seed.value !== "") this.change({seed: Number(this.seed.value)});
		}});
		const p = this.parts;
		return element("div", {class: "controls"},
			element("fieldset", {}, element("legend", {}, "To see"),
				button("J_D = 0: few, alone", () => this.change({self: 0, symmetric: false, order: "parallel"})),
				button("J_D = 0.3: some linked", () => this.change({self: 0.3, symmetric: false, order: "sequential"})),
				button("J_D = 1: all connected", () => this.change({self: 1, symmetric: false, order: "sequential"})),
				button("Symmetric: cycles of 2", () => this.change({self: 0, symmetric: true, order: "parallel"}))),
			element("fieldset", {}, element("legend", {}, "Network"),
				p.self, p.neurons, p.modules, p.lambda, p.gain, p.input,
				element("label", {}, this.symmetric, " Symmetric couplings"),
				element("label", {}, "Seed ", this.seed),
				button("Another network", () => this.change({seed: this.view.state.seed + 1}))),
			element("fieldset", {}, element("legend", {}, "Graph"), p.distance, p.order),
		);
	}

	// change takes what was chosen; what cannot be goes to the nearest that can.
	change(changes) {
		const s = {...this.view.state, ...changes};
		const neurons = Math.min(s.neurons, Math.floor(most / s.modules));
		this.view.set({...changes, point: 1, neurons, distance: Math.min(s.distance, neurons * s.modules)});
		this.update();
	}

	// update shows the controls as the address says, and asks.
	update() {
		const s = this.view.state;
		for (const [name, part] of Object.entries(this.parts)) part.show(s[name]);
		this.parts.neurons.querySelector("input").max = Math.floor(most / Math.max(1, s.modules));
		this.parts.lambda.hidden = s.modules < 2;
		this.symmetric.checked = s.symmetric;
		this.seed.value = s.seed;
		this.large.show();
		this.ask();
	}

	question() {
		const s = this.view.state;
		return {
			neurons: s.neurons, modules: s.modules, self_coupling: s.self, lambda: s.lambda, gain: s.gain,
			input: s.input, symmetric: s.symmetric, seed: s.seed, distance: s.distance,
		};
	}

	async ask() {
		this.asked?.abort();
		const asked = this.asked = new AbortController();
		const question = this.question();
		try {
			const found = await this.view.ask("manifold/census", {...question, order: this.view.state.order}, asked.signal);
			this.found = found;
			wrong(this.pictures);
			this.show();
			this.view.pictured();
			this.averages.ask(question, found, asked.signal);
		} catch (error) {
			if (error.name !== "AbortError") this.averages.stop();
			if (asked === this.asked) wrong(this.pictures, error);
		}
	}

	show() {
		const f = this.found, s = this.view.state;
		const share = (ok) => percent(f.ends.filter(ok).reduce((sum, e) => sum + e.share, 0));
		this.numbers.show({
			"fixed points": String(f.count), "components": f.count ? String(components(f)) : "0", "alone": String(f.alone),
			"states that end in a fixed point": share((e) => e.length === 1), "in a cycle": share((e) => e.length > 1),
			"not at rest": share((e) => e.length === 0),
		});
		this.note.textContent = sentence(f, s);
		this.view.say(this.note.textContent);
		this.list();
		this.choose(Math.min(Math.max(1, Math.round(s.point)), Math.max(1, f.points.length)) - 1);
	}

	list() {
		const order = this.found.points.map((_, k) => k).sort((i, j) => this.found.points[j].basin - this.found.points[i].basin || i - j).slice(0, 30);
		const rows = order.map((k) => {
			const p = this.found.points[k];
			return [String(k + 1), p.state, short(Math.min(...p.margins)), percent(p.basin), String(p.component + 1), String(near(p, this.view.state.distance))];
		});
		this.table.replaceChildren(this.table.firstChild,
			element("p", {class: "note"}, rows.length < this.found.count ? `The ${rows.length} with the largest basins of ${this.found.count}.` : "All of them, the largest basin first."),
			table(["number", "state", "smallest margin", "basin", "component", "linked to"], rows, [0, 2, 3, 4, 5]));
	}

	// choose shows a fixed point, counted from 0, and keeps it in the address.
	choose(k) {
		this.chosen = k;
		this.view.set({point: k + 1});
		this.look(null);
	}

	// look shows another one for a while, the chosen one again with null.
	look(k) {
		const shown = k ?? this.chosen;
		this.graph.draw(this.found, shown);
		this.point.draw(this.found, shown, this.view.state.distance);
	}

	redraw() {
		if (this.found) this.look(null);
		this.averages.draw();
		this.large.draw();
	}

	close() {
		this.asked?.abort();
		this.averages.stop();
		this.large.stop();
		this.resized.disconnect();
	}
}

// components counts those with more than one fixed point and those with one.
function components(found) {
	return found.components.filter((size) => size > 1).length + found.alone;
}

// sentence says what is to be seen in a network.
function sentence(found, state) {
	if (found.count === 0) {
		return ["This network has no fixed point: wherever it begins, it goes on for ever. Another seed may have some.", cycles(found)].filter(Boolean).join(" ");
	}
	const parts = [`${found.count} of 2^${found.neurons} states ${found.count === 1 ? "is a fixed point" : "are fixed points"}.`];
	const steps = `${state.distance} ${state.distance === 1 ? "neuron" : "neurons"}`;
	if (found.components[0] > 1) {
		parts.push(`With steps of up to ${steps} one reaches ${found.components[0]} of them from one another; ${found.alone} ${found.alone === 1 ? "is" : "are"} alone.`);
	} else if (found.count > 1) {
		parts.push(`All are alone: no two differ in ${state.distance === 1 ? "a single neuron" : `${steps} or fewer`}.`);
	}
	parts.push(cycles(found));
	if (found.points.length < found.count) parts.push(`Drawn are the ${found.points.length} with the largest basins, and the links among these.`);
	return parts.filter(Boolean).join(" ");
}

// cycles lists the lengths of cycles, with the share of states that end in them.
function cycles(found) {
	const list = found.ends.filter((e) => e.length > 1);
	if (!list.length) return "";
	const named = list.slice(0, 6).map((e) => `${e.attractors} of ${e.length} sweeps (${percent(e.share)} of the states)`);
	if (list.length > named.length) named.push(`others of up to ${list[list.length - 1].length}`);
	return `Cycles: ${named.join(", ")}.`;
}
