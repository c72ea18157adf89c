// Questions to the program, and what is said aloud.

// ask sends a question of a room and returns the answer; an error has the sentence of the
// program. signal, of an AbortController, ends it.
export async function ask(path, question = {}, signal) {
	const answer = await fetch("/api/" + path, {
		method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(question), signal,
	});
	if (answer.ok) return answer.json();
	let detail = answer.statusText;
	try {
		detail = (await answer.json()).detail || detail;
	} catch { /* no JSON: the status says it */ }
	throw new Error(detail);
}

// listen calls each with the messages of server-sent events, the answer to a question, until
// they end or signal ends them.
export async function listen(path, question, signal, each) {
	const answer = await fetch("/api/" + path, {
		method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(question), signal,
	});
	if (!answer.ok) throw new Error((await answer.json()).detail);
	const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	for (;;) {
		const {value, done} = await reader.read();
		if (done) return;
		rest += value;
		let end;
		while ((end = rest.indexOf("\n\n")) >= 0) {
			const message = rest.slice(0, end);
			rest = rest.slice(end + 2);
			if (message.startsWith("data: ")) each(JSON.parse(message.slice(6)));
		}
	}
}

// say tells a screen reader.
export function say(text) {
	document.getElementById("said").textContent = text;
}
