// Parts that rooms are made of: elements, controls with labels, figures.

// element makes an element with attributes (functions are listeners: {click: f}) and children.
export function element(name, attributes = {}, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) {
		if (typeof value === "function") made.addEventListener(key, value);
		else if (value === true) made.setAttribute(key, "");
		else if (value !== false && value != null) made.setAttribute(key, value);
	}
	made.append(...children.filter((child) => child != null));
	return made;
}

// slider makes a labelled range. changed is told of every value while one drags. It returns the
// element with a method show(value).
export function slider(title, {min, max, step, value, format = String}, changed) {
	// The label would be that of the output, which is labelable too: the range says its name itself.
	const input = element("input", {type: "range", min, max, step, value, "aria-label": title});
	const output = element("output", {}, format(value));
	input.addEventListener("input", () => {
		output.textContent = format(Number(input.value));
		changed(Number(input.value));
	});
	const made = element("label", {class: "slider"}, element("span", {}, title), output, input);
	made.input = input;
	made.show = (v) => {
		input.value = v;
		output.textContent = format(v);
	};
	return made;
}

// choice makes a labelled list of [value, text] pairs.
export function choice(title, pairs, value, changed) {
	const list = element("select", {}, ...pairs.map(([v, text]) => element("option", {value: v, selected: v === value}, text)));
	list.addEventListener("change", () => changed(list.value));
	const made = element("label", {class: "choice"}, element("span", {}, title), list);
	made.list = list;
	made.show = (v) => { list.value = v; };
	return made;
}

export function button(text, clicked, attributes = {}) {
	return element("button", {type: "button", click: clicked, ...attributes}, text);
}

// numbers makes a list of named numbers with a method show({name: text}); null hides one.
export function numbers(...titles) {
	const values = titles.map(() => element("dd", {}, "–"));
	const made = element("dl", {class: "numbers"}, ...titles.map((title, i) => element("div", {}, element("dt", {}, title), values[i])));
	made.show = (texts) => titles.forEach((title, i) => {
		if (!(title in texts)) return;
		values[i].textContent = texts[title];
		values[i].parentElement.hidden = texts[title] === null;
	});
	return made;
}

// picture makes a figure with a canvas, whose description is for those who do not see it.
export function picture(caption, attributes = {}) {
	const canvas = element("canvas", {role: "img", "aria-label": caption, ...attributes});
	const made = element("figure", {}, canvas, element("figcaption", {}, caption));
	made.canvas = canvas;
	made.describe = (text) => canvas.setAttribute("aria-label", text);
	return made;
}

// table makes a table of a head and rows of texts; numbers are the places of columns to align right.
export function table(head, rows, right = []) {
	const cell = (kind) => (text, i) => element(kind, right.includes(i) ? {class: "number"} : {}, text);
	return element("div", {class: "scroll"}, element("table", {},
		element("thead", {}, element("tr", {}, ...head.map(cell("th")))),
		element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map(cell("td"))))),
	));
}

// wrong shows an error in a place, or nothing where there is none.
export function wrong(place, error) {
	place.querySelector(":scope > .wrong")?.remove();
	if (error && error.name !== "AbortError") place.prepend(element("p", {class: "wrong", role: "alert"}, error.message || String(error)));
}

// number makes a labelled field for a whole number, which is kept between its ends.
export function number(title, {min = 0, max, value}, changed) {
	const input = element("input", {type: "number", min, max, step: 1, value, inputmode: "numeric"});
	input.addEventListener("change", () => {
		const entered = Math.round(Number(input.value));
		const kept = Math.max(min, max === undefined ? entered : Math.min(max, entered)) || min;
		input.value = kept;
		changed(kept);
	});
	const made = element("label", {class: "entry"}, element("span", {}, title), input);
	made.input = input;
	made.show = (v) => { input.value = v; };
	return made;
}

// tick makes a labelled box to tick.
export function tick(title, value, changed) {
	const input = element("input", {type: "checkbox", checked: value});
	input.addEventListener("change", () => changed(input.checked));
	const made = element("label", {class: "tick"}, input, " " + title);
	made.input = input;
	made.show = (v) => { input.checked = v; };
	return made;
}

// group makes a titled group of controls.
export function group(title, ...controls) {
	return element("fieldset", {}, element("legend", {}, title), ...controls);
}

// legend makes a line that says what colours stand for: [[colour of style.css, text, "dashed"?], ...].
export function legend(pairs) {
	return element("span", {class: "keys"}, ...pairs.map(([name, text, dashed]) => element("span", {class: "key " + name + (dashed ? " dashed" : "")}, text)));
}
