// What networks of a kind have on average, beside what theory says of them.

import {listen} from "./ask.js";
import {element, button, picture, table, wrong} from "./parts.js";
import {bars, colour, lines, short, withError} from "./draw.js";

const soon = 14; // neurons up to which the curve is computed unasked

export function averages(view) {
	const place = element("section", {class: "pictures"});
	const counts = element("div");
	const entropy = picture("Local entropy: the logarithm of the number of fixed points at a distance from one, for each neuron.");
	const pairs = picture("Ordered pairs of fixed points of this network by distance.");
	const curve = picture("Exponent: the logarithm of the mean number of fixed points, for each neuron. The dotted line is the network above.");
	const largest = picture("Shares of the fixed points that are in the largest component of their network (a lone one where none are linked), and that are linked to none.");
	const start = button("Compute the curves", () => run());
	const halt = button("Stop", () => running?.abort(), {disabled: true});
	const status = element("p", {class: "note", role: "status"});
	place.append(
		element("h2", {}, "Distances"),
		element("div", {class: "side"}, pairs, element("div", {}, entropy, key([["plus", "this network"], ["minus", "mean of networks"], ["ink", "theory, exact"]]))),
		element("h2", {}, "How many: networks of this kind, and theory"),
		counts,
		element("div", {class: "side"},
			element("div", {}, curve, key([["minus", "mean of networks, ± standard error"], ["ink", "theory, exact at this N"], ["faint", "theory, N → ∞ (Σ)"]])),
			element("div", {}, largest, key([["plus", "in the largest component"], ["faint", "alone"]]))),
		element("div", {class: "row"}, start, halt), status,
	);
	let question = null, found = null, average = null, theory = null, counted = [], running = null, kind = "";

	// ask averages over networks of the kind of a question, and computes the curve where the kind
	// is another one.
	const ask = async (q, network, signal) => {
		[question, found, average] = [{...q, draws: view.state.draws}, network, null];
		const same = kind === kindOf(question);
		if (!same) {
			running?.abort();
			[theory, counted] = [null, []];
			status.textContent = "";
		}
		draw();
		try {
			average = await view.ask("manifold/average", question, signal);
			wrong(place);
			draw();
			if (!same && q.neurons * q.modules <= soon) await run();
			else if (!theory) status.textContent = `With ${q.neurons * q.modules} neurons the curves take a while: they are computed when asked for.`;
		} catch (error) {
			wrong(place, error);
		}
	};

	const run = async () => {
		running?.abort();
		const mine = running = new AbortController();
		kind = kindOf(question);
		[theory, counted] = [null, []];
		halt.disabled = false;
		wrong(place);
		try {
			await listen("manifold/curve", question, mine.signal, (message) => {
				if (mine !== running) return;
				if (message.wrong) throw new Error(message.wrong);
				if (message.theory) theory = message.theory;
				if (message.counted) counted.push(message.counted);
				status.textContent = `${counted.length} of 16 self-couplings, ${theory.draws} networks at each.`;
				draw();
			});
		} catch (error) {
			if (mine === running) {
				kind = "";
				status.textContent = error.name === "AbortError" ? `Stopped after ${counted.length} of 16 self-couplings.` : "";
				wrong(place, error);
			}
		}
		if (mine === running) halt.disabled = true;
	};

	const draw = () => {
		if (!found) return;
		bars(pairs.canvas, 220, found.pairs.slice(1), {xlabel: "neurons that differ", ylabel: "pairs", first: 1});
		pairs.describe("Ordered pairs by distance, from 1: " + found.pairs.slice(1).join(", "));
		drawEntropy(entropy, found, average);
		counts.replaceChildren(table(["", "fixed points", "ln(number)/N"], rowsOf(found, average), [1, 2]), noteOf(question));
		drawCurve(curve, theory, counted, question.self_coupling);
		const share = (of, name) => ({colour: colour(of), marks: true, x: counted.map((c) => c.self_coupling), y: counted.map((c) => c[name] ?? NaN)});
		lines(largest.canvas, 220, [share("faint", "alone"), share("plus", "largest")],
			{xmin: 0, xmax: 1.5, ymin: 0, ymax: 1, xlabel: "self-coupling J_D", at: question.self_coupling});
		largest.describe("In the largest component, and alone, by self-coupling: " + counted.map((c) => `${short(c.largest ?? NaN)} and ${short(c.alone ?? NaN)} at ${short(c.self_coupling)}`).join(", "));
	};
	return {element: place, ask, draw, stop: () => running?.abort()};
}

// kindOf is what the curve depends on.
function kindOf(q) {
	return JSON.stringify({...q, self_coupling: 0});
}

function perNeuron(values, neurons) {
	return (values ?? []).map((v) => v > 0 ? Math.log(v) / neurons : NaN);
}

function drawEntropy(figure, found, average) {
	const x = found.pairs.map((_, d) => d);
	const one = perNeuron(found.around, found.neurons), mean = perNeuron(average?.around, found.neurons), exact = perNeuron(average?.theory_around, found.neurons);
	lines(figure.canvas, 220, [
		{colour: colour("ink"), x, y: exact},
		{colour: colour("minus"), x, y: mean, marks: true},
		{colour: colour("plus"), x, y: one, marks: true},
	].filter((c) => c.y.length), {xmin: 0, xmax: found.neurons, xlabel: "neurons that differ", ylabel: "nats per neuron"});
	figure.describe("Local entropy by distance, this network: " + one.map(short).join(", ") + "; theory: " + exact.map(short).join(", "));
}

function drawCurve(figure, theory, counted, at) {
	const curves = [];
	if (theory?.exact) {
		curves.push({colour: colour("ink"), x: theory.self_couplings, y: theory.exact});
		curves.push({colour: colour("faint"), dash: [6, 4], x: theory.self_couplings, y: theory.limit});
	}
	curves.push({colour: colour("minus"), marks: true, x: counted.map((c) => c.self_coupling), y: counted.map((c) => c.exponent ?? NaN), errors: counted.map((c) => c.exponent_error ?? 0)});
	lines(figure.canvas, 220, curves, {xmin: 0, xmax: 1.5, ymax: Math.LN2, ymin: Math.min(0, ...counted.map((c) => c.exponent ?? 0)), xlabel: "self-coupling J_D", ylabel: "nats per neuron", at});
	figure.describe("Exponent by self-coupling, measured: " + counted.map((c) => `${short(c.exponent ?? NaN)} at ${short(c.self_coupling)}`).join(", "));
}

// rowsOf compares the number of fixed points.
function rowsOf(found, average) {
	const row = (name, number, error) => [name, withError(number, error),
		number > 0 ? (Math.log(number) / found.neurons).toFixed(4) : "–"];
	const rows = [row("this network", found.count)];
	if (!average) return rows;
	rows.push(row(`mean of ${average.draws} networks`, average.count.mean, average.count.standard_error));
	if (average.count.theory != null) {
		rows.push(row("theory, exact mean", average.count.theory));
		rows.push(["theory, N → ∞", "e^(N Σ) = " + short(Math.exp(average.limit * found.neurons)), average.limit.toFixed(4)]);
	}
	return rows;
}

function noteOf(question) {
	return element("p", {class: "note"}, question?.symmetric
		? "Theory is of couplings that are independent in both directions; of symmetric ones it says nothing here."
		: "An average over networks is larger than what most of them have: few networks hold many fixed points.");
}

function key(entries) {
	return element("p", {class: "note legend"}, ...entries.map(([name, text]) => element("span", {}, element("span", {class: "swatch " + name, "aria-hidden": "true"}), text)));
}
