"""Every operation of openapi.json answers as the document says. The server has a key, and the model `fetched`, which it
can download, if `ASR2CLIP_KEY` says so."""

import time

from conforming import DOWNLOADED, ask, conform, operations
from conftest import KEY

EXAMPLES = 25


def download():
    """Lets the server download a model, so that there is one to delete."""
    model = f"/v1/models/{DOWNLOADED}"
    ask(model, action="pull")
    while (known := ask(model))["status"] != "unloaded":
        assert known["status"] == "downloading", known
        time.sleep(0.05)


def test_every_operation_answers_as_the_document_says(openapi, tmp_path):
    phases = ["examples", "coverage", "fuzzing"]
    if KEY:
        download()
        # What the fields of a request may be does not depend on keys.
        phases.remove("coverage")
    status, said, calls = conform(tmp_path, openapi, "--phases", ",".join(phases))
    assert status == 0, said
    known = operations(openapi)
    assert sorted(calls) == sorted(known)
    examples = {name: call["examples"] for name, call in calls.items()}
    assert all(count >= EXAMPLES for count in examples.values()), examples
    for name, operation in known.items():
        # Errors alone are not enough: each has succeeded, and in every format, if it can.
        if name.startswith("DELETE ") and not KEY:
            assert set(calls[name]["statuses"]) <= {"401", "405"}
            continue
        for code, response in operation["responses"].items():
            if code.startswith("2"):
                response = openapi["components"]["responses"].get(response.get("$ref", "").split("/")[-1], response)
                assert code in calls[name]["statuses"], (name, calls[name])
                assert set(calls[name]["types"]) == set(response["content"]), name
