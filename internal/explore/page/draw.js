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

// lines draws curves over one axis: [{name, colour, x: [], y: []}]; with marks as points, with bars
// where there are errors: []. Limits that are not given are those of the values. at marks a
// place of the axis.
export function lines(canvas, height, curves, {xmin, xmax, ymin, ymax, xlabel = "", ylabel = "", at} = {}) {
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
	context.lineWidth = 2;
	if (at >= x0 && at <= x1) vertical(context, px(at), box);
	for (const curve of curves) {
		if (curve.marks) {
			marks(context, curve, px, py);
			continue;
		}
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

// marks draws the points of a curve, with bars where it has errors.
function marks(context, curve, px, py) {
	context.fillStyle = context.strokeStyle = curve.colour;
	context.setLineDash([]);
	for (let i = 0; i < curve.x.length; i++) {
		if (!Number.isFinite(curve.y[i])) continue;
		const x = px(curve.x[i]), error = curve.errors?.[i];
		if (error > 0) {
			context.beginPath();
			context.moveTo(x, py(curve.y[i] - error));
			context.lineTo(x, py(curve.y[i] + error));
			context.stroke();
		}
		context.beginPath();
		context.arc(x, py(curve.y[i]), 3.5, 0, 2 * Math.PI);
		context.fill();
	}
}

// vertical marks a place of the axis.
function vertical(context, x, box) {
	context.save();
	context.strokeStyle = colour("accent");
	context.lineWidth = 1;
	context.setLineDash([2, 3]);
	context.beginPath();
	context.moveTo(x, box.top);
	context.lineTo(x, box.bottom);
	context.stroke();
	context.restore();
}

// bars draws a bar for each value, at 0, 1, 2 and so on, or over names where there is room for them.
export function bars(canvas, height, values, {xlabel = "", ylabel = "", first = 0, colours = [], names = null} = {}) {
	const {context, width} = begin(canvas, height);
	const low = Math.min(0, ...values), high = Math.max(0, ...values) || (low < 0 ? 0 : 1);
	const box = {left: 52, right: width - 8, top: 20, bottom: height - 34};
	const py = (y) => box.bottom - (box.bottom - box.top) * (y - low) / (high - low);
	const step = (box.right - box.left) / Math.max(1, values.length);
	context.font = "12px system-ui, sans-serif";
	context.fillStyle = colour("faint");
	context.strokeStyle = colour("line");
	context.textAlign = "right";
	for (const t of ticks(low, high, 4)) {
		context.beginPath();
		context.moveTo(box.left, py(t));
		context.lineTo(box.right, py(t));
		context.stroke();
		context.fillText(short(t), box.left - 5, py(t) + 4);
	}
	context.textAlign = "center";
	const named = names !== null && names.every((name) => context.measureText(name).width < step - 4);
	const every = named ? 1 : Math.max(1, Math.ceil(values.length * 24 / (box.right - box.left)));
	for (let i = 0; i < values.length; i += every) context.fillText(named ? names[i] : String(i + first), box.left + step * (i + 0.5), box.bottom + 15);
	context.fillText(xlabel, (box.left + box.right) / 2, height - 5);
	context.textAlign = "left";
	context.fillText(ylabel, box.left, 12);
	values.forEach((value, i) => {
		context.fillStyle = colours[i] ?? colour("accent");
		const top = py(Math.max(0, value)), bottom = py(Math.min(0, value));
		context.fillRect(box.left + step * (i + 0.12), top, step * 0.76, Math.max(bottom - top, value ? 1 : 0));
	});
}

// withError writes a number with as many digits as its error has, two.
export function withError(number, error) {
	if (!(error > 0)) return short(number);
	const digits = Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(error))));
	return number.toFixed(digits) + " ± " + error.toFixed(digits);
}
