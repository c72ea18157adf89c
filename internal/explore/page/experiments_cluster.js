// What goes on at a cluster: runs, workers, and the cells that they are at.

import {element, table, wrong} from "./parts.js";

export function cluster(view) {
	const inside = element("div", {class: "pictures"});
	const place = element("div", {class: "cluster", role: "region", hidden: true, "aria-label": "Cluster"}, inside);
	let before = "";

	const draw = (v) => {
		const under = v.workers.flatMap((w) => w.under_way.map((u) => ({...u, at: w.name})));
		inside.replaceChildren(
			element("h2", {}, `Cluster: ${counted(v.runs.length, "run")}, ${counted(v.workers.length, "worker")}`),
			element("p", {class: "note"}, `${counted(v.under_way, "cell")} under way, ${v.waiting} wait.`),
			...v.runs.map((r) => element("p", {},
				element("progress", {max: r.cells, value: r.done, "aria-label": `cells of ${r.recipe} that are finished`}), ` ${r.recipe}: ${r.done} of ${r.cells} cells `,
				element("span", {class: "note"}, `from ${r.host}, process ${r.process}, version ${r.version}`))),
			...(v.workers.length ? [table(["worker", "done", "under way", "memory", "kernel", "version"],
				v.workers.map((w) => [w.name, String(w.done), `${w.under_way.length} of ${w.cells}`, `${(w.memory / 2 ** 30).toFixed(1)} GiB`, w.kernel, w.version]), [1, 2, 3])] : []),
			...(under.length ? [table(["cell under way", "worker", "share done"], under.map((u) => [`${u.recipe}, ${u.where}`, u.at, `${Math.round(100 * u.share)} %`]), [2])] : []),
			...(v.runs.length && !v.workers.length ? [element("p", {}, "No worker is there: the cells wait for one.")] : []),
		);
	};

	return {
		element: place,
		async look(signal) {
			const found = await view.ask("experiments/cluster", {}, signal);
			place.hidden = !found.given;
			wrong(place, found.wrong ? new Error(found.wrong) : null);
			inside.hidden = Boolean(found.wrong);
			const now = JSON.stringify(found.view ?? null);
			if (found.view && now !== before) draw(found.view);
			before = now;
		},
	};
}

function counted(n, what) { return n === 1 ? `1 ${what}` : `${n} ${what}s`; }
