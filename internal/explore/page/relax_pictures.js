// What one sees of a trajectory: all neurons in all sweeps, the neurons now, and curves.

import {element, legend, picture, table} from "./parts.js";
import {begin, channels, colour, lines, short, ticks} from "./draw.js";

const box = {left: 46, right: 8, top: 22, bottom: 34}; // as lines has them, with a line of text above
const rasterHeight = 300, mostRows = 244; // one for each pixel

// pictures returns {elements, take(answer), draw(at)}; go is called with a sweep that is clicked,
// and sorted says whether neurons stand in the order in which they settle.
export function pictures(go, sorted, order) {
	let a = null, raster = null, painted = null, shown = 0, most = 0;
	const all = picture("All neurons, sweep by sweep: ");
	const title = element("span", {});
	all.querySelector("figcaption").replaceChildren(title, legend([["plus", "+1"], ["minus", "−1"]]), order);
	all.canvas.addEventListener("click", (event) => {
		const rect = all.canvas.getBoundingClientRect();
		const share = (event.clientX - rect.left - box.left) / (rect.width - box.left - box.right);
		if (a && share >= 0 && share <= 1) go(Math.min(a.sweeps - 1, Math.floor(share * a.sweeps)));
	});
	const now = picture("The neurons now, module by module: ", {class: "pixels neurons"});
	now.querySelector("figcaption").append(legend([["plus", "+1"], ["minus", "−1"], ["flip", "flipped in this sweep"]]));
	const fields = picture("How stable the neurons are now: state times field, without the label; below zero a neuron would flip");
	const moving = picture("Share of the neurons: ");
	moving.querySelector("figcaption").append(legend([["flip", "flipped in the sweep"], ["minus", "unstable without the label", true]]));
	const overlaps = picture("Overlap of the state: ");
	const keys = legend([["ink", "with the first state"], ["good", "with the last state that heard the label", true]]);
	overlaps.querySelector("figcaption").append(keys);
	const votes = picture("What the readout has for each class now");
	const rows = element("div");
	const listing = element("details", {toggle: list}, element("summary", {}, "The sweeps as a table"), rows);

	function list() {
		if (!a || !listing.open) return;
		const head = ["Sweep", "Label", "Flips", "Unstable", "Overlap with the start", ...(a.last ? ["Overlap with the label's state"] : [])];
		rows.replaceChildren(table(head, a.flips.map((flips, t) => [
			String(t + 1 - a.random), t < a.clamped ? "heard" : "", String(flips), String(a.unstable[t]), a.first[t].toFixed(3), ...(a.last ? [a.last[t].toFixed(3)] : []),
		]), [0, 2, 3, 4, 5]));
	}

	// paint makes the raster, a pixel for a sweep of a neuron: in the order in which neurons settle,
	// the last ones first, or as they are numbered; not all of them where they are many.
	function paint() {
		let order = Array.from({length: a.neurons}, (_, i) => i);
		const every = Math.ceil(a.neurons / mostRows);
		if (sorted()) {
			const last = order.map((i) => {
				let t = a.sweeps - 1;
				while (t > 0 && a.rows[t][i] === a.rows[t - 1][i]) t--;
				return t;
			});
			order.sort((i, j) => last[j] - last[i] || i - j);
			order = order.slice(0, mostRows);
			title.textContent = order.length < a.neurons ? `The ${order.length} of ${a.neurons} neurons that settle last, sweep by sweep: ` : "All neurons, those that settle last at the top, sweep by sweep: ";
		} else {
			order = order.filter((i) => i % every === 0);
			title.textContent = every > 1 ? `One neuron of ${every}, sweep by sweep: ` : "All neurons, sweep by sweep: ";
		}
		raster = new OffscreenCanvas(a.sweeps, order.length);
		const image = new ImageData(a.sweeps, order.length);
		const colours = ["minus", "plus"].map((name) => [...channels(colour(name)), 255]);
		order.forEach((i, y) => {
			for (let t = 0; t < a.sweeps; t++) image.data.set(colours[a.rows[t][i]], 4 * (y * a.sweeps + t));
		});
		raster.getContext("2d").putImageData(image, 0, 0);
		return sorted() ? order.length : a.neurons;
	}

	function drawAll(at) {
		const asked = sorted() + colour("plus");
		if (painted !== asked) shown = paint();
		painted = asked;
		const {context, width, height} = begin(all.canvas, rasterHeight);
		const w = width - box.left - box.right, h = height - box.top - box.bottom, step = w / a.sweeps;
		context.imageSmoothingEnabled = false;
		context.drawImage(raster, box.left, box.top, w, h);
		context.font = "12px system-ui, sans-serif";
		context.fillStyle = colour("faint");
		context.textAlign = "right";
		for (const t of ticks(0, shown, 4)) context.fillText(short(t), box.left - 5, Math.min(box.top + h * t / shown + 4, box.top + h));
		context.textAlign = "center";
		for (const t of ticks(1 - a.random, a.sweeps - a.random, Math.min(8, a.sweeps))) {
			if (Number.isInteger(t)) context.fillText(short(t), box.left + (t - 1 + a.random + .5) * step, box.top + h + 15);
		}
		context.fillText("sweep", box.left + w / 2, height - 5);
		context.textAlign = "left";
		context.fillText("neuron", 2, 12);
		if (a.clamped) {
			context.fillStyle = colour("good");
			context.fillRect(box.left, box.top - 4, a.clamped * step, 4);
			context.fillText("label heard", box.left + 10, 12);
		}
		context.strokeStyle = colour("field");
		context.lineWidth = 2;
		let edge = 0;
		for (const size of sorted() ? [] : a.modules.slice(0, -1)) {
			edge += size;
			context.beginPath();
			context.moveTo(box.left, box.top + h * edge / a.neurons);
			context.lineTo(box.left + w, box.top + h * edge / a.neurons);
			context.stroke();
		}
		context.strokeStyle = colour("ink");
		context.strokeRect(box.left + at * step, box.top - 1, step, h + 2);
		all.describe(`${a.neurons} neurons in ${a.sweeps - a.random} sweeps; sweep ${at + 1 - a.random} is marked. Flips: ${a.flips.join(", ")}.`);
	}

	// drawNow shows each module as a square, with a gap between two.
	function drawNow(at) {
		const sides = a.modules.map((size) => Math.ceil(Math.sqrt(size)));
		const columns = sides.reduce((sum, side) => sum + side + 1, -1), most = Math.max(...sides.map((side, m) => Math.ceil(a.modules[m] / side)));
		const canvas = now.canvas, context = canvas.getContext("2d");
		canvas.width = columns;
		canvas.height = most;
		canvas.style.maxWidth = Math.min(640, columns * 26) + "px";
		const image = context.createImageData(columns, most);
		const [plus, minus, flip] = ["plus", "minus", "flip"].map((name) => channels(colour(name)));
		let left = 0, first = 0;
		a.modules.forEach((size, m) => {
			for (let i = 0; i < size; i++) {
				const n = first + i, flipped = at > 0 && a.rows[at][n] !== a.rows[at - 1][n];
				image.data.set([...(flipped ? flip : a.rows[at][n] ? plus : minus), 255], 4 * (Math.floor(i / sides[m]) * columns + left + i % sides[m]));
			}
			left += sides[m] + 1;
			first += size;
		});
		context.putImageData(image, 0, 0);
		const up = a.rows[at].reduce((sum, bit) => sum + bit, 0);
		now.describe(`${up} neurons are at +1, ${a.neurons - up} at −1, ${a.flips[at]} flipped in this sweep`);
	}

	function drawFields(at) {
		const {context, width, height} = begin(fields.canvas, 180);
		const counts = a.stability[at], frame = {left: 46, right: width - 8, top: 8, bottom: height - 34};
		const px = (v) => frame.left + (frame.right - frame.left) * (v - a.from) / (a.to - a.from), py = (c) => frame.bottom - (frame.bottom - frame.top) * c / most;
		const step = (a.to - a.from) / counts.length;
		counts.forEach((count, i) => {
			const from = a.from + i * step;
			context.fillStyle = colour(from < -step / 2 ? "flip" : "accent");
			context.fillRect(px(from) + .5, py(count), Math.max(1, px(from + step) - px(from) - 1), frame.bottom - py(count));
		});
		context.font = "12px system-ui, sans-serif";
		context.fillStyle = colour("faint");
		context.textAlign = "center";
		for (const t of ticks(a.from, a.to, 6)) context.fillText(short(t), px(t), frame.bottom + 15);
		context.fillText("state × field", (frame.left + frame.right) / 2, height - 5);
		context.textAlign = "right";
		for (const t of ticks(0, most, 3)) context.fillText(short(t), frame.left - 5, py(t) + 4);
		context.strokeStyle = colour("ink");
		context.beginPath();
		context.moveTo(px(0), frame.top);
		context.lineTo(px(0), frame.bottom);
		context.stroke();
		fields.describe(`State times field, from ${short(a.from)} to ${short(a.to)}: ${a.unstable[at]} of ${a.neurons} neurons would flip`);
	}

	function drawVotes(at) {
		votes.hidden = !a.logits;
		if (!a.logits) return;
		const logits = a.logits[at], names = a.classes;
		const {context, width, height} = begin(votes.canvas, Math.min(24 * logits.length, 400) + 8);
		const low = Math.min(0, ...a.logits.map((l) => Math.min(...l))), high = Math.max(0, ...a.logits.map((l) => Math.max(...l))), said = logits.indexOf(Math.max(...logits));
		context.font = "12px system-ui, sans-serif";
		const left = Math.min(140, 14 + Math.max(...names.map((name) => context.measureText(name).width)));
		const px = (v) => left + (width - left - 60) * (v - low) / ((high - low) || 1), row = (height - 8) / logits.length;
		logits.forEach((logit, c) => {
			context.fillStyle = colour(c === said ? "accent" : "line");
			context.fillRect(Math.min(px(0), px(logit)), 4 + c * row + 2, Math.abs(px(logit) - px(0)), Math.max(1, row - 4));
			if (row < 11) return;
			context.fillStyle = colour("ink");
			context.textAlign = "right";
			context.fillText(names[c], left - 6, 4 + (c + .5) * row + 4, left - 8);
			context.textAlign = "left";
			context.fillText(short(logit), Math.max(px(0), px(logit)) + 5, 4 + (c + .5) * row + 4);
		});
		votes.describe(`The readout says ${names[said]}: ` + names.map((name, c) => `${name} ${short(logits[c])}`).join(", "));
	}

	function drawCurves(at) {
		keys.lastChild.hidden = !a.last;
		const x = a.flips.map((_, t) => t + 1 - a.random), n = a.neurons;
		const limits = {xmin: .5 - a.random, xmax: a.sweeps + .5 - a.random, xlabel: "sweep", at: at + 1 - a.random};
		lines(moving.canvas, 150, [
			{colour: colour("flip"), x, y: a.flips.map((f, t) => t ? f / n : NaN)},
			{colour: colour("minus"), x, y: a.unstable.map((u) => u / n), dash: [5, 4]},
		], {...limits, ymin: 0});
		moving.describe(`Share of neurons that flipped, sweep by sweep: ${a.flips.map((f) => short(f / n)).join(", ")}`);
		lines(overlaps.canvas, 150, [
			{colour: colour("ink"), x, y: a.first},
			...(a.last ? [{colour: colour("good"), x, y: a.last, dash: [5, 4]}] : []),
		], {...limits, ymin: Math.min(0, ...a.first, ...(a.last ?? [])), ymax: 1});
		overlaps.describe(`Overlap with the first state, sweep by sweep: ${a.first.map(short).join(", ")}`);
	}

	return {
		elements: [all, element("div", {class: "side"}, now, fields), element("div", {class: "side"}, moving, overlaps), votes, listing],
		take(answer) {
			a = answer;
			painted = null;
			most = Math.max(...a.stability.map((counts) => Math.max(...counts)));
			list();
		},
		draw(at) {
			drawAll(at);
			drawNow(at);
			drawFields(at);
			drawCurves(at);
			drawVotes(at);
		},
	};
}
