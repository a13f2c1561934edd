"""Stretches of time in which some steps of traces were slow more often than chance and their own habit allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from postmortem_timeline.correlate.buckets import LEAST, STEADY, Buckets

SLOWER = (3.16, 10.0, 31.6, 100.0)  # half decades: a fault may cost milliseconds or seconds
ALIKE = 50.0  # so many hops of its own make a kind believed against what all hops between the two services do
OF_PAIR = 5.0  # and so many make two services believed against what all services do


@dataclass(frozen=True)
class Stretch:
    """The stretch that speaks most."""

    score: float  # nats beyond chance and choice
    begin: int  # buckets, the end excluded
    past: int
    slow: int
    hops: int


@dataclass(frozen=True)
class Scan:
    """The hops by bucket of time, and all stretches of buckets."""

    bucket: np.ndarray  # of each hop; the first and the last one hold what lies outside the bounds
    buckets: int
    first: np.ndarray  # of each stretch
    past: np.ndarray
    price: np.ndarray  # of choosing it among those of its length
    kind: np.ndarray  # of each hop
    pair: np.ndarray
    common: dict[float, np.ndarray]  # how often any hop outside the stretch is slow

    @classmethod
    def of(cls, told: pd.DataFrame, since: int | None, until: int | None) -> Scan | None:
        """in: hops by time with their `factor`; the bounds (ns). None where too little is told."""
        at = told["at_ns"].to_numpy(np.int64)
        time = Buckets.of(at, since, until)
        if time is None:
            return None
        bucket, n = time.number(at), time.count
        first, past, price = time.stretches()
        every, factor = _sums(bucket, np.ones(len(at)), n), told["factor"].to_numpy()
        common = {}
        for times in SLOWER:
            slow = _sums(bucket, factor > times, n)
            common[times] = (slow[-1] - slow[past] + slow[first] + 0.5) / (every[-1] - every[past] + every[first] + 1)
        kind, pair = told["kind"].to_numpy(np.int64), told["pair"].to_numpy(np.int64)
        return cls(bucket, n, first, past, price, kind, pair, common)

    def strongest(self, places: np.ndarray, slow: np.ndarray, times: float) -> Stretch:
        """Are these hops slow more often inside than outside? (A G-test, what is expected taken kind by kind.)

        in: which hops, which of them are slow, by what factor. A service that is slow in fits outside of the stretch too
        may have a fit there: what speaks against it is divided by how far its buckets spread beyond chance. And it counts
        less where only part of the hops are slow: what waits for the one at fault is slow in part.
        """
        kinds, kind = np.unique(self.kind[places], return_inverse=True)
        hops, late = self._cells(kind, places, np.ones(len(places))), self._cells(kind, places, slow.astype(float))
        n, k = hops.sum(axis=1, keepdims=True), late.sum(axis=1, keepdims=True)
        n_in, k_in = self._inside(hops), self._inside(late)
        pair = np.zeros(len(kinds), np.int64)
        pair[kind] = self.pair[places]
        usual = _usual(pair, n - n_in, k - k_in, self.common[times])
        evidence = _evidence(n_in, n, k_in, k, usual)
        seen, count = k_in.sum(axis=0), n_in.sum(axis=0)
        part = np.sqrt(seen / np.maximum(count, 1.0))
        at = int(((evidence - self.price) * part).argmax())
        begin, past = int(self.first[at]), int(self.past[at])
        outside = np.r_[0:begin, past : self.buckets]
        nats = evidence[at] / _unsteady(hops[:, outside], late[:, outside])
        score = float((nats - self.price[at]) * part[at])
        return Stretch(score, begin, past, int(seen[at]), int(count[at]))

    def _cells(self, kind: np.ndarray, places: np.ndarray, weights: np.ndarray) -> np.ndarray:
        size = (int(kind.max()) + 1, self.buckets)
        sums = np.bincount(kind * self.buckets + self.bucket[places], weights=weights, minlength=size[0] * size[1])
        return sums.reshape(size)

    def _inside(self, cells: np.ndarray) -> np.ndarray:
        """Of each kind the sum over each stretch."""
        running = np.concatenate([np.zeros((len(cells), 1)), cells.cumsum(axis=1)], axis=1)
        return running[:, self.past] - running[:, self.first]


def _sums(bucket: np.ndarray, weights: np.ndarray, n: int) -> np.ndarray:
    return np.concatenate([[0.0], np.bincount(bucket, weights=weights, minlength=n).cumsum()])


def _usual(pair: np.ndarray, n: np.ndarray, k: np.ndarray, common: np.ndarray) -> np.ndarray:
    """How often hops of each kind are slow outside of each stretch, as far as its two services tell.

    Some answers grow with what is asked, and are often slow: a rare kind of hop between the same two is no wonder then.
    """
    order = np.argsort(pair, kind="stable")
    opens = np.concatenate([[True], np.diff(pair[order]) > 0])
    cuts = np.flatnonzero(opens)
    of_pair = np.add.reduceat(n[order], cuts, axis=0), np.add.reduceat(k[order], cuts, axis=0)
    which = np.empty(len(pair), np.int64)
    which[order] = opens.cumsum() - 1
    return np.asarray(((of_pair[1] + OF_PAIR * common) / (of_pair[0] + OF_PAIR))[which])


def _evidence(n_in: np.ndarray, n: np.ndarray, k_in: np.ndarray, k: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """For each stretch the nats by which its slow hops exceed what the kinds inside let expect."""
    there = n_in > 0  # a kind that is not seen inside says nothing
    total, slow_total = np.where(there, n + ALIKE, 0.0), np.where(there, k + ALIKE * usual, 0.0)
    expected = (slow_total * n_in / np.maximum(total, 1.0)).sum(axis=0)
    seen, count, total, slow_total = k_in.sum(axis=0), n_in.sum(axis=0), total.sum(axis=0), slow_total.sum(axis=0)
    nats = (
        _part(seen, expected) + _part(slow_total - seen, slow_total - expected)
        + _part(count - seen, count - expected)
        + _part(total - count - slow_total + seen, total - count - slow_total + expected)
    )  # fmt: skip
    return np.where(seen > expected, nats, 0.0)


def _part(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(seen > 0, seen * np.log(np.maximum(seen, 1e-12) / np.maximum(expected, 1e-12)), 0.0)


def _unsteady(hops: np.ndarray, late: np.ndarray) -> float:
    """How many times chance the slow hops of single buckets vary: Pearson's dispersion, one for a steady service."""
    rate = (late.sum(axis=1, keepdims=True) + 0.5) / (hops.sum(axis=1, keepdims=True) + 1)
    expected, seen = (hops * rate).sum(axis=0), late.sum(axis=0)
    there = hops.sum(axis=0) > 0
    spread = ((seen - expected) ** 2 / np.maximum(expected, LEAST))[there].sum()
    return max(1.0, float((spread + STEADY) / (there.sum() + STEADY)))
