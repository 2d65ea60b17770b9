"""A document that says something wrong does not pass: the test of test_conformance.py. The server has no key."""

from copy import deepcopy

from conforming import conform, operations


def wrong_type(document, operation):
    document["components"]["schemas"]["Version"]["properties"]["version"] = {"type": "integer"}


def unknown_member(document, operation):
    document["components"]["schemas"]["Health"]["required"].append("model")


def missing_status(document, operation):
    del operation["responses"]["426"]


def other_content(document, operation):
    operation["responses"]["200"]["content"] = {"application/json": {"schema": {}}}


def unknown_header(document, operation):
    response = deepcopy(document["components"]["responses"]["NoSuchFile"])
    response["headers"]["retry-after"] = {"required": True, "schema": {"type": "integer"}}
    operation["responses"]["404"] = response


def unknown_code(document, operation):
    response = document["components"]["responses"]["NoSuchModel"]
    content = response["content"]["application/json"]["schema"]
    content["properties"]["error"]["properties"]["code"]["enum"] = ["not_found"]


def needless_requirement(document, operation):
    document["components"]["schemas"]["ClientSecretRequest"]["required"] = ["session"]


# By operation: the mistake, and schemathesis's name of the failure.
MISTAKES = {
    "GET /version": (wrong_type, "JsonSchemaError"),
    "GET /health": (unknown_member, "JsonSchemaError"),
    "GET /v1/models/{id}": (unknown_code, "JsonSchemaError"),
    "GET /v1/realtime": (missing_status, "UndefinedStatusCode"),
    "GET /metrics": (other_content, "UndefinedContentType"),
    "POST /load": (unknown_header, "MissingHeaders"),
    "POST /v1/realtime/client_secrets": (needless_requirement, "AcceptedNegativeData"),
}


def test_every_mistake_is_found(openapi, tmp_path):
    document = deepcopy(openapi)
    known = operations(document)
    for name, (make, _) in MISTAKES.items():
        make(document, known[name])
    chosen = [argument for name in MISTAKES for argument in ("--include-name", name)]
    status, said, calls = conform(tmp_path, document, *chosen, "--no-shrink", "--max-examples", "10")
    assert status == 1, said
    missed = {name: failure for name, (_, failure) in MISTAKES.items() if failure not in calls[name]["failures"]}
    assert missed == {}, said
