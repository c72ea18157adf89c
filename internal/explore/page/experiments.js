// Folders of results: what each holds, its report as far as it is computed, two side by side.

import {element, choice, wrong} from "./parts.js";
import {report} from "./experiments_report.js";
import {comparison} from "./experiments_compare.js";
import {cluster} from "./experiments_cluster.js";
import {progress} from "./experiments_words.js";

const every = 2000; // milliseconds between looks at the folders

export const room = {
	name: "experiments", title: "Experiments",
	about: [
		"An experiment is a grid of trainings or other computations, repeated with several seeds; here are the folders that were given with --results, with their figures and tables, also while one is being computed.",
		"Two folders can be held against each other: point by point, with the interval in which the true difference lies with 95 % confidence, from the seeds that both have.",
	],
	// where is axis=place pairs, joined by ";".
	defaults: {folder: "", other: "", text: "", where: "", value: ""},
	open(place, view) { return new Experiments(place, view); },
};

class Experiments {
	constructor(place, view) {
		this.view = view;
		this.stop = new AbortController();
		this.folders = [];
		this.filter = element("input", {type: "text", value: view.state.text, autocomplete: "off", input: () => {
			view.set({text: this.filter.value});
			this.list();
		}});
		this.names = element("ul", {class: "folders"});
		this.against = choice("Compare with", [["", "nothing"]], "", (v) => {
			view.set({other: v, value: ""});
			this.show();
		});
		this.report = report(view, () => this.show());
		this.comparison = comparison(view, () => this.show());
		this.none = element("div", {hidden: true});
		this.cluster = cluster(view);
		this.pictures = element("div", {class: "pictures"}, this.none, this.cluster.element, this.comparison.element, this.report.element);
		this.controls = element("div", {class: "controls", hidden: true}, element("fieldset", {}, element("legend", {}, "Folders"), element("label", {}, "Filter ", this.filter), this.names, this.against));
		place.append(element("div", {class: "bench"}, this.controls, this.pictures));
		this.update();
		this.timer = setInterval(() => this.look(), every);
	}

	async update() {
		this.filter.value = this.view.state.text;
		await this.look(true);
	}

	// look lists the folders; what is shown is shown again if it was asked for or has changed.
	async look(asked = false) {
		if ((this.looking || document.hidden) && !asked) return;
		this.looking = true;
		try {
			const [list] = await Promise.all([this.view.ask("experiments/list", {}, this.stop.signal), this.cluster.look(this.stop.signal)]);
			const before = JSON.stringify(this.folders);
			this.folders = list.folders;
			wrong(this.pictures, list.wrong ? new Error(list.wrong) : null);
			const changed = before !== JSON.stringify(list.folders);
			if (changed || asked) this.list(list);
			if (asked) {
				await this.show();
				this.view.pictured();
			} else if (changed) await this.follow();
		} catch (error) {
			wrong(this.pictures, error);
		} finally {
			this.looking = false;
		}
	}

	list(list = {given: true}) {
		const s = this.view.state;
		this.none.hidden = this.folders.length > 0;
		this.controls.hidden = !this.none.hidden;
		if (!this.none.hidden) this.none.replaceChildren(...nothing(list.given));
		const words = s.text.toLowerCase().split(/\s+/).filter(Boolean);
		const seen = this.folders.filter((f) => words.every((w) => `${f.folder} ${f.recipe} ${f.title}`.toLowerCase().includes(w)));
		const focused = document.activeElement?.dataset?.folder;
		this.names.replaceChildren(...seen.map((f) => element("li", {},
			element("button", {
				type: "button", "data-folder": f.folder, "aria-pressed": String(f.folder === this.current()?.folder),
				click: () => { this.view.set({folder: f.folder, where: "", value: ""}); this.list(); this.show(); },
			}, element("strong", {}, f.recipe || "?"), " " + f.folder, element("span", {class: "note"}, progress(f))))));
		if (focused) [...this.names.querySelectorAll("button")].find((b) => b.dataset.folder === focused)?.focus();
		if (!seen.length && this.folders.length) this.names.replaceChildren(element("li", {class: "note"}, "No folder has these words."));
		const list2 = this.against.querySelector("select");
		list2.replaceChildren(element("option", {value: ""}, "nothing"),
			...this.folders.filter((f) => f.folder !== this.current()?.folder && !f.wrong).map((f) => element("option", {value: f.folder}, f.folder)));
		this.against.show(this.folders.some((f) => f.folder === s.other) ? s.other : "");
		this.against.hidden = this.folders.length < 2;
	}

	// current is the folder that is shown: that of the address, else the first that can be.
	current() {
		const s = this.view.state;
		return s.folder ? this.folders.find((f) => f.folder === s.folder) : this.folders.find((f) => !f.wrong) ?? this.folders[0];
	}

	async show() {
		this.asked?.abort();
		const asked = this.asked = new AbortController();
		const current = this.current(), s = this.view.state;
		if (!current) {
			this.report.clear(s.folder ? `There is no folder ${s.folder} among the results.` : "");
			this.comparison.clear();
			return;
		}
		let part = this.report; // what is shown now, and cannot be where it fails
		try {
			await this.report.ask(current.folder, asked.signal);
			part = this.comparison;
			if (s.other && s.other !== current.folder) await this.comparison.ask(current.folder, s.other, asked.signal);
			else this.comparison.clear();
			wrong(this.pictures);
		} catch (error) {
			if (asked !== this.asked) return;
			if (error.name !== "AbortError") part.clear("");
			wrong(this.pictures, error);
		}
	}

	// follow shows what is new in the folder that is shown. Who wants no motion is told of it, and
	// asks himself.
	async follow() {
		const current = this.current();
		if (!current || current.stamp === this.report.stamp()) return;
		if (this.view.still && this.report.stamp()) this.report.offer(current);
		else await this.show();
	}

	close() {
		clearInterval(this.timer);
		this.stop.abort();
		this.asked?.abort();
	}
}

function nothing(given) {
	const command = (text) => element("code", {}, text);
	return [element("p", {}, given ? "The folders that were given hold no experiment yet." : "No folder of results was given."),
		element("p", {}, "This makes one, and this shows it, also while it is computed:"),
		element("pre", {}, command("basin experiment manifold-exact --quick --out results/exact\nbasin explore --results results")),
		element("p", {class: "note"}, command("basin experiment list"), " lists what can be computed, and about how long it takes.")];
}
