"""Sweeps of a network from unset neurons, as predictions take them.

Fields are sums of 32 bits in Basin's order. The product of the couplings is taken afresh after
the first sweep, and where more than a quarter of a module flips at once; other flips change it
one after the other, neurons ascending. Which is done depends on the sample alone, so neither
the other samples nor their number change a bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import draws
from .couplings import Couplings, Floats, Indices
from .network import Module, Network

Mask = npt.NDArray[np.bool_]

# A continuous neuron whose state would change by less stays where it is.
_RESOLUTION = np.float32(1e-5)
# The share of a module, as 1/4, above which flips make a product stale.
_FRESH = 4


@dataclass
class Settings:
    """How a network moves: docs/model.md of Basin, "Dynamics"."""

    order: str
    probability: float
    stop: str
    sweeps: int
    seed: int


@dataclass
class _Block:
    couplings: Couplings
    sender: int
    products: Floats


class Relaxation:
    """Samples of one network in motion."""

    def __init__(self, network: Network, settings: Settings, inputs: Floats, first: int) -> None:
        self._network, self._settings, self._first = network, settings, first
        count = len(inputs)
        self._fields = [_drive(module, inputs) for module in network.modules]
        self.states = [np.zeros((count, module.neurons), np.float32) for module in network.modules]
        self._blocks: list[_Block] = []
        self._recurrent: list[_Block | None] = []
        self._arriving: list[list[_Block | None]] = []
        for index, module in enumerate(network.modules):
            self._recurrent.append(self._block(module.recurrent, index, module.neurons))
            self._arriving.append(
                [self._block(arrival.block, arrival.sender, module.neurons) for arrival in module.arriving]
            )
        self._stale = np.zeros((count, len(network.modules)), bool)
        self._moving = np.arange(count)  # samples that have not stopped
        watched = settings.stop == "cycle" and settings.order in ("parallel", "modules") and not network.continuous
        self._laps = _Laps(network, count) if watched else None

    def run(self) -> None:
        """Take all sweeps, or those that there are until a sample stops."""
        for sweep in range(self._settings.sweeps):
            if len(self._moving) == 0:
                return
            if self._laps is not None:
                self._laps.begin(self.states)
            flipped = self._sweep(sweep)
            going = np.ones(len(self._moving), bool) if sweep == 0 else flipped
            if self._laps is not None:
                going &= ~self._laps.closed(self._moving, self.states, sweep)
            self._moving = self._moving[going]

    def _sweep(self, sweep: int) -> Mask:
        """Take one sweep; which of the samples that move have a neuron that asked to flip."""
        order = self._settings.order
        if order == "sequential":
            return self._sequential(sweep)
        indices = range(len(self._network.modules))
        asked: Mask = np.zeros(len(self._moving), bool)
        if order == "modules":
            for index in indices:
                asked = asked | self._update(index, sweep)
                self._refresh([index])
            return asked
        if sweep == 0:
            for index in indices:
                self._set(index, self._fields[index])
        else:
            targets = [self._targets(index) for index in indices]
            flips = [self._flips(index, target) for index, target in zip(indices, targets)]
            for flip in flips:
                asked = asked | _any(flip)
            if order == "partial":
                self._choose(flips, sweep)
            for index in indices:
                self._turn(index, flips[index], targets[index])
        self._refresh(list(indices))
        return asked

    def _update(self, index: int, sweep: int) -> Mask:
        """Update one module from the newest states."""
        if sweep == 0:
            self._set(index, self._total(index, np.arange(len(self._fields[index]))))
            return np.ones(len(self._moving), bool)
        target = self._targets(index)
        flips = self._flips(index, target)
        self._turn(index, flips, target)
        return _any(flips)

    def _block(self, couplings: Couplings | None, sender: int, receivers: int) -> _Block | None:
        if couplings is None:
            return None
        block = _Block(couplings, sender, np.zeros((len(self._fields[0]), receivers), np.float32))
        self._blocks.append(block)
        return block

    def _total(self, index: int, samples: Indices) -> Floats:
        """The fields of a module but for its own couplings: input, bias and links."""
        total: Floats = self._fields[index][samples]
        for arrival, block in zip(self._network.modules[index].arriving, self._arriving[index]):
            if block is not None:
                total += block.products[samples]
            else:
                total += arrival.strength * self.states[arrival.sender][samples]
        return total

    def _targets(self, index: int) -> Floats:
        """The states that the fields ask for, of the samples that move."""
        samples, module, own = self._moving, self._network.modules[index], self._recurrent[index]
        field = self._total(index, samples)
        if own is not None:
            field += own.products[samples]
        field += module.self_coupling * self.states[index][samples]
        return _respond(module, field)

    def _flips(self, index: int, target: Floats) -> Mask:
        return _differ(self._network.modules[index], self.states[index][self._moving], target)

    def _set(self, index: int, field: Floats) -> None:
        """Give unset neurons their first states."""
        self.states[index] = _respond(self._network.modules[index], field)
        self._stale[:, index] = True

    def _choose(self, flips: list[Mask], sweep: int) -> None:
        """Keep each neuron that would flip with the probability of an update."""
        for row, sample in enumerate(self._moving):
            places = [np.flatnonzero(flip[row]) for flip in flips]
            key = draws.address(self._settings.seed, draws.UPDATE, draws.EVALUATION, self._first + int(sample), sweep)
            refused = draws.uniforms(key, sum(map(len, places))) >= self._settings.probability
            for flip, neurons in zip(flips, places):
                flip[row, neurons[refused[: len(neurons)]]] = False
                refused = refused[len(neurons) :]

    def _turn(self, index: int, flips: Mask, target: Floats) -> None:
        """Flip neurons of a module, and change what it sends."""
        old: Floats = self.states[index][self._moving]
        change = np.where(flips, target - old, np.float32(0))
        self.states[index][self._moving] = np.where(flips, target, old)
        counts = flips.sum(axis=1)
        fresh = _FRESH * counts > flips.shape[1]
        self._stale[self._moving[fresh], index] = True
        blocks = [block for block in self._blocks if block.sender == index]
        rows, neurons = np.nonzero(flips & ~fresh[:, None])
        if len(rows) == 0 or not blocks:
            return
        begin = np.searchsorted(rows, rows)  # of the flips of the same sample
        rank = np.arange(len(rows)) - begin
        by_rank = np.argsort(rank, kind="stable")
        for some in np.split(by_rank, np.cumsum(np.bincount(rank))[:-1]):  # one flip of each sample at a time
            row, neuron = rows[some], neurons[some]
            for block in blocks:
                block.couplings.change(block.products, self._moving[row], neuron, change[row, neuron])

    def _refresh(self, indices: list[int]) -> None:
        """Take products afresh where states moved too much."""
        for index in indices:
            samples = np.flatnonzero(self._stale[:, index])
            self._stale[samples, index] = False
            for block in self._blocks:
                if block.sender == index and len(samples) > 0:
                    block.products[samples] = block.couplings.product(self.states[index][samples])

    def _sequential(self, sweep: int) -> Mask:
        """Update one neuron after the other, of each sample in an order of its own."""
        settings, samples = self._settings, self._moving
        keys = [
            draws.address(settings.seed, draws.ORDER, draws.EVALUATION, self._first + int(s), sweep) for s in samples
        ]
        order = draws.permutations(np.array(keys, np.uint64), self._network.places)
        flipped = np.zeros(len(samples), bool)
        for places in order.T:
            for index, module in enumerate(self._network.modules):
                rows = np.flatnonzero((places >= module.place) & (places < module.place + module.neurons))
                if len(rows) > 0:
                    turned = self._update_one(index, samples[rows], places[rows] - module.place)
                    flipped[rows] |= turned
        return flipped

    def _update_one(self, index: int, samples: Indices, neurons: Indices) -> Mask:
        """Update one neuron of a module in each of some samples; which changed."""
        module, own = self._network.modules[index], self._recurrent[index]
        field: Floats = self._fields[index][samples, neurons]
        for arrival, block in zip(module.arriving, self._arriving[index]):
            if block is not None:
                field += block.products[samples, neurons]
            else:
                field += arrival.strength * self.states[arrival.sender][samples, neurons]
        old: Floats = self.states[index][samples, neurons]
        if own is not None:
            field += own.products[samples, neurons]
        field += module.self_coupling * old
        target = _respond(module, field)
        turned = _differ(module, old, target)
        samples, neurons, change = samples[turned], neurons[turned], (target - old)[turned]
        self.states[index][samples, neurons] = target[turned]
        for block in self._blocks:
            if block.sender == index and len(samples) > 0:
                block.couplings.change(block.products, samples, neurons, change)
        return turned


def _drive(module: Module, inputs: Floats) -> Floats:
    """W x + b."""
    field: Floats = (
        np.zeros((len(inputs), module.neurons), np.float32) if module.input is None else module.input.product(inputs)
    )
    if module.bias is not None:
        field += module.bias
    return field


def _respond(module: Module, field: Floats) -> Floats:
    """The state of neurons under a field."""
    if module.gain > 0:
        return np.tanh(np.float64(module.gain) * field.astype(np.float64)).astype(np.float32)
    return np.where(field < 0, np.float32(-1), np.float32(1))


def _any(flips: Mask) -> Mask:
    """Which samples have a flip."""
    rows: Mask = np.asarray(flips.any(axis=1))
    return rows


def _differ(module: Module, old: Floats, target: Floats) -> Mask:
    """Whether neurons change."""
    changed: Mask = np.asarray(np.abs(target - old) >= _RESOLUTION if module.gain > 0 else old != target)
    return changed


class _Laps:
    """Finds trajectories that repeat themselves, by hashes of their states."""

    def __init__(self, network: Network, count: int) -> None:
        stream = draws.words(np.array([draws.address(0, draws.UPDATE)], np.uint64), network.places)[0]
        self._keys = [stream[m.place : m.place + m.neurons] for m in network.modules]
        self._hash = np.zeros(count, np.uint64)
        self._last, self._before, self._mark = (np.zeros(count, np.uint64) for _ in range(3))
        self._seen = self._since = self._power = 0
        self._old: list[Floats] = []

    def begin(self, states: list[Floats]) -> None:
        """Keep the states before a sweep."""
        self._old = [state.copy() for state in states]

    def closed(self, moving: Indices, states: list[Floats], sweep: int) -> Mask:
        """Take the states after a sweep; which samples that moved have been there before."""
        if sweep > 0:
            for keys, old, new in zip(self._keys, self._old, states):
                flipped = np.where(old[moving] != new[moving], keys, np.uint64(0))
                self._hash[moving] ^= np.bitwise_xor.reduce(flipped, axis=1)
        now = self._hash[moving]
        self._since += 1
        closed = np.zeros(len(moving), bool)
        if self._seen >= 1:
            closed = now == self._mark[moving]
        if self._seen >= 2:
            closed |= now == self._before[moving]
        if self._since >= self._power:
            self._mark[moving] = now
            self._since, self._power = 0, max(1, 2 * self._power)
        self._seen += 1
        self._before[moving], self._last[moving] = self._last[moving], now
        return closed
