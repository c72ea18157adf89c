// Buttons and a scrubber that go through the sweeps of a trajectory.

import {button, element} from "./parts.js";

// player calls go with the sweep to show. Where motion is not wanted, playing goes to the end.
export function player(view, go) {
	let last = 0, at = 0, timer = null;
	const scrubber = element("input", {type: "range", min: 0, max: 0, step: 1, value: 0, "aria-label": "Sweep", class: "scrubber"});
	scrubber.addEventListener("input", () => move(Number(scrubber.value)));
	const speed = element("input", {type: "range", min: 1, max: 30, step: 1, value: view.state.speed, class: "speed"});
	speed.addEventListener("input", () => view.set({speed: Number(speed.value)}));
	const toStart = button("Rewind", () => move(0));
	const back = button("Step back", () => move(at - 1));
	const play = button(view.still ? "To the end" : "Play", toggle, {class: "first play"});
	const forth = button("Step", () => move(at + 1));

	function move(to) {
		stop();
		go(Math.max(0, Math.min(last, to)));
		view.say(`Sweep ${at + 1} of ${last + 1}`);
	}
	function toggle() {
		if (timer !== null) {
			stop();
			return;
		}
		if (view.still) {
			move(last);
			return;
		}
		if (at >= last) go(0);
		play.textContent = "Pause";
		timer = setTimeout(next, 1000 / view.state.speed);
	}
	function next() {
		if (at >= last) {
			stop();
			return;
		}
		timer = setTimeout(next, 1000 / view.state.speed);
		go(at + 1);
		if (at >= last) stop();
	}
	function stop() {
		clearTimeout(timer);
		timer = null;
		if (!view.still) play.textContent = "Play";
	}
	return {
		element: element("div", {class: "player", role: "group", "aria-label": "Player"}, toStart, back, play, forth, scrubber,
			element("label", {}, "Sweeps a second", speed)),
		stop,
		length(sweeps) {
			last = sweeps - 1;
			scrubber.max = last;
		},
		show(sweep) {
			at = sweep;
			scrubber.value = sweep;
			scrubber.setAttribute("aria-valuetext", `sweep ${sweep + 1} of ${last + 1}`);
			speed.value = view.state.speed;
			toStart.disabled = back.disabled = at <= 0;
			forth.disabled = at >= last;
		},
	};
}
