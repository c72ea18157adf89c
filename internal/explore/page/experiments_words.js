// What the parts of the room experiments say of a folder.

// progress says how far a folder is.
export function progress(f) {
	if (f.wrong) return f.wrong;
	const seeds = f.seeds === 1 ? "1 seed" : `${f.seeds} seeds`;
	const state = f.running ? "being computed" : f.done < f.cells ? "not finished" : "finished";
	return `${f.size}, ${seeds}: ${f.done} of ${f.cells} cells, ${state} · ${date(f.changed)}`;
}

export function date(text) {
	return new Date(text).toLocaleString([], {dateStyle: "medium", timeStyle: "short"});
}
