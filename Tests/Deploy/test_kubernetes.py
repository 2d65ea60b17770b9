"""The manifests of deploy/kubernetes are valid, and fit each other and the server."""

import copy
import re
import subprocess

import kubernetes_validate
import manifests
import pytest
import yaml
from conftest import PROGRAMS, REPOSITORY

# The oldest that has all fields (of the Job and the PodDisruptionBudget), and a new one.
VERSIONS = "1.29", "1.37"


def everything():
    for path in manifests.files():
        for item in manifests.read(path):
            yield pytest.param(item, id=f"{path.parent.name}/{path.name}:{item['kind']}")
    for folder in manifests.FOLDERS:
        for item in manifests.applied(folder):
            yield pytest.param(item, id=f"applied {folder}:{item['kind']}")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("item", list(everything()))
def test_built_in_kinds_are_valid(item, version):
    if item["apiVersion"] == manifests.KEDA:
        assert item["kind"] == "ScaledObject"
        return
    kubernetes_validate.validate(item, version, strict=True)


def test_a_worker_of_the_archive_that_loses_its_machine_has_not_failed():
    [job] = manifests.read(manifests.KUBERNETES / "archive-job.yaml")
    [rule] = job["spec"]["podFailurePolicy"]["rules"]
    assert rule == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"  # which the policy requires


def test_the_validator_refuses_a_mistake():
    [deployment] = manifests.read(manifests.KUBERNETES / "base/deployment.yaml")
    wrong = copy.deepcopy(deployment)
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


@pytest.mark.parametrize("folder", manifests.FOLDERS)
def test_no_folder_has_two_scalers_of_one_workload(folder):
    objects = manifests.applied(folder)
    targets = list(manifests.scaled_by(objects))
    assert len(set(targets)) == len(targets) == (0 if folder == "base" else 1)
    [deployment] = manifests.find(objects, "Deployment")
    # A number here would undo the scaler's at each apply.
    assert ("replicas" in deployment["spec"]) == (not targets)
    for target in targets:
        assert target == ("asr2clip", "Deployment", deployment["metadata"]["name"])


def test_two_scalers_of_one_workload_are_noticed():
    together = manifests.applied("scaling-hpa") + manifests.applied("scaling-keda")
    targets = list(manifests.scaled_by(together))
    assert len(targets) == 2 and len(set(targets)) == 1


def test_every_scaler_is_in_a_folder_that_is_applied():
    scalers = {path.parent.name for path in manifests.files() if list(manifests.scaled_by(manifests.read(path)))}
    assert scalers == {"scaling-hpa", "scaling-keda"}


def deployment():
    [found] = manifests.find(manifests.applied("base"), "Deployment")
    return found


def server():
    [container] = deployment()["spec"]["template"]["spec"]["containers"]
    return container


def test_selectors_and_ports_meet():
    labels = deployment()["spec"]["template"]["metadata"]["labels"]
    ports = {port["name"]: port["containerPort"] for port in server()["ports"]}
    for kind, selector in {
        "Deployment": lambda spec: spec["selector"]["matchLabels"],
        "Service": lambda spec: spec["selector"],
        "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
        "NetworkPolicy": lambda spec: spec["podSelector"]["matchLabels"],
    }.items():
        found = manifests.find(manifests.applied("base"), kind)
        assert found
        for item in found:
            assert selector(item["spec"]).items() <= labels.items(), item["metadata"]["name"]
    for service in manifests.find(manifests.applied("base"), "Service"):
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= set(ports)
    assert f"--port={ports['http']}" in server()["args"]
    for probe, path in {"startup": "live", "liveness": "live", "readiness": "ready"}.items():
        assert server()[f"{probe}Probe"]["httpGet"] == {"path": f"/health/{path}", "port": "http"}


def test_volumes_are_there_and_the_server_changes_no_model():
    pod = deployment()["spec"]["template"]["spec"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["initContainers"] + pod["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
    read_only = {mount["name"] for mount in server()["volumeMounts"] if mount.get("readOnly")}
    assert read_only == volumes - {"tmp"}
    # The names of ConfigMaps that kustomize generates.
    [configuration] = [volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume]
    assert manifests.find(manifests.applied("base"), "ConfigMap", configuration)


def test_every_model_of_the_registry_is_fetched():
    registry = yaml.safe_load((manifests.KUBERNETES / "base/models.yaml").read_text())
    [init] = deployment()["spec"]["template"]["spec"]["initContainers"]
    assert init["command"] == ["asr2clip", "models", "pull"]
    names = init["args"][: init["args"].index("--config")]
    assert names == list(registry["models"])
    assert registry["num_threads"] == int(server()["resources"]["requests"]["cpu"])


def test_the_registry_is_one():
    checked = subprocess.run(
        [PROGRAMS / "asr2clip", "models", "show", "sensevoice-small", "--json"]
        + ["--config", manifests.KUBERNETES / "base/models.yaml"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0 and "sensevoice-small" in checked.stdout, checked.stderr


def test_the_pod_lives_as_long_as_its_end_may_take():
    text = (REPOSITORY / "docs/server.md").read_text()
    [grace] = re.findall(r"finishes running requests, for up to (\d+) s", text)
    [delay] = [int(flag.split("=")[1]) for flag in server()["args"] if flag.startswith("--drain-delay=")]
    assert deployment()["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= delay + int(grace) + 5
    assert "lifecycle" not in server()


def pods():
    for path in manifests.files():
        for item in manifests.read(path):
            if "template" in item.get("spec", {}):
                yield pytest.param(item["spec"]["template"]["spec"], id=item["kind"])


@pytest.mark.parametrize("pod", list(pods()))
def test_pods_meet_the_restricted_standard(pod):
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/, and more."""
    security = pod["securityContext"]
    assert security["runAsNonRoot"] and security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    kinds = {"configMap", "emptyDir", "secret", "persistentVolumeClaim"}
    assert all((set(volume) - {"name"}) <= kinds for volume in pod["volumes"])
    for container in pod.get("initContainers", []) + pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]
        # Keys come from files and Secrets.
        assert not any("key" in entry["name"].lower() and "value" in entry for entry in container.get("env", []))


def test_the_job_has_as_many_workers_as_shards():
    [job] = manifests.read(manifests.KUBERNETES / "archive-job.yaml")
    [container] = job["spec"]["template"]["spec"]["containers"]
    [workers] = [entry["value"] for entry in container["env"] if entry["name"] == "WORKERS"]
    assert int(workers) == job["spec"]["completions"] and job["spec"]["completionMode"] == "Indexed"
