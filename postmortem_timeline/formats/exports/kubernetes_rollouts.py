"""Kubernetes objects whose lives tell of rollouts: Deployments, ReplicaSets, StatefulSets, Argo Rollouts, and their lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from postmortem_timeline.formats.exports.context import Context
from postmortem_timeline.formats.exports.event import Event, attributes, timed
from postmortem_timeline.formats.exports.runs import goes_back
from postmortem_timeline.formats.exports.walk import fits, pick, walk
from postmortem_timeline.parsing.members import mapping, objects, text

NAME = "kubernetes_rollouts"
TITLE = "Kubernetes Deployments, ReplicaSets, StatefulSets and Argo Rollouts"
GROUP = "change"
KIND = "change"
URL = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"
NAMES = ("*deploy*.json", "*replicaset*.json", "*rollout*.json", "*statefulset*.json")

ARRAYS = ("items",)
WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ControllerRevision", "Rollout")
REVISION = (
    "deployment.kubernetes.io/revision",
    "rollout.argoproj.io/revision",
    "deprecated.daemonset.template.generation",
)


def sniff(head: bytes, name: str) -> float:
    """Workloads have a pod template; other objects of a cluster belong elsewhere."""
    for base in ("items[].", "", "[]."):
        if fits(head, "metadata.creationTimestamp", "spec.template.spec.containers[].image", under=(base,)):
            return 0.97
        if b'"ControllerRevision"' in head and fits(head, "metadata.creationTimestamp", "revision", under=(base,)):
            return 0.96
    return 0.0


def parse(data: bytes, context: Context) -> Iterator[Event]:
    """The creation of each object (a ReplicaSet's is a deploy), and the conditions of those that roll out."""
    return walk(data, context, ARRAYS, _rows, KIND)


def _rows(item: dict[str, Any]) -> Iterator[Event]:
    kind, meta = text(item.get("kind")), mapping(item.get("metadata"))
    if not meta.get("creationTimestamp"):
        return
    notes, labels = mapping(meta.get("annotations")), mapping(meta.get("labels"))
    owner = next((text(one.get("name")) for one in objects(meta.get("ownerReferences"))), "")
    workload = owner or text(meta.get("name"))
    containers = objects(mapping(mapping(mapping(item.get("spec")).get("template")).get("spec")).get("containers"))
    images = [text(one.get("image")) for one in containers]
    cause = text(notes.get("kubernetes.io/change-cause"))
    revision = next((notes[name] for name in REVISION if notes.get(name)), None) or item.get("revision")
    is_rollout = kind in ("ReplicaSet", "ControllerRevision") and bool(owner)
    status = mapping(item.get("status"))
    more = {
        "kind": kind,
        "name": meta.get("name"),
        "namespace": meta.get("namespace"),
        "revision_number": revision,
        "images": images,
        "change_cause": cause,
        "replicas": mapping(item.get("spec")).get("replicas"),
        "ready": status.get("readyReplicas"),
        "history": notes.get("deployment.kubernetes.io/revision-history"),
    }
    common = {
        "service": text(labels.get("app.kubernetes.io/name") or labels.get("app") or workload) or None,
        "attributes": attributes(more),
        "actor": _manager(meta),
        "correlation_key": text(meta.get("uid")) or None,
    }
    verb = "rollout of" if is_rollout else f"{kind} created:"
    said = " ".join(filter(None, (verb, workload, f"revision {revision}" if revision else "", ", ".join(images))))
    action = "rolled_back" if is_rollout and goes_back(cause) else "started" if is_rollout else "created"
    yield timed(meta["creationTimestamp"]) | common | {"action": action, "body": f"{said}: {cause}" if cause else said}
    for condition in objects(status.get("conditions")):
        if row := _condition(f"{kind} {workload}", condition):
            yield row | common


def _condition(what: str, one: dict[str, Any]) -> Event | None:
    """Of a rollout's progress the last update counts, of availability the last transition."""
    kind, status, reason = text(one.get("type")), text(one.get("status")), text(one.get("reason"))
    when = (
        pick(one, "lastUpdateTime", "lastTransitionTime") if kind == "Progressing" else pick(one, "lastTransitionTime")
    )
    if when is None:
        return None
    good = status == "True" and kind not in ("ReplicaFailure", "InvalidSpec")
    action = {
        "Progressing": "succeeded" if good else "failed",
        "Available": "available" if good else "unavailable",
    }.get(kind, reason or kind)
    if kind == "Progressing" and good and reason not in ("NewReplicaSetAvailable", "RolloutCompleted"):
        action = "started"
    said = ": ".join(filter(None, (what, f"{kind}={status}", reason, text(one.get("message")))))
    effect = {} if kind == "Progressing" else {"kind": "log"}  # what a rollout led to is no change itself
    return timed(when) | effect | {"action": action, "body": said, "severity_number": None if good else 17}


def _manager(meta: dict[str, Any]) -> str | None:
    """Who applied it last by hand or by a tool; the controllers of the cluster itself are nobody."""
    names = [text(one.get("manager")) for one in objects(meta.get("managedFields"))]
    return next((name for name in reversed(names) if name and not name.startswith("kube-controller")), None)
