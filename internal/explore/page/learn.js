// The room learn: a small network learns the digits while one watches its accuracy and the map of
// its states.

import {listen} from "./ask.js";
import {button, element, group, numbers, number, picture, slider, table, wrong} from "./parts.js";
import {begin, colour, lines, short} from "./draw.js";

export const room = {
	name: "learn", title: "Learn",
	about: [
		"Each sample is shown together with its label for a few sweeps, then the label is taken away, and every coupling of a neuron that is not stable by the margin moves a little.",
		"Watch the states of digits that the network has not learned come together class by class on the map, while fewer neurons have anything to learn.",
	],
	defaults: {neurons: 200, jd: 0.5, density: 0.05, kappa: 1, feedback: 1, rate: 0.03, readout: 0.1, batch: 16, epochs: 20, seed: 1},
	open(place, view) {
		const opened = new Learn(place, view);
		opened.look();
		return {update: () => opened.update(), close: () => opened.stop(), redraw: () => opened.draw()};
	},
};

// The classes on the map are told apart by their digits; colours help those who see them.
const palette = ["#3b6fb5", "#c8641a", "#2f8f4e", "#b3261e", "#7d5bb5", "#8a5a3c", "#c2569b", "#6f7780", "#9a9a1f", "#1d9aa8"];

class Learn {
	constructor(place, view) {
		this.place = place;
		this.view = view;
		this.epochs = []; // the messages
		this.running = null; // AbortController of the run
		this.build();
	}

	build() {
		const {view} = this, {state} = view;
		const of = (title, key, min, max, step, format = short) => slider(title, {min, max, step, value: state[key], format}, (v) => this.change({[key]: v}));
		this.controls = {
			neurons: of("Neurons", "neurons", 20, 1000, 20), jd: of("Self-coupling J_D", "jd", 0, 2, 0.05),
			density: of("Density of J", "density", 0, 0.5, 0.01), kappa: of("Margin κ", "kappa", 0, 3, 0.1),
			feedback: of("Label's strength f", "feedback", 0, 4, 0.1), rate: of("Rate of J and W", "rate", 0, 0.2, 0.005),
			readout: of("Rate of the readout", "readout", 0, 1, 0.01), batch: of("Mini-batch", "batch", 1, 128, 1), epochs: of("Epochs", "epochs", 1, 60, 1),
			seed: number("Seed", {max: 1e9, value: state.seed}, (v) => this.change({seed: v})),
		};
		const {neurons, jd, density, kappa, feedback, rate, readout, batch, epochs, seed} = this.controls;
		this.start = button("Learn", () => this.learn(), {class: "first"});
		this.halt = button("Stop", () => this.stop(), {disabled: true});
		this.said = element("p", {class: "note"});
		this.now = numbers("Epoch", "Held-out digits right", "Learned digits right", "Unstable", "Flips in a sweep", "At fixed points");
		this.accuracy = picture("Share of digits that are right: those held out (full line) and those that are learned (dashed), while they are shown");
		this.unstable = picture("Share of neurons that had something to learn");
		this.map = picture("States in which held-out digits settle, on their two largest principal components: each digit stands where its state is");
		this.after = element("div", {class: "row"});
		this.rows = element("details", {}, element("summary", {}, "All epochs, as a table"));
		this.place.append(element("div", {class: "bench"},
			element("div", {class: "controls"}, group("Network", neurons, jd, density), group("Learning", kappa, feedback, rate, readout, batch, epochs, seed)),
			element("div", {class: "pictures"}, element("div", {class: "row"}, this.start, this.halt), this.said, this.now, this.after,
				this.map, element("div", {class: "side"}, this.accuracy, this.unstable), this.rows)));
	}

	question(epochs) {
		const {neurons, jd, density, kappa, feedback, rate, readout, batch, seed} = this.view.state;
		return {neurons, self_coupling: jd, density, kappa, feedback, rate, readout_rate: readout, batch, epochs, seed};
	}

	change(changes) {
		this.view.set(changes);
		this.look();
	}

	update() {
		for (const [key, control] of Object.entries(this.controls)) control.show(this.view.state[key]);
		this.look();
	}

	stop() {
		this.running?.abort();
	}

	// look shows the network as it is drawn, before it learns.
	look() {
		return this.run(0, "Before learning. Press Learn: it takes seconds.");
	}

	learn() {
		return this.run(this.view.state.epochs, "");
	}

	async run(epochs, done) {
		this.running?.abort();
		const mine = this.running = new AbortController();
		this.epochs = [];
		this.after.replaceChildren();
		this.halt.disabled = epochs === 0;
		if (epochs > 0) this.said.textContent = "Learning.";
		wrong(this.place, null);
		try {
			await listen("learn/run", this.question(epochs), mine.signal, (message) => {
				if (mine === this.running) this.take(message);
			});
			if (mine === this.running && done) this.said.textContent = done;
		} catch (error) {
			if (mine === this.running) {
				this.said.textContent = error.name === "AbortError" ? "Stopped." : "";
				wrong(this.place, error);
			}
		}
		if (mine === this.running) this.halt.disabled = true;
	}

	take(message) {
		if (message.wrong) throw new Error(message.wrong);
		if (message.digest) {
			this.end(message.digest);
			return;
		}
		if (message.labels) [this.labels, this.names] = [message.labels, message.names];
		this.epochs.push(message);
		this.draw();
		this.view.pictured();
	}

	end(digest) {
		const last = this.epochs.at(-1);
		this.said.textContent = `Learned: ${percent(last.held)} of the held-out digits are right. The same settings give the same model, ${digest}.`;
		this.view.say(this.said.textContent);
		this.after.replaceChildren(
			button("Look into this model", async () => {
				try {
					await this.view.ask("learn/show", {digest});
					location.hash = "#model";
				} catch (error) {
					wrong(this.place, error);
				}
			}),
			element("a", {href: `/api/learn/model/${digest}`, download: "digits.safetensors"}, "Save the model file"));
	}

	draw() {
		const last = this.epochs.at(-1);
		if (!last) return;
		const learned = this.epochs.filter((m) => m.epoch > 0);
		this.now.show(last.epoch === 0 ? {Epoch: "0"} : {
			"Epoch": `${last.epoch} of ${last.epochs}`, "Held-out digits right": percent(last.held), "Learned digits right": percent(last.training),
			"Unstable": percent(last.unstable), "Flips in a sweep": percent(last.flips), "At fixed points": percent(last.fixed_points),
		});
		if (last.epoch === 0) this.now.show({"Held-out digits right": "–", "Learned digits right": "–", "Unstable": "–", "Flips in a sweep": "–", "At fixed points": "–"});
		const x = learned.map((m) => m.epoch), xmax = Math.max(2, last.epochs);
		lines(this.accuracy.canvas, 220, [
			{name: "held out", colour: colour("accent"), x, y: learned.map((m) => m.held)},
			{name: "learned", colour: colour("plus"), dash: [5, 4], x, y: learned.map((m) => m.training)},
		], {xmin: 1, xmax, ymin: 0, ymax: 1, xlabel: "epoch", ylabel: "share right"});
		lines(this.unstable.canvas, 220, [{name: "unstable", colour: colour("flip"), x, y: learned.map((m) => m.unstable)}],
			{xmin: 1, xmax, ymin: 0, xlabel: "epoch", ylabel: "share unstable"});
		this.accuracy.describe(last.epoch ? `After epoch ${last.epoch} ${percent(last.held)} of the held-out digits and ${percent(last.training)} of the learned ones are right` : "Nothing learned yet");
		this.unstable.describe(last.epoch ? `${percent(last.unstable)} of neurons were unstable in epoch ${last.epoch}` : "Nothing learned yet");
		this.drawMap(last);
		this.rows.replaceChildren(this.rows.firstChild, table(["epoch", "held out", "learned", "unstable", "flips", "fixed points"],
			learned.map((m) => [String(m.epoch), percent(m.held), percent(m.training), percent(m.unstable), percent(m.flips), percent(m.fixed_points)]), [0, 1, 2, 3, 4, 5]));
	}

	drawMap({x, y, shown}) {
		const {context, width, height} = begin(this.map.canvas, 420);
		const span = (values) => Math.max(...values.map(Math.abs)) || 1;
		const across = (width - 40) / 2 / span(x), up = (height - 40) / 2 / span(y);
		context.font = "600 14px system-ui, sans-serif";
		context.textAlign = "center";
		context.textBaseline = "middle";
		x.forEach((v, i) => {
			context.fillStyle = palette[this.labels[i] % palette.length];
			context.fillText(this.names[this.labels[i]], width / 2 + across * v, height / 2 - up * y[i]);
		});
		context.fillStyle = colour("faint");
		context.font = "12px system-ui, sans-serif";
		context.textAlign = "left";
		context.fillText(`${percent(shown)} of the spread of the states`, 8, height - 10);
		this.map.describe(`Map of ${x.length} digits by their states, with ${percent(shown)} of their spread. Distance between class centres over spread within: ${short(separation(x, y, this.labels))}`);
	}
}

// separation is how far classes are apart on the map: the spread of their centres over that within.
function separation(x, y, labels) {
	const classes = new Map();
	labels.forEach((label, i) => {
		const c = classes.get(label) ?? {n: 0, x: 0, y: 0};
		classes.set(label, {n: c.n + 1, x: c.x + x[i], y: c.y + y[i]});
	});
	let within = 0, between = 0;
	labels.forEach((label, i) => {
		const c = classes.get(label), cx = c.x / c.n, cy = c.y / c.n;
		within += (x[i] - cx) ** 2 + (y[i] - cy) ** 2;
		between += cx ** 2 + cy ** 2;
	});
	return Math.sqrt(between / within);
}

function percent(share) { return (100 * share).toFixed(1) + " %"; }
