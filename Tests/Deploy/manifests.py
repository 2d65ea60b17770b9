"""Reads manifests as "kubectl apply -k FOLDER" would. It knows of kustomize what deploy/kubernetes uses, no more."""

from pathlib import Path

import yaml
from conftest import DEPLOY

KUBERNETES = DEPLOY / "kubernetes"
# Folders that are applied as they are.
FOLDERS = ("base", "scaling-hpa", "scaling-keda")
FIELDS = {"apiVersion", "kind", "namespace", "resources", "configMapGenerator", "images", "patches"}
KEDA = "keda.sh/v1alpha1"


def read(path):
    return [document for document in yaml.safe_load_all(Path(path).read_text()) if document]


def files():
    """Every manifest of deploy/kubernetes: files that kubectl takes."""
    others = {"kustomization.yaml", "models.yaml", "prometheus-adapter-rules.yaml"}
    return sorted(path for path in KUBERNETES.rglob("*.yaml") if path.name not in others)


def applied(folder):
    """The objects of a folder with a kustomization."""
    [kustomization] = read(KUBERNETES / folder / "kustomization.yaml")
    assert set(kustomization) <= FIELDS, f"{folder}: this test does not know all of {sorted(kustomization)}"
    objects = []
    for resource in kustomization["resources"]:
        path = (KUBERNETES / folder / resource).resolve()
        objects += applied(path.relative_to(KUBERNETES)) if path.is_dir() else read(path)
    for generated in kustomization.get("configMapGenerator", []):
        data = {name: (KUBERNETES / folder / name).read_text() for name in generated["files"]}
        objects.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generated["name"]}, "data": data})
    for patch in kustomization.get("patches", []):
        [target] = find(objects, patch["target"]["kind"], patch["target"]["name"])
        remove(target, yaml.safe_load(patch["patch"]))
    for item in objects:
        if item["kind"] != "Namespace":
            item["metadata"]["namespace"] = kustomization["namespace"]
    return objects


def remove(target, operations):
    """A JSON patch that only removes."""
    for operation in operations:
        assert operation["op"] == "remove", operation
        *parents, last = operation["path"].strip("/").split("/")
        for part in parents:
            target = target[part]
        del target[last]


def find(objects, kind, name=None):
    return [item for item in objects if item["kind"] == kind and name in (None, item["metadata"]["name"])]


def scaled_by(objects):
    """What each scaler in a list of objects changes: kind and name."""
    for item in objects:
        if item["kind"] in ("HorizontalPodAutoscaler", "ScaledObject", "VerticalPodAutoscaler"):
            target = item["spec"].get("scaleTargetRef") or item["spec"]["targetRef"]
            # KEDA's default.
            yield item["metadata"].get("namespace"), target.get("kind", "Deployment"), target["name"]
