"""Stretches of time in which something happens that hardly ever happens outside of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from postmortem_timeline.correlate.buckets import LEAST, STEADY, Buckets

BORROWED = 2.0  # so many cases are added to those outside, with the rate that is usual for others


@dataclass(frozen=True)
class Break:
    """The stretch that speaks most."""

    score: float  # nats beyond chance and choice
    begin: int  # buckets, the end excluded
    past: int
    hits: int
    of: int
    of_outside: int
    hits_outside: int


def strongest(time: Buckets, bucket: np.ndarray, hit: np.ndarray, usual: float) -> Break:
    """The stretch in which the cases hit are most beyond what the cases outside of it let expect.

    in: the bucket of each case, which are hits, how often others are hits
    """
    n = np.bincount(bucket, minlength=time.count).astype(float)
    k = np.bincount(bucket, weights=hit, minlength=time.count)
    first, past, price = time.stretches()
    sums_n, sums_k = (np.concatenate([[0.0], x.cumsum()]) for x in (n, k))
    n_in, k_in = sums_n[past] - sums_n[first], sums_k[past] - sums_k[first]
    n_out, k_out = sums_n[-1] - n_in, sums_k[-1] - k_in
    nats = _nats(k_in, n_in, k_out + BORROWED * usual, n_out + BORROWED) - price
    at = int(nats.argmax())
    begin, end = int(first[at]), int(past[at])
    rest = np.r_[0:begin, end : time.count]
    score = float(nats[at]) / _unsteady(n[rest], k[rest])
    return Break(score, begin, end, *(int(x[at]) for x in (k_in, n_in, n_out, k_out)))


def _nats(k: np.ndarray, n: np.ndarray, k_out: np.ndarray, n_out: np.ndarray) -> np.ndarray:
    """How much better two rates tell the cases inside and outside than one does (a G-test)."""
    one = (k + k_out) / (n + n_out)
    told = _gain(k, n, one) + _gain(k_out, n_out, one)
    return np.where(k * n_out > k_out * n, told, 0.0)


def _gain(k: np.ndarray, n: np.ndarray, rate: np.ndarray) -> np.ndarray:
    own = k / np.maximum(n, 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(k > 0, k * np.log(own / rate), 0.0) + np.where(n > k, (n - k) * np.log((1 - own) / (1 - rate)), 0.0)


def _unsteady(n: np.ndarray, k: np.ndarray) -> float:
    """How many times chance the hits of single buckets vary: Pearson's dispersion, one for a steady service."""
    there = n > 0
    expected = np.maximum(n * (k.sum() + 0.5) / (n.sum() + 1), LEAST)
    spread = ((k - expected) ** 2 / expected)[there & (k > 0)].sum()
    return max(1.0, float((spread + STEADY) / (there.sum() + STEADY)))
