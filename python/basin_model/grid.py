"""How the settings of a network place its neurons: chains written out, sizes, grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import ModelError

Section = dict[str, Any]


@dataclass(frozen=True)
class Image:
    """A shape of values that lie in rows and columns, the channels last."""

    height: int
    width: int
    channels: int

    @property
    def values(self) -> int:
        return self.height * self.width * self.channels


@dataclass(frozen=True)
class Grid:
    """Windows of one side over an image, at every stride-th pixel; channels neurons read each."""

    image: Image
    side: int
    stride: int
    border: int
    channels: int

    @property
    def shape(self) -> Image:
        """The image that the neurons are: places row by row, the channels last."""

        def places(pixels: int) -> int:
            return (pixels + 2 * self.border - self.side) // self.stride + 1

        return Image(places(self.image.height), places(self.image.width), self.channels)


@dataclass(frozen=True)
class Size:
    """How many neurons a module has, and their shape where they are on a grid."""

    neurons: int
    image: Image | None = None


def expand(network: Section) -> Section:
    """Write a chain out: its module several times, neighbours linked one to one."""
    chain = network.get("chain") or {}
    length = chain.get("modules", 0)
    if length == 0:
        return network
    modules = []
    for index in range(length):
        module = dict(network["modules"][0])
        if chain.get("size", 0) > 0:
            module["neurons"] = chain["size"]
        if index > 0 and chain.get("input") != "all":
            module["input"] = {**module.get("input", {}), "density": 0, "window": 0}
        modules.append(module)
    links = [
        {"kind": "excitatory", "between": [m - 1, m], "strength": chain.get("lambda", 0)} for m in range(1, length)
    ]
    return {**network, "chain": {}, "modules": modules, "links": links}


def directions(link: Section) -> list[tuple[int, int]]:
    """The pairs (from, to) of modules along which a link acts."""
    a, b = link["between"]
    return {"forward": [(a, b)], "backward": [(b, a)]}.get(link.get("direction", ""), [(a, b), (b, a)])


def input_grid(module: Section, shape: list[int]) -> Grid:
    """The windows of a module on an input of a shape."""
    read = module["input"]
    return Grid(image_of(shape), read["window"], max(1, read.get("stride", 0)), 0, module["channels"])


def recurrent_grid(module: Section, own: Image) -> Grid:
    """The windows in which a module on a grid hears itself, one around each place."""
    side = module["recurrent"]["window"]
    return Grid(own, side, 1, side // 2, own.channels)


def link_grid(link: Section, sender: Image, channels: int) -> Grid:
    """The windows of a link on the image of its sender."""
    stride = link.get("stride", 0) or (link["window"] if link["kind"] == "pool" else 1)
    return Grid(sender, link["window"], stride, link.get("border", 0), channels)


def image_of(shape: list[int]) -> Image:
    """An input of two or three sides as an image."""
    return Image(shape[0], shape[1], shape[2] if len(shape) > 2 else 1)


def sizes(network: Section, shape: list[int]) -> list[Size]:
    """The sizes of the modules for inputs of a shape; a module behind others comes after them."""
    modules = network["modules"]
    placed: list[Size | None] = [None if m.get("channels", 0) else Size(m["neurons"]) for m in modules]
    for _ in modules:
        for index in range(len(modules)):
            if placed[index] is not None:
                continue
            grid = _windows(network, index, placed, shape)
            if grid is not None:
                placed[index] = Size(grid.shape.values, grid.shape)
    if None in placed:
        raise ModelError(f"module {placed.index(None)}: no window says where its channels stand")
    return [size for size in placed if size is not None]


def _windows(network: Section, index: int, placed: list[Size | None], shape: list[int]) -> Grid | None:
    """The windows that place a module on a grid, as far as is known."""
    module = network["modules"][index]
    read = module.get("input", {})
    if read.get("density", 1) > 0 and read.get("window", 0) > 0 and len(shape) > 1:
        return input_grid(module, shape)
    for link in network.get("links") or []:
        for sender, receiver in directions(link):
            size = placed[sender]
            if receiver == index and link.get("window", 0) > 0 and size is not None and size.image is not None:
                return link_grid(link, size.image, module["channels"])
    return None
