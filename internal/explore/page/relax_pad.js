// The picture that the network reads, on which one draws with a pointer or with keys.

import {button, element} from "./parts.js";
import {begin, colour, pixels} from "./draw.js";

const digits = "0123456789abcdef";

// pad calls drawn with a drawing, a hexadecimal digit for each pixel, whenever it changes; began
// says that it was a sample before.
export function pad(view, {drawn}) {
	let shape = null; // of the network's images, or null
	let shown = null; // {rows, columns, channels, values} as the answer has it, or null
	let levels = []; // 0..15 of a drawing, or of the brightness of what is shown
	let input = null; // what is read where it is no image
	let cursor = 0, level = 15, down = false, focused = false;
	const canvas = element("canvas", {
		class: "pad", tabindex: 0, role: "application", "aria-label": "",
		pointerdown: start, pointermove: move, pointerup: () => { down = false; }, pointercancel: () => { down = false; },
		keydown: key, focus: () => { focused = true; draw(); }, blur: () => { focused = false; draw(); },
	});
	const strip = element("canvas", {class: "pad", role: "img", "aria-label": "The values that the network reads"});
	const clear = button("Clear", () => {
		levels = levels.map(() => 0);
		tell();
	});
	const hint = element("p", {class: "note"}, "Draw on the picture, or move with the arrow keys; space paints, Delete wipes.");
	const scale = element("p", {class: "note"}, "The values that are read: orange above zero, blue below, full at 3.");
	const made = element("div", {class: "row"}, canvas, strip, clear, hint, scale);
	for (const part of made.children) part.hidden = true; // until something is read

	function place(event) {
		const box = canvas.getBoundingClientRect();
		const x = Math.floor((event.clientX - box.left) / box.width * shape[1]), y = Math.floor((event.clientY - box.top) / box.height * shape[0]);
		return x < 0 || y < 0 || x >= shape[1] || y >= shape[0] ? -1 : y * shape[1] + x;
	}
	function start(event) {
		const at = place(event);
		if (at < 0) return;
		canvas.setPointerCapture(event.pointerId);
		down = true;
		cursor = at;
		level = event.button === 2 || event.shiftKey || levels[at] > 7 ? 0 : 15;
		paint(at);
	}
	function move(event) {
		if (!down) return;
		const at = place(event);
		if (at >= 0 && at !== cursor) {
			cursor = at;
			paint(at);
		}
	}
	// paint sets a pixel and, in large images, wets those around it.
	function paint(at) {
		const [rows, columns] = shape, x = at % columns, y = Math.floor(at / columns);
		levels[at] = level;
		if (Math.min(rows, columns) > 16) {
			for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
				if (x + dx < 0 || x + dx >= columns || y + dy < 0 || y + dy >= rows) continue;
				const next = (y + dy) * columns + x + dx;
				levels[next] = level ? Math.max(levels[next], 10) : 0;
			}
		}
		tell();
	}
	function key(event) {
		const [rows, columns] = shape, x = cursor % columns, y = Math.floor(cursor / columns);
		const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
		if (step) {
			cursor = Math.max(0, Math.min(rows - 1, y + step[1])) * columns + Math.max(0, Math.min(columns - 1, x + step[0]));
			draw();
			view.say(`Row ${Math.floor(cursor / columns) + 1}, column ${cursor % columns + 1}: ${words(levels[cursor])}`);
		} else if (event.key === " " || event.key === "Delete" || event.key === "Backspace") {
			level = event.key === " " && levels[cursor] < 8 ? 15 : 0;
			paint(cursor);
			view.say(words(level));
		} else {
			return;
		}
		event.preventDefault();
	}
	const words = (v) => v > 11 ? "bright" : v > 3 ? "grey" : "dark";

	function tell() {
		const began = view.state.source !== "drawing";
		shown = {rows: shape[0], columns: shape[1], channels: 1, values: levels.map((v) => v / 15)};
		draw();
		drawn(text(), began);
	}
	function text() {
		return levels.map((v) => digits[v]).join("");
	}
	function draw() {
		if (!shown) {
			if (!input) return;
			const [columns, rows] = grid(input.length);
			pixels(strip, Array.from({length: columns * rows}, (_, i) => (input[i] ?? 0) / 3), columns, rows, true);
			return;
		}
		const {rows, columns, channels, values} = shown;
		const side = Math.min(canvas.parentElement.clientWidth || 200, 208);
		const {context, width, height} = begin(canvas, Math.round(side * rows / columns));
		const w = width / columns, h = height / rows;
		for (let i = 0; i < rows * columns; i++) {
			const part = (c) => Math.round(255 * values[i * channels + Math.min(c, channels - 1)]);
			context.fillStyle = `rgb(${part(0)} ${part(1)} ${part(2)})`;
			context.fillRect(Math.floor(i % columns * w), Math.floor(Math.floor(i / columns) * h), Math.ceil(w), Math.ceil(h));
		}
		if (focused) {
			context.strokeStyle = colour("flip");
			context.lineWidth = 2;
			context.strokeRect(cursor % columns * w + 1, Math.floor(cursor / columns) * h + 1, w - 2, h - 2);
		}
	}
	return {
		element: made, draw, text,
		// shape says what can be drawn: {height, width[, channels]} or null.
		shape(of) {
			if (String(of) === String(shape)) return;
			shape = of;
			cursor = 0;
			shown = null;
			levels = shape ? new Array(shape[0] * shape[1]).fill(0) : [];
			if (shape) canvas.setAttribute("aria-label", `The picture that the network reads, ${shape[0]} by ${shape[1]} pixels: arrow keys move, space paints or wipes a pixel, Delete wipes it`);
		},
		// take shows what an answer says was read.
		take(answer) {
			input = answer.input;
			const image = answer.picture;
			strip.hidden = scale.hidden = image !== null;
			canvas.hidden = clear.hidden = hint.hidden = image === null;
			if (!image) {
				shown = null;
				return;
			}
			if (down && view.state.source === "drawing") return; // the hand is ahead
			shown = image;
			levels = Array.from({length: image.rows * image.columns}, (_, i) => {
				let sum = 0;
				for (let c = 0; c < image.channels; c++) sum += image.values[i * image.channels + c];
				return Math.round(15 * sum / image.channels);
			});
		},
	};
}

// grid returns columns and rows that hold so many values.
function grid(count) {
	const columns = Math.ceil(Math.sqrt(count));
	return [columns, Math.ceil(count / columns)];
}
