"""A network: modules, links and the readout, as a file and its settings describe them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import grid as grids
from .arrays import Blocks
from .couplings import Couplings, Dense, Floats
from .file import File
from .grid import Section

# A state of a whole network has every module at a multiple of so many places.
_ALIGNMENT = 16


@dataclass
class Arrival:
    """What a module receives over one direction of a link."""

    sender: int
    block: Couplings | None  # None for links one to one
    strength: np.float32  # of these


@dataclass
class Module:
    """One module; recurrent and input are None where it has no such couplings."""

    neurons: int
    place: int  # of its first neuron in a padded state of the whole network
    self_coupling: np.float32
    gain: np.float32  # of continuous neurons, 0 of binary ones
    bias: Floats | None
    recurrent: Couplings | None
    input: Couplings | None
    arriving: list[Arrival]
    read: bool


@dataclass
class Network:
    """Modules in the order of the settings, and the readout over those that are read."""

    inputs: int
    classes: int
    modules: list[Module]
    readout: Dense

    @property
    def places(self) -> int:
        """The length of a padded state."""
        last = self.modules[-1]
        return last.place + padded(last.neurons)

    @property
    def continuous(self) -> bool:
        return any(module.gain > 0 for module in self.modules)


def padded(neurons: int) -> int:
    return -(-neurons // _ALIGNMENT) * _ALIGNMENT


def build(file: File) -> Network:
    """The network of a file. Errors are those of load."""
    spec = grids.expand(file.json("settings")["network"])
    spec["modules"] = [_explicit(module) for module in spec["modules"]]
    shape, classes = list(file.json("input_shape")), int(file.json("classes"))
    inputs = int(np.prod(shape, dtype=np.int64))
    sizes = grids.sizes(spec, shape)
    blocks = Blocks(file)
    arriving = _links(spec, sizes, blocks)
    read = spec.get("readout") or range(len(sizes))
    modules, place = [], 0
    for index, (module, size) in enumerate(zip(spec["modules"], sizes)):
        name = f"modules.{index}"
        recurrent = drive = None
        if module["recurrent"]["density"] > 0:
            shared = module["recurrent"].get("shared", False) and size.image is not None
            own = grids.recurrent_grid(module, size.image) if shared and size.image else None
            recurrent = blocks.block(f"{name}.recurrent", size.neurons, size.neurons, own, hollow=True)
        if module["input"]["density"] > 0:
            shared_input = grids.input_grid(module, shape) if module["input"].get("shared", False) else None
            image = grids.image_of(shape) if len(shape) > 1 else None
            drive = blocks.block(
                f"{name}.input", size.neurons, inputs, shared_input, image, module["input"].get("window", 0)
            )
        modules.append(
            Module(
                size.neurons,
                place,
                np.float32(module.get("self_coupling", 0)),
                np.float32(module.get("tanh", 0)),
                blocks.floats(f"{name}.bias", size.neurons) if blocks.has(f"{name}.bias") else None,
                recurrent,
                drive,
                arriving[index],
                index in read,
            )
        )
        place += padded(size.neurons)
    readout = _readout(blocks, classes, sum(m.neurons for m in modules if m.read))
    return Network(inputs, classes, modules, Dense(readout))


def _explicit(module: Section) -> Section:
    """A module of old settings, with what a missing key means."""
    explicit = dict(module)
    for key in ("recurrent", "input"):
        explicit[key] = {"density": 1, **module.get(key, {})}
    return explicit


def _links(spec: Section, sizes: list[grids.Size], blocks: Blocks) -> list[list[Arrival]]:
    """What each module receives, in the order of the links."""
    arriving: list[list[Arrival]] = [[] for _ in sizes]
    pathway = 0
    for link in spec.get("links") or []:
        for sender, receiver in grids.directions(link):
            origin, target = sizes[sender], sizes[receiver]
            block = None
            if link["kind"] != "excitatory" or link.get("fan_in", 0) > 0:
                shared = None
                if link.get("shared", False) and origin.image and target.image:
                    shared = grids.link_grid(link, origin.image, target.image.channels)
                block = blocks.block(f"pathways.{pathway}", target.neurons, origin.neurons, shared)
            arriving[receiver].append(Arrival(sender, block, np.float32(link.get("strength", 0))))
            pathway += 1
    return arriving


def _readout(blocks: Blocks, classes: int, neurons: int) -> Floats:
    """The couplings that a prediction uses: the average where there is one."""
    if blocks.bits == 0:
        return blocks.floats("readout.average" if blocks.has("readout.average") else "readout", classes, neurons)
    numbers = blocks.array("readout", classes * neurons).reshape(classes, neurons)
    unit = int(blocks.array("readout.unit", 1)[0])
    return np.ldexp(numbers.astype(np.float32), np.int32(unit)).astype(np.float32)
