"""The fingerprint of a label set, by which Prometheus and Alertmanager know an alert."""

from __future__ import annotations

from collections.abc import Mapping

_OFFSET, _PRIME, _MASK = 0xCBF29CE484222325, 0x100000001B3, 0xFFFFFFFFFFFFFFFF
_SEPARATOR = b"\xff"


def fingerprint(labels: Mapping[str, str]) -> str:
    """FNV-1a-64 over the sorted labels, each name and value closed by 0xFF.

    https://github.com/prometheus/common/blob/main/model/signature.go (labelSetToFingerprint)
    """
    value = _OFFSET
    for name in sorted(labels):
        for byte in name.encode() + _SEPARATOR + str(labels[name]).encode("utf-8", "replace") + _SEPARATOR:
            value = (value ^ byte) * _PRIME & _MASK
    return f"{value:016x}"
