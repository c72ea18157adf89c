// Searches sections.js, which is loaded when the search is first used, and opens the columns where there is room.
"use strict";

const most = 20; // results
const around = 90; // characters of text before what is found; twice as many stand behind it

for (const [selector, width] of [[".pages details", "64rem"], [".contents details", "84rem"]]) {
	const details = document.querySelector(selector);
	const wide = window.matchMedia(`(min-width: ${width})`);
	const follow = () => { if (details) details.open = wide.matches; };
	wide.addEventListener("change", follow);
	follow();
}

const query = document.getElementById("query");
const results = document.getElementById("results");
const found = document.getElementById("found");
const hits = document.getElementById("hits");
query.hidden = false;

let loading = null;
// load asks for the sections once; a failure is told, and the next use tries again.
function load() {
	loading ??= new Promise((resolve, reject) => {
		const script = document.createElement("script");
		script.src = "sections.js";
		script.onload = () => resolve(window.basinSections.map((s) => ({
			...s, lowHeading: s.heading.toLowerCase(), lowTitle: s.title.toLowerCase(), lowText: s.text.toLowerCase(),
		})));
		script.onerror = () => { loading = null; reject(new Error("sections.js could not be read")); };
		document.head.append(script);
	});
	return loading;
}

// score is above 0 where every word is in a section: more in a heading than in the title of a page, least in the text.
function score(section, words) {
	let sum = 0;
	for (const word of words) {
		const inHeading = section.lowHeading.includes(word), inTitle = section.lowTitle.includes(word);
		const times = Math.min(section.lowText.split(word).length - 1, 5);
		if (!inHeading && !inTitle && times === 0) return 0;
		sum += (inHeading ? 20 : 0) + (section.lowHeading === word ? 20 : 0) + (inTitle ? 6 : 0) + times;
	}
	return sum;
}

// marked appends text to an element, with the words marked.
function marked(element, text, words) {
	const low = text.toLowerCase();
	let place = 0;
	while (place < text.length) {
		let at = -1, length = 0;
		for (const word of words) {
			const i = low.indexOf(word, place);
			if (i >= 0 && (at < 0 || i < at || i === at && word.length > length)) { at = i; length = word.length; }
		}
		if (at < 0) break;
		const mark = document.createElement("mark");
		mark.textContent = text.slice(at, at + length);
		element.append(text.slice(place, at), mark);
		place = at + length;
	}
	element.append(text.slice(place));
}

// excerpt is the text around the first word that is in it.
function excerpt(section, words) {
	const places = words.map((word) => section.lowText.indexOf(word)).filter((i) => i >= 0);
	const middle = places.length > 0 ? Math.min(...places) : 0;
	const begin = middle > around ? Math.min(section.text.indexOf(" ", middle - around) + 1, middle) : 0;
	const rest = section.text.length > middle + 2 * around;
	const end = rest ? Math.max(section.text.lastIndexOf(" ", middle + 2 * around), middle + around) : section.text.length;
	return (begin > 0 ? "… " : "") + section.text.slice(begin, end) + (rest ? " …" : "");
}

function show(section, words) {
	const item = document.createElement("li"), link = document.createElement("a");
	const head = document.createElement("strong"), text = document.createElement("span");
	link.href = section.page + (section.anchor ? "#" + section.anchor : "");
	link.addEventListener("click", () => { results.hidden = true; });
	marked(head, section.heading === section.title ? section.title : section.title + ": " + section.heading, words);
	marked(text, excerpt(section, words), words);
	link.append(head, text);
	item.append(link);
	hits.append(item);
}

async function search() {
	const asked = query.value;
	const words = asked.toLowerCase().split(/\s+/).filter((word) => word !== "");
	results.hidden = words.length === 0;
	if (words.length === 0) return;
	let sections;
	try {
		sections = await load();
	} catch (err) {
		hits.replaceChildren();
		found.textContent = err.message;
		return;
	}
	if (query.value !== asked) return; // a later search is on its way
	const list = sections.map((section) => ({section, score: score(section, words)})).filter((hit) => hit.score > 0);
	list.sort((a, b) => b.score - a.score); // stable: the order of pages among equals
	hits.replaceChildren();
	for (const hit of list.slice(0, most)) show(hit.section, words);
	found.textContent = list.length === 0 ? "no results" : list.length > most ? `${most} of ${list.length} results` : list.length === 1 ? "1 result" : `${list.length} results`;
}

query.addEventListener("input", search);
query.addEventListener("focus", () => { load().catch(() => {}); if (query.value !== "") results.hidden = false; });
document.addEventListener("keydown", (event) => {
	const typing = event.target.closest("input, textarea, select, [contenteditable]");
	if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
		event.preventDefault();
		query.focus();
		query.select();
	} else if (event.key === "Escape" && !results.hidden) {
		query.focus(); // which shows the results
		results.hidden = true;
	} else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !results.hidden && event.target.closest(".search")) {
		const stops = [query, ...hits.querySelectorAll("a")];
		const step = event.key === "ArrowDown" ? 1 : -1;
		const next = stops[stops.indexOf(document.activeElement) + step];
		if (next) { event.preventDefault(); next.focus(); }
	} else if (event.key === "Enter" && event.target === query) {
		hits.querySelector("a")?.click();
	}
});
document.addEventListener("click", (event) => { if (!event.target.closest(".search")) results.hidden = true; });
