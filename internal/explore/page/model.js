// The room model: what an open model is made of, what one of its neurons sees and votes for, and
// the samples in which it is in doubt.

import {choice, element, group, number, picture, slider, table, wrong} from "./parts.js";
import {bars, pixels, short} from "./draw.js";

export const room = {
	name: "model", title: "Model",
	about: [
		"A neuron sees a part of the input through couplings that it has learned, hears some others, and votes for classes with its couplings to the readout.",
		"Choose one and see what makes it fire; below are the classes that the model takes for one another, and the samples in which its two best classes are closest.",
	],
	defaults: {module: 0, neuron: 0, samples: "doubtful"},
	open(place, view) {
		const opened = new Model(place, view);
		opened.begin();
		return {update: () => opened.update(), close: () => opened.leaving.abort(), redraw: () => opened.draw()};
	},
};

class Model {
	constructor(place, view) {
		this.place = place;
		this.view = view;
		this.leaving = new AbortController();
		this.neuron = null; // the answer about a neuron
		this.judgement = null;
	}

	async begin() {
		try {
			this.model = await this.view.ask("model/open", {}, this.leaving.signal);
		} catch (error) {
			wrong(this.place, error);
			return;
		}
		if (!this.model.open) {
			this.place.append(
				element("p", {}, "No model is open. Learn one in the room ", element("a", {href: "#learn"}, "Learn"), ", which takes seconds, or begin with ",
					element("code", {}, "basin explore MODEL"), "."));
			this.view.pictured();
			return;
		}
		this.build();
		this.askNeuron();
		this.askJudgement();
	}

	build() {
		const {model, view} = this;
		this.modules = choice("Module", model.modules.map((m, i) => [String(i), `${i}: ${m.neurons} neurons`]), String(view.state.module),
			(value) => this.choose({module: Number(value), neuron: 0}));
		this.slide = slider("Neuron", {min: 0, max: 1, step: 1, value: 0}, (value) => this.choose({neuron: value}));
		this.entry = number("Its number", {max: 1, value: 0}, (value) => this.choose({neuron: value}));
		this.facts = element("div");
		this.window = picture("What it sees: its couplings from the input");
		this.window.canvas.classList.add("small");
		this.votes = picture("What it votes for: its couplings to the readout of each class");
		this.active = picture("When it fires: share of the samples of each class for which it is at +1");
		this.words = element("p", {class: "note"});
		this.senders = element("div");
		this.confusion = element("div");
		this.gallery = element("div", {class: "gallery"});
		this.said = element("p", {class: "note"});
		this.kind = choice("Show", [["doubtful", "the most doubtful"], ["wrong", "the surest mistakes"]], view.state.samples, (value) => {
			view.set({samples: value});
			this.drawGallery();
		});
		this.place.append(
			element("div", {class: "bench"},
				element("div", {class: "controls"}, group("Neuron", this.modules, this.slide, this.entry), group("Model", this.facts)),
				element("div", {class: "pictures"},
					this.words,
					element("div", {class: "side"}, this.window, this.votes, this.active),
					this.senders,
					element("h2", {}, "Modules"), this.graph(),
					element("h2", {}, "Classes taken for one another"), this.said, this.confusion,
					element("h2", {}, "Samples"), element("div", {class: "row"}, this.kind), this.gallery)));
		this.facts.append(element("p", {class: "note"}, model.path), element("dl", {class: "facts"},
			...model.facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, fact(name, value))])));
		this.limits();
	}

	// graph returns the drawing of modules and links, which scrolls where it is wide.
	graph() {
		const drawn = new DOMParser().parseFromString(this.model.drawing, "image/svg+xml").documentElement;
		return element("div", {class: "scroll graph", tabindex: 0, role: "group", "aria-label": "Graph of the modules"}, document.importNode(drawn, true));
	}

	// limits keeps the neuron among those of its module.
	limits() {
		const {state} = this.view;
		if (!this.model.modules[state.module]) this.view.set({module: 0, neuron: 0});
		const last = this.model.modules[state.module].neurons - 1;
		if (!(state.neuron >= 0 && state.neuron <= last)) this.view.set({neuron: 0});
		this.slide.querySelector("input").max = last;
		this.entry.input.max = last;
		this.modules.show(String(state.module));
		this.slide.show(state.neuron);
		this.entry.show(state.neuron);
	}

	choose(changes) {
		this.view.set(changes);
		this.limits();
		this.askNeuron();
	}

	update() {
		if (!this.model?.open) return;
		this.kind.show(this.view.state.samples);
		this.limits();
		this.askNeuron();
		this.drawGallery();
	}

	async askNeuron() {
		this.asking?.abort();
		this.asking = new AbortController();
		this.leaving.signal.addEventListener("abort", () => this.asking.abort());
		const {module, neuron} = this.view.state;
		try {
			this.neuron = await this.view.ask("model/neuron", {module, neuron}, this.asking.signal);
		} catch (error) {
			wrong(this.place, error);
			return;
		}
		wrong(this.place, null);
		this.drawNeuron();
		this.view.pictured();
	}

	async askJudgement() {
		try {
			this.judgement = await this.view.ask("model/judge", {}, this.leaving.signal);
		} catch (error) {
			wrong(this.place, error);
			return;
		}
		this.drawConfusion();
		this.drawGallery();
	}

	draw() {
		if (this.neuron) this.drawNeuron();
		if (this.judgement) this.drawGallery();
	}

	drawNeuron() {
		const {neuron, model} = this, {state} = this.view;
		const active = neuron.active?.map((share) => share < 0 ? NaN : share);
		const vote = best(neuron.votes), often = best(active);
		const parts = [`Neuron ${state.neuron} of module ${state.module} sees ${neuron.sees} of ${neuron.input.length} values and hears ${neuron.heard} neurons`];
		if (vote !== null) parts.push(`votes most for “${model.classes[vote]}”`);
		if (often !== null) parts.push(`is at +1 most often for “${model.classes[often]}” (${percent(active[often])})`);
		this.words.textContent = parts.join(", ") + `. J_D = ${short(neuron.self_coupling)}, bias ${short(neuron.bias)}.`;
		this.view.say(this.words.textContent);
		this.drawWindow();
		this.votes.hidden = !neuron.votes;
		if (neuron.votes) bars(this.votes.canvas, 180, neuron.votes, {xlabel: "class", ylabel: "O", names: model.classes});
		this.votes.describe("Votes: " + list(model.classes, neuron.votes));
		this.active.hidden = !active;
		if (active) bars(this.active.canvas, 180, active.map((share) => share || 0), {xlabel: "class", ylabel: "share at +1", names: model.classes});
		this.active.describe("Share at +1: " + list(model.classes, active));
		this.senders.replaceChildren();
		if (neuron.senders.length) {
			const right = [1, 2, 3], head = ["Strongest it hears", "module", "neuron", "coupling"];
			this.senders.append(table(head, neuron.senders.map((s, i) => [String(i + 1), String(s.module), String(s.neuron), short(s.value)]), right));
		}
	}

	// drawWindow draws the couplings from an image where they stand on it, the sum over colours;
	// those from columns are bars with a list of the strongest.
	drawWindow() {
		const {neuron, model} = this, {shape} = model;
		this.window.hidden = neuron.sees === 0;
		if (neuron.sees === 0) return;
		const most = Math.max(...neuron.input.map((w) => Math.abs(w ?? 0))) || 1;
		const sorted = neuron.input.map((w, k) => [w ?? 0, k]).sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 8);
		const name = (k) => model.columns?.[k] ?? (shape.length > 1 ? placeOf(k, shape) : `value ${k + 1}`);
		this.window.describe("Strongest couplings from the input: " + sorted.map(([w, k]) => `${name(k)} ${short(w)}`).join(", "));
		const words = this.window.querySelector("figcaption");
		if (shape.length < 2) {
			bars(this.window.canvas, 180, neuron.input.map((w) => w ?? 0), {xlabel: "value", ylabel: "W", first: 1, names: model.columns ?? null});
			words.textContent = "What it sees: its couplings from the input, the strongest " + sorted.slice(0, 4).map(([w, k]) => `${name(k)} (${short(w)})`).join(", ");
			return;
		}
		const [height, width, channels = 1] = shape, values = new Array(height * width).fill(0);
		neuron.input.forEach((w, k) => { values[Math.floor(k / channels)] += (w ?? 0) / most / Math.sqrt(channels); });
		pixels(this.window.canvas, values, width, height, true);
		words.textContent = `What it sees: its couplings from the input; orange makes it fire, blue silences it, full at ${short(most)}`;
	}

	drawConfusion() {
		const {judgement, model} = this;
		if (!judgement.samples) {
			this.said.textContent = `No samples to judge it on: ${judgement.from}.`;
			return;
		}
		this.said.textContent = `${judgement.right} of ${judgement.samples} samples (${judgement.from}) are predicted rightly, ${percent(judgement.right / judgement.samples)}. A row for each true class, a column for each predicted one.`;
		const rows = judgement.confusion.map((row, c) => [model.classes[c], ...row.map((n) => n === 0 ? "·" : String(n))]);
		this.confusion.replaceChildren(table(["", ...model.classes], rows, model.classes.map((_, c) => c + 1)));
		this.confusion.querySelectorAll("tbody tr").forEach((tr, r) => {
			tr.querySelectorAll("td").forEach((td, c) => {
				if (c > 0 && judgement.confusion[r][c - 1] > 0) td.classList.add(c - 1 === r ? "right" : "mistaken");
			});
		});
	}

	drawGallery() {
		if (!this.judgement) return;
		const shown = this.judgement[this.view.state.samples === "wrong" ? "wrong" : "doubtful"] ?? [];
		const {shape} = this.judgement;
		if (!shape) {
			this.gallery.replaceChildren(table(["sample", "class", "prediction", "margin"], shown.map((s) => [String(s.sample), s.truth, s.prediction, short(s.margin)]), [0, 3]));
			return;
		}
		this.gallery.replaceChildren(...shown.map((s) => {
			const right = s.truth === s.prediction;
			const words = right ? `${s.truth}, margin ${short(s.margin)}` : `${s.truth} taken for ${s.prediction}, margin ${short(s.margin)}`;
			const made = picture(words);
			const [height, width, channels = 1] = shape;
			const grey = Array.from({length: height * width}, (_, p) => s.values.slice(p * channels, (p + 1) * channels).reduce((sum, v) => sum + v, 0) / channels);
			pixels(made.canvas, grey, width, height);
			if (!right) made.classList.add("mistaken");
			return made;
		}));
	}
}

// best returns the place of the largest number, null where there is none.
function best(values) {
	if (!values) return null;
	let at = null;
	values.forEach((v, i) => { if (Number.isFinite(v) && (at === null || v > values[at])) at = i; });
	return at;
}

function list(names, values) {
	return values ? names.map((name, i) => `${name} ${short(values[i])}`).join(", ") : "none";
}

function percent(share) { return (100 * share).toFixed(1) + " %"; }

// placeOf says where a value of an image is.
function placeOf(k, [, width, channels = 1]) {
	const pixel = Math.floor(k / channels);
	return `row ${Math.floor(pixel / width) + 1}, column ${pixel % width + 1}`;
}

function fact(name, value) {
	if (typeof value === "boolean") return value ? "yes" : "no";
	if (name.includes("accuracy")) return percent(value);
	return typeof value === "number" ? value.toLocaleString("en") : String(value);
}
