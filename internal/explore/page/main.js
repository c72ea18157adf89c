// The frame of the page: which room is open, and the address that says so. A room is
//
//   {name, title, about: [two sentences], defaults: {key: value}, open(place, view)}
//
// open fills place, an element, and returns {update(state), close(), redraw()}: update is called when the
// address changes from outside (back, a view that was sent), close when one leaves, redraw when
// sizes or colours have changed. What can be
// chosen in a room is view.state, with the types of the defaults; view.set changes it and the
// address with it. The address of a room is #name?key=value&..., without what is the default.
// A room calls view.pictured() when its first picture is complete, and may each time.

import {ask, say} from "./ask.js";
import {element} from "./parts.js";

const names = ["relax", "learn", "manifold", "model", "experiments"];
const titles = {relax: "Relax", learn: "Learn", manifold: "Manifold", model: "Model", experiments: "Experiments"};

let open = null; // {room, view, running}

// parse reads an address: the name of a room and its state over the defaults.
function parse(hash) {
	const [name, query = ""] = hash.replace(/^#/, "").split("?");
	return {name: names.includes(name) ? name : names[0], query: new URLSearchParams(query)};
}

function stateOf(room, query) {
	const state = {...room.defaults};
	for (const [key, value] of query) {
		if (!(key in room.defaults)) continue;
		const kind = typeof room.defaults[key];
		if (kind === "number") {
			const number = Number(value);
			if (value !== "" && Number.isFinite(number)) state[key] = number;
		} else if (kind === "boolean") {
			state[key] = value === "true";
		} else {
			state[key] = value;
		}
	}
	return state;
}

function addressOf(room, state) {
	const query = new URLSearchParams();
	for (const key of Object.keys(room.defaults)) {
		if (state[key] !== room.defaults[key]) query.set(key, String(state[key]));
	}
	const text = query.toString();
	return "#" + room.name + (text ? "?" + text : "");
}

async function go() {
	const {name, query} = parse(location.hash);
	if (open && open.room.name === name) {
		if (addressOf(open.room, open.view.state) === addressOf(open.room, stateOf(open.room, query))) return;
		open.view.state = stateOf(open.room, query);
		open.running?.update?.(open.view.state);
		return;
	}
	delete document.documentElement.dataset.pictured;
	const began = open ? performance.now() : 0; // of the page, where it is the first room
	const {room} = await import(`./${name}.js`);
	if (parse(location.hash).name !== name) return; // it went on meanwhile
	open?.running?.close?.();
	const place = element("div");
	const view = {
		state: stateOf(room, query),
		still: matchMedia("(prefers-reduced-motion: reduce)").matches,
		ask, say,
		// set changes the state. The address follows, without a step of the history.
		set(changes) {
			Object.assign(view.state, changes);
			history.replaceState(null, "", addressOf(room, view.state));
		},
		// pictured says that a picture is complete: what tests wait for and measure.
		pictured() {
			if (open?.view !== view || document.documentElement.dataset.pictured) return;
			performance.clearMeasures("first picture");
			performance.measure("first picture", {start: began});
			document.documentElement.dataset.pictured = name;
		},
	};
	document.title = `${room.title} · Basin explorer`;
	for (const link of document.querySelectorAll("nav a")) {
		if (link.dataset.room === name) link.setAttribute("aria-current", "page");
		else link.removeAttribute("aria-current");
	}
	document.getElementById("room").replaceChildren(
		element("h1", {}, room.title),
		element("p", {class: "about"}, room.about.join(" ") + " ", element("a", {href: `guide.html#${name}`}, "More in the guide"), "."),
		place,
	);
	const moved = open !== null;
	open = {room, view, running: null};
	open.running = room.open(place, view);
	if (moved) document.getElementById("room").focus({preventScroll: true});
}

document.getElementById("rooms").append(
	...names.map((name) => element("a", {href: "#" + name, "data-room": name}, titles[name])),
	element("a", {href: "guide.html"}, "Guide"),
);
addEventListener("hashchange", go);
addEventListener("resize", () => open?.running?.redraw?.());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => open?.running?.redraw?.());
go();
