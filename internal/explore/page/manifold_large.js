// What lies around one fixed point of a large network: belief propagation beside theory.

import {listen} from "./ask.js";
import {element, slider, choice, button, picture, table, wrong} from "./parts.js";
import {colour, lines, short} from "./draw.js";

export function large(view) {
	const state = () => view.state;
	const parts = {
		largeneurons: slider("Neurons", {min: 100, max: 1000, step: 100, value: state().largeneurons}, (v) => set({largeneurons: v})),
		largeself: slider("Self-coupling J_D", {min: 0, max: 1.5, step: 0.05, value: state().largeself, format: (v) => v.toFixed(2)}, (v) => set({largeself: v})),
		solver: choice("Found by", [["rbp", "reinforced message passing"], ["fbp", "focusing message passing"], ["sequential", "sequential sweeps"]], state().solver, (v) => set({solver: v})),
		networks: slider("Networks", {min: 1, max: 5, step: 1, value: state().networks}, (v) => set({networks: v})),
	};
	const close = element("input", {type: "checkbox", change: () => {
		view.set({near: close.checked});
		draw();
	}});
	const start = button("Measure", () => run(), {class: "first"});
	const halt = button("Stop", () => running?.abort(), {disabled: true});
	const status = element("p", {class: "note", role: "status"});
	const figure = picture("Entropy of the fixed points at a distance from one, in nats per neuron: what a solver finds has others near it, a typical one has none. The distance is twice the share of neurons that differ.");
	const counts = element("div");
	const rows = element("details", {}, element("summary", {}, "All that was measured, as a table"));
	const pictures = element("div", {class: "pictures"}, figure, key(), counts, status, rows);
	const place = element("section", {},
		element("h2", {}, "Large networks: around one fixed point"),
		element("p", {class: "about"}, "With hundreds of neurons nobody can list the fixed points, but message passing estimates how many lie at each distance from a given one. ",
			"A typical fixed point (planted: network and state are drawn together) has no other in a gap around it; those that an algorithm can find lie where there are many, and that is why it finds them."),
		element("div", {class: "bench"},
			element("div", {class: "controls"}, element("fieldset", {}, element("legend", {}, "Network"), ...Object.values(parts),
				element("label", {}, close, " Show the nearest tenth only"),
				element("div", {class: "row"}, start, halt))),
			pictures));
	let running = null, theory = null, found = [], shown = "";

	const set = (changes) => {
		view.set(changes);
		shown = JSON.stringify(question(0));
		expect();
	};

	const question = (draws) => {
		const s = state();
		return {neurons: s.largeneurons, self_coupling: s.largeself, solver: s.solver, draws, seed: s.seed};
	};

	// expect shows theory alone, without what was measured for something else.
	const expect = async () => {
		running?.abort();
		const mine = running = new AbortController();
		found = [];
		status.textContent = "Press Measure: it takes some seconds.";
		halt.disabled = true;
		try {
			await listen("manifold/around", question(0), mine.signal, (message) => {
				if (mine === running) take(message);
			});
			wrong(pictures);
		} catch (error) {
			if (mine === running) wrong(pictures, error);
		}
	};

	const run = async () => {
		running?.abort();
		const mine = running = new AbortController();
		found = [];
		halt.disabled = false;
		wrong(pictures);
		draw();
		try {
			await listen("manifold/around", question(state().networks), mine.signal, (message) => {
				if (mine === running) take(message);
			});
			if (mine === running) done();
		} catch (error) {
			if (mine === running) {
				if (error.name === "AbortError") status.textContent = "Stopped.";
				else status.textContent = "";
				wrong(pictures, error);
			}
		}
		if (mine === running) halt.disabled = true;
	};

	const take = (message) => {
		if (message.wrong) throw new Error(message.wrong);
		if (message.theory) theory = {x: message.distances, y: message.theory.map((v) => v ?? NaN)};
		if (message.begins) {
			found.push({draw: message.draw, start: message.start, around: [], near: [], missed: false});
			status.textContent = `Network ${message.draw + 1} of ${state().networks}: ${message.start === "planted" ? "a planted fixed point" : "the solver looks for one, and what is around it"} …`;
		}
		const last = found[found.length - 1];
		if (message.around) last.around.push(message.around);
		if (message.near) last.near.push(message.near);
		if (message.missed) last.missed = true;
		draw();
	};

	const done = () => {
		const missed = found.filter((f) => f.missed).length;
		const bad = found.flatMap((f) => f.around).filter((a) => !a.converged).length;
		status.textContent = [
			missed ? `The solver found no fixed point in ${missed} of ${state().networks}: sweeps find some from J_D of about 0.8, message passing from about 0.16.` : "",
			bad ? `At ${bad} fields the messages did not converge, which they do where nothing is near; these points are left out.` : "",
		].filter(Boolean).join(" ") || "Done.";
		view.say(status.textContent);
	};

	const draw = () => {
		const curves = theory ? [{colour: colour("ink"), ...theory}] : [];
		for (const f of found) {
			const good = f.around.filter((a) => a.converged);
			curves.push({colour: colour(f.start === "planted" ? "minus" : "plus"), marks: true, x: good.map((a) => a.distance), y: good.map((a) => a.entropy)});
		}
		const limit = state().near ? 0.1 : 1;
		const seen = curves.map((c) => ({...c, y: c.y.map((v, i) => c.x[i] <= limit ? v : NaN)}));
		lines(figure.canvas, 280, seen, {xmin: 0, xmax: limit, xlabel: "distance 1 − q", ylabel: "nats per neuron"});
		figure.describe("Local entropy: " + (found.length ? found.map((f) => `around ${f.start}: ${f.around.filter((a) => a.converged).length} points`).join("; ") : "not measured yet"));
		const near = found.flatMap((f) => f.near.map((n) => [name(f), String(n.flips), String(n.count), n.typical == null ? "" : short(n.typical)]));
		counts.replaceChildren(near.length ? table(["around", "neurons that differ", "fixed points, counted", "around a typical one, on average"], near, [1, 2, 3]) : "");
		const all = found.flatMap((f) => f.around.map((a) => [name(f), short(a.field), short(a.distance), short(a.entropy), a.first_moment == null ? "" : short(a.first_moment), a.converged ? "yes" : "no"]));
		rows.hidden = !all.length;
		rows.replaceChildren(rows.firstChild, table(["around", "field", "distance", "entropy", "theory", "converged"], all, [1, 2, 3, 4]));
	};

	const show = () => {
		for (const [key, part] of Object.entries(parts)) part.show(state()[key]);
		close.checked = state().near;
		const asked = JSON.stringify(question(0));
		if (asked === shown) return;
		shown = asked;
		expect();
	};
	return {element: place, show, draw, stop: () => running?.abort()};
}

function name(f) { return `${f.start}, network ${f.draw + 1}`; }

function key() {
	const entry = (of, text) => element("span", {}, element("span", {class: "swatch " + of, "aria-hidden": "true"}), text);
	return element("p", {class: "note legend"}, entry("plus", "around one that the solver found"), entry("minus", "around a planted one"), entry("ink", "theory: first moment around typical ones"));
}
