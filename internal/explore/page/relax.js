// The room relax: a network, an input and a label are chosen, one question brings the whole
// trajectory, and the page plays it.

import {button, choice, element, group, number, numbers, picture, slider, tick, wrong} from "./parts.js";
import {bits, short} from "./draw.js";
import {pad} from "./relax_pad.js";
import {player} from "./relax_player.js";
import {pictures} from "./relax_pictures.js";

export const room = {
	name: "relax", title: "Relax",
	about: [
		"Every neuron is +1 or −1 and takes, sweep by sweep, the sign of what it hears: the input, the other neurons and, with strength J_D, itself.",
		"Watch how a picture makes the network settle in a state that no longer changes, and what is left of that state when a label was heard for a while and is taken away.",
	],
	defaults: {
		network: "model", neurons: 100, modules: 1, gain: 1, density: 1, seed: 1, own: true, jd: 0.5, lambda: 1,
		source: "sample", sample: 0, drawing: "", noise: 0, noiseSeed: 1, strength: 1,
		start: "input", label: -1, clamped: 10, feedback: 1, order: "", sweeps: 0, at: -1, speed: 5, sorted: true,
	},
	open(place, view) {
		const opened = new Relax(place, view);
		opened.begin();
		return {update: () => opened.update(), close: () => opened.close(), redraw: () => opened.draw()};
	},
};

class Relax {
	constructor(place, view) {
		this.place = place;
		this.view = view;
		this.leaving = new AbortController();
		this.asking = null; // AbortController of the question that waits
		this.answer = null;
	}

	get reads() {
		return this.open ? this.choices.model.reads : this.choices.digits;
	}

	// open says that the network is the model and not one that is drawn.
	get open() {
		return this.choices.model !== null && this.view.state.network === "model";
	}

	// source is what is read: what was chosen, where the network can read it.
	get source() {
		const {source} = this.view.state, {samples, shape} = this.reads;
		return source === "sample" && !samples || source === "drawing" && !shape ? "noise" : source;
	}

	async begin() {
		try {
			this.choices = await this.view.ask("relax/choices", {}, this.leaving.signal);
		} catch (error) {
			wrong(this.place, error);
			return;
		}
		this.build();
		this.show();
		this.run();
	}

	build() {
		const {state} = this.view, model = this.choices.model;
		const set = (key) => (value) => this.change({[key]: value});
		const slide = (title, key, min, max, step) => slider(title, {min, max, step, value: state[key]}, set(key));
		this.controls = {
			network: choice("Network", [...(model ? [["model", "open model"]] : []), ["drawn", "drawn at random"]],
				this.open ? "model" : "drawn", (value) => this.change({network: value, sample: 0, drawing: "", source: "sample", label: -1})),
			neurons: slide("Neurons N of a module", "neurons", 10, 1000, 10),
			modules: slide("Modules in a chain", "modules", 1, 8, 1),
			gain: slide("Gain of the couplings J", "gain", 0, 3, .05),
			density: slide("Density of J", "density", .05, 1, .05),
			seed: number("Seed of the draw", {value: state.seed}, set("seed")),
			own: tick("J_D and λ as in the model", state.own, (own) => this.change({own})),
			jd: slide("Self-coupling J_D", "jd", -1, 3, .05),
			lambda: slide("Link between neighbours λ", "lambda", 0, 3, .05),
			source: choice("Input", [["sample", "a sample"], ["drawing", "a drawing"], ["noise", "noise"]], state.source, (source) => this.choose(source)),
			sample: number("Number of the sample", {value: state.sample}, set("sample")),
			noise: slide("Noise on the picture", "noise", 0, 1, .05),
			noiseSeed: number("Seed of the noise", {value: state.noiseSeed}, set("noiseSeed")),
			strength: slide("Strength of the input", "strength", 0, 3, .05),
			start: choice("Start", [["input", "from the input"], ["random", "from a random state"]], state.start, set("start")),
			label: choice("Label", [], "", (label) => this.change({label: Number(label)})),
			feedback: slide("Strength of the label", "feedback", 0, 5, .1),
			clamped: slide("Sweeps with the label, at most", "clamped", 1, 50, 1),
			order: choice("Order", [["", "as given"], ["parallel", "all at once"], ["partial", "each with a chance"], ["sequential", "one after the other"], ["modules", "module by module"]], state.order, set("order")),
			sweeps: slide("Sweeps without it, at most", "sweeps", 1, 200, 1),
		};
		const c = this.controls;
		this.pad = pad(this.view, {
			drawn: (drawing, began) => this.change(began ? {drawing, source: "drawing", noise: 0} : {drawing, source: "drawing"}),
		});
		this.from = element("p", {class: "note"});
		this.said = element("p", {class: "note"});
		this.facts = numbers("Sweep", "Flips", "Unstable", "Overlap with the start", "Overlap with the label's state", "Prediction");
		this.end = element("p", {class: "end"});
		this.player = player(this.view, (at) => this.go(at));
		this.sorted = tick("in the order in which they settle", state.sorted, (sorted) => {
			this.view.set({sorted});
			this.draw();
		});
		this.pictures = pictures((at) => this.go(at), () => this.view.state.sorted, this.sorted);
		this.shown = element("div", {class: "pictures", hidden: true}, this.end, this.player.element, this.facts, ...this.pictures.elements);
		this.bench = element("div", {class: "bench"},
			element("div", {class: "controls"},
				group("Network", c.network, this.said, c.neurons, c.modules, c.gain, c.density, c.seed, c.own, c.jd, c.lambda),
				group("Input", c.source, c.sample, this.from, this.pad.element, c.noise, c.noiseSeed, c.strength),
				group("Label", c.label, c.feedback, c.clamped),
				group("Sweeps", c.start, c.order, c.sweeps),
			),
			this.shown,
		);
		this.place.append(this.bench);
	}

	// show makes the controls say what the state of the address is.
	show() {
		const {state} = this.view, c = this.controls, reads = this.reads, model = this.choices.model;
		for (const [key, control] of Object.entries(c)) control.show(state[key]);
		c.network.show(this.open ? "model" : "drawn");
		c.source.show(this.source);
		for (const key of ["neurons", "modules", "gain", "density", "seed"]) c[key].hidden = this.open;
		c.own.hidden = !this.open;
		const own = this.open && state.own;
		if (own) {
			c.jd.show(model.selfCoupling);
			c.lambda.show(model.lambda);
		}
		c.jd.input.disabled = c.lambda.input.disabled = own;
		c.lambda.hidden = this.open ? !model.linked : state.modules < 2;
		c.sample.hidden = this.source !== "sample";
		c.sample.input.max = Math.max(0, reads.samples - 1);
		this.from.hidden = reads.samples > 0 && this.source !== "sample";
		this.from.textContent = reads.samples ? `${reads.samples} samples of ${reads.from}` : reads.from;
		for (const option of c.source.list.options) option.disabled = option.value === "sample" && !reads.samples || option.value === "drawing" && !reads.shape;
		c.noise.hidden = !reads.shape || this.source === "noise";
		c.noiseSeed.hidden = this.source !== "noise" && (c.noise.hidden || state.noise === 0);
		c.label.list.replaceChildren(...[["-1", "none"], ...reads.classes.map((name, i) => [String(i), name])].map(([value, text]) => element("option", {value}, text)));
		c.label.show(String(state.label));
		c.label.list.disabled = this.open && !model.hears;
		c.feedback.hidden = c.clamped.hidden = state.label < 0;
		c.sweeps.show(state.sweeps || (this.open ? model.sweeps : 50));
		this.sorted.show(state.sorted);
		this.pad.shape(reads.shape);
	}

	change(changes) {
		this.view.set({...changes, at: -1});
		this.show();
		this.run();
	}

	choose(source) {
		const {shape} = this.reads;
		const blank = source === "drawing" && shape && this.view.state.drawing.length !== shape[0] * shape[1];
		this.change(blank ? {source, drawing: this.pad.text()} : {source});
	}

	// run asks for the trajectory of the state; of questions that follow each other fast, the last.
	async run() {
		this.player.stop();
		this.bench.classList.add("waiting");
		if (this.asking) {
			this.again = true;
			this.asking.abort();
			return;
		}
		this.asking = new AbortController();
		try {
			const answer = await this.view.ask("relax/run", this.question(), AbortSignal.any([this.asking.signal, this.leaving.signal]));
			wrong(this.place, null);
			this.take(answer);
		} catch (error) {
			if (!this.leaving.signal.aborted) wrong(this.place, error);
			this.view.pictured();
		}
		this.asking = null;
		if (this.again && !this.leaving.signal.aborted) {
			this.again = false;
			this.run();
		} else {
			this.bench.classList.remove("waiting");
		}
	}

	question() {
		const {network, jd, at, speed, sorted, ...rest} = this.view.state;
		return {...rest, network: this.open ? "model" : "drawn", source: this.source, selfCoupling: jd};
	}

	take(answer) {
		this.answer = answer;
		this.shown.hidden = false;
		const width = 8 * Math.ceil(answer.neurons / 8);
		const all = bits(answer.states, answer.sweeps * width);
		answer.rows = Array.from({length: answer.sweeps}, (_, t) => all.subarray(t * width, t * width + answer.neurons));
		this.said.textContent = answer.said + (this.open ? ` of ${this.choices.model.path}` : "");
		this.pad.take(answer);
		this.player.length(answer.sweeps);
		this.pictures.take(answer);
		const words = this.ending();
		this.end.textContent = words;
		this.view.say(words);
		this.draw();
		this.view.pictured();
	}

	ending() {
		const {status, period, sweeps, random, unstable, clamped} = this.answer;
		const taken = sweeps - random, left = unstable[sweeps - 1];
		const after = `${taken} ${taken === 1 ? "sweep" : "sweeps"}` + (clamped ? `, the first ${clamped - random} with the label` : "");
		if (status === "fixed point") return `A fixed point after ${after}: nothing changes any more.`;
		if (status === "cycle") return `A cycle of ${period} sweeps: ${left} of the neurons would still flip after ${after}.`;
		return `No end after ${after}: ${left} neurons would still flip.`;
	}

	// at is the sweep that is shown.
	get at() {
		const {at} = this.view.state, last = this.answer.sweeps - 1;
		return at < 0 || at > last ? last : Math.round(at);
	}

	go(at) {
		this.view.set({at: at >= this.answer.sweeps - 1 ? -1 : at});
		this.draw();
	}

	draw() {
		const a = this.answer;
		if (!a) return;
		const at = this.at;
		this.player.show(at);
		this.pictures.draw(at);
		this.pad.draw();
		const share = (count) => `${count} (${short(100 * count / a.neurons)} %)`;
		let prediction = null;
		if (a.logits) {
			const said = a.logits[at].indexOf(Math.max(...a.logits[at]));
			prediction = a.classes[said] + (a.truth ? (a.truth === a.classes[said] ? " (right)" : ` (it is ${a.truth})`) : "");
		} else if (a.truth) {
			prediction = `none (it is ${a.truth})`;
		}
		this.facts.show({
			"Sweep": `${at + 1 - a.random} of ${a.sweeps - a.random}${at < a.clamped ? ", with the label" : ""}`,
			"Flips": share(a.flips[at]), "Unstable": share(a.unstable[at]),
			"Overlap with the start": a.first[at].toFixed(3), "Overlap with the label's state": a.last ? a.last[at].toFixed(3) : null,
			"Prediction": prediction,
		});
	}

	update() {
		if (!this.choices) return;
		this.show();
		this.run();
	}

	close() {
		this.leaving.abort();
		this.player?.stop();
	}
}
