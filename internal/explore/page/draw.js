// Drawing on canvases in the colours of the style, sharp on every screen.

// colour returns a colour of style.css by its name: "ink", "plus".
export function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
}

// begin sizes a canvas to its place, height pixels high, clears it and returns a context whose
// unit is a pixel of the page, with its width and height.
export function begin(canvas, height) {
	const ratio = devicePixelRatio || 1;
	canvas.style.height = height + "px";
	const width = canvas.clientWidth || 300;
	canvas.width = Math.round(width * ratio);
	canvas.height = Math.round(height * ratio);
	const context = canvas.getContext("2d");
	context.scale(ratio, ratio);
	return {context, width, height};
}

// pixels draws a grid of values in 0..1 (grey) or -1..1 (minus to plus), one pixel each; CSS
// makes it larger.
export function pixels(canvas, values, columns, rows, signed = false) {
	canvas.width = columns;
	canvas.height = rows;
	canvas.classList.add("pixels");
	const context = canvas.getContext("2d");
	const image = context.createImageData(columns, rows);
	const [plus, minus, paper] = ["plus", "minus", "field"].map((name) => channels(colour(name)));
	for (let i = 0; i < columns * rows; i++) {
		let mixed;
		if (signed) {
			const v = Math.max(-1, Math.min(1, values[i]));
			const end = v > 0 ? plus : minus;
			mixed = paper.map((p, c) => p + (end[c] - p) * Math.abs(v));
		} else {
			const v = 255 * Math.max(0, Math.min(1, values[i]));
			mixed = [v, v, v];
		}
		image.data.set([mixed[0], mixed[1], mixed[2], 255], 4 * i);
	}
	context.putImageData(image, 0, 0);
}

// channels reads #rgb or #rrggbb.
export function channels(text) {
	const digits = text.replace("#", "");
	const full = digits.length === 3 ? [...digits].map((d) => d + d).join("") : digits;
	return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16));
}

// bits reads states packed as base64, eight neurons a byte, the first in the lowest bit, into
// an array of 0 and 1.
export function bits(text, count) {
	const bytes = atob(text);
	return Uint8Array.from({length: count}, (_, i) => (bytes.charCodeAt(i >> 3) >> (i & 7)) & 1);
}

// lines draws curves over one axis: [{name, colour, x: [], y: []}]. Limits that are not given
// are those of the values; mark is a place on the axis that gets an upright line.
export function lines(canvas, height, curves, {xmin, xmax, ymin, ymax, xlabel = "", ylabel = "", mark} = {}) {
	const {context, width} = begin(canvas, height);
	const all = (key) => curves.flatMap((c) => Array.from(c[key])).filter(Number.isFinite);
	const limit = (given, values, pick, otherwise) => given ?? (values.length ? pick(...values) : otherwise);
	const x0 = limit(xmin, all("x"), Math.min, 0), x1 = limit(xmax, all("x"), Math.max, 1);
	const y0 = limit(ymin, all("y"), Math.min, 0), y1 = limit(ymax, all("y"), Math.max, 1);
	const box = {left: 46, right: width - 8, top: 8, bottom: height - 34};
	const px = (x) => box.left + (box.right - box.left) * (x - x0) / ((x1 - x0) || 1);
	const py = (y) => box.bottom - (box.bottom - box.top) * (y - y0) / ((y1 - y0) || 1);
	context.font = "12px system-ui, sans-serif";
	context.fillStyle = colour("faint");
	context.strokeStyle = colour("line");
	context.textAlign = "right";
	for (const t of ticks(y0, y1, 4)) {
		context.beginPath();
		context.moveTo(box.left, py(t));
		context.lineTo(box.right, py(t));
		context.stroke();
		context.fillText(short(t), box.left - 5, py(t) + 4);
	}
	context.textAlign = "center";
	for (const t of ticks(x0, x1, 5)) context.fillText(short(t), px(t), box.bottom + 15);
	context.fillText(xlabel, (box.left + box.right) / 2, height - 5);
	context.textAlign = "left";
	context.fillText(ylabel, box.left + 4, box.top + 10);
	if (mark !== undefined) {
		context.strokeStyle = colour("accent");
		context.beginPath();
		context.moveTo(px(mark), box.top);
		context.lineTo(px(mark), box.bottom);
		context.stroke();
	}
	context.lineWidth = 2;
	for (const curve of curves) {
		context.strokeStyle = curve.colour;
		context.setLineDash(curve.dash ?? []);
		context.beginPath();
		let down = false;
		for (let i = 0; i < curve.x.length; i++) {
			if (!Number.isFinite(curve.y[i])) {
				down = false;
				continue;
			}
			down ? context.lineTo(px(curve.x[i]), py(curve.y[i])) : context.moveTo(px(curve.x[i]), py(curve.y[i]));
			down = true;
		}
		context.stroke();
	}
	context.setLineDash([]);
}

// ticks returns about so many round numbers between two.
export function ticks(from, to, about) {
	const span = to - from;
	if (!(span > 0)) return [from];
	const raw = span / about, power = 10 ** Math.floor(Math.log10(raw));
	const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
	const found = [];
	for (let t = Math.ceil(from / step) * step; t <= to + step / 1e6; t += step) found.push(Math.abs(t) < step / 1e6 ? 0 : t);
	return found;
}

// short writes a number for people.
export function short(x) {
	if (!Number.isFinite(x)) return "–";
	if (x !== 0 && (Math.abs(x) >= 1e5 || Math.abs(x) < 1e-3)) return x.toExponential(1);
	return String(Number(x.toPrecision(4)));
}
