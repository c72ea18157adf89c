import {element} from "./parts.js";

export const room = {
	name: "learn", title: "Learn",
	about: ["This room is empty yet.", "It will be filled."],
	defaults: {},
	open(place, view) {
		place.append(element("p", {}, "Nothing here yet."));
		view.pictured();
		return {};
	},
};
