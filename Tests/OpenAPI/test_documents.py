"""The documents are valid, say nothing about what is not there, and agree with docs/api.md."""

import json
import re

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from conftest import REPOSITORY


def test_the_openapi_document_is_valid(openapi):
    assert [error.message for error in OpenAPIV31SpecValidator(openapi).iter_errors()] == []


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    for one in value if isinstance(value, list) else []:
        yield from references(one)


def resolve(document, reference):
    assert reference.startswith("#/"), reference
    for name in reference[2:].split("/"):
        document = document[name.replace("~1", "/").replace("~0", "~")]
    return document


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_every_reference_leads_somewhere_and_every_component_is_used(name, request):
    document = request.getfixturevalue(name)
    used = set(references(document))
    for reference in used:
        resolve(document, reference)
    components = document["components"]
    # Operations name their security by its key.
    kinds = [kind for kind in components if (name, kind) != ("openapi", "securitySchemes")]
    unused = [f"#/components/{kind}/{key}" for kind in kinds for key in components[kind]]
    # An answer of whisper-asr-webservice has the type text/plain, whatever it is.
    closed = {"WhisperServiceJSON"}
    assert {one.split("/")[-1] for one in unused if one not in used} <= closed


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_every_schema_is_one_and_its_examples_fit(name, request):
    document = request.getfixturevalue(name)
    for key, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator({**schema, "components": document["components"]})
        for example in schema.get("examples", []):
            assert validator.is_valid(example), (key, example)


def test_the_asyncapi_document_has_the_structure_of_version_3(asyncapi):
    assert asyncapi["asyncapi"] == "3.0.0"
    members = {"asyncapi", "info", "defaultContentType", "servers", "channels", "operations", "components"}
    assert set(asyncapi) == members
    assert {"title", "version"} <= set(asyncapi["info"])
    for server in asyncapi["servers"].values():
        assert {"host", "protocol"} <= set(server)
    [(name, channel)] = asyncapi["channels"].items()
    for key, message in channel["messages"].items():
        assert message == {"$ref": f"#/components/messages/{key}"}
    directions = {}
    for key, operation in asyncapi["operations"].items():
        assert operation["channel"] == {"$ref": f"#/channels/{name}"}
        assert operation["action"] == key
        directions[key] = [reference["$ref"] for reference in operation["messages"]]
        assert all(one.startswith(f"#/channels/{name}/messages/") for one in directions[key])
    assert sorted(directions) == ["receive", "send"]
    everything = directions["receive"] + directions["send"]
    assert sorted(everything) == sorted(f"#/channels/{name}/messages/{key}" for key in channel["messages"])
    for key, message in asyncapi["components"]["messages"].items():
        assert set(message) == {"name", "summary", "payload"}
        assert message["name"] == key
        assert message["payload"]["properties"]["type"] == {"const": key}
        assert "type" in message["payload"]["required"]


def test_both_documents_describe_a_session_alike(openapi, asyncapi):
    common = set(openapi["components"]["schemas"]) & set(asyncapi["components"]["schemas"])
    assert {"Session", "SessionSettings", "LogProbability"} <= common
    for name in common:
        assert openapi["components"]["schemas"][name] == asyncapi["components"]["schemas"][name]


def codes(response):
    for content in response.get("content", {}).values():
        error = content["schema"].get("properties", {}).get("error", {}).get("properties", {})
        yield from error.get("code", {}).get("enum", [])


def test_every_code_of_the_table_is_in_the_document_with_its_status(openapi):
    table = (REPOSITORY / "docs" / "api.md").read_text().split("## Errors")[1].split("## Limits")[0]
    written = {}
    for statuses, names in re.findall(r"^\| ([\d, ]+) \| ((?:`\w+`(?:, )?)+) \|", table, re.MULTILINE):
        for code in re.findall(r"`(\w+)`", names):
            written.setdefault(code, set()).update(re.findall(r"\d+", statuses))
    described = {}
    for path, item in openapi["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            for status, response in operation["responses"].items():
                response = resolve(openapi, response["$ref"]) if "$ref" in response else response
                for code in codes(response):
                    described.setdefault(code, set()).add(status)
    # These belong to no operation: other methods, and other versions of HTTP.
    assert written.pop("method_not_allowed") == {"405"}
    written["unsupported_value"].remove("505")
    assert described == written


def test_the_codes_of_live_sessions_are_known(openapi, asyncapi):
    known = {code for response in openapi["components"]["responses"].values() for code in codes(response)}
    written = asyncapi["components"]["schemas"]["ErrorDetails"]["properties"]["code"]["anyOf"][0]["enum"]
    assert len(written) == len(set(written))
    assert set(written) - known == {"input_audio_buffer_commit_empty", "session_expired"}


def test_the_documents_are_written_to_be_read(openapi, asyncapi):
    for path, item in openapi["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                assert operation["summary"] and operation["operationId"] and len(operation["tags"]) == 1, (method, path)
    for message in asyncapi["components"]["messages"].values():
        assert message["summary"].endswith("."), message["name"]
    for part in sorted((REPOSITORY / "Sources/Server/CEmbedded/api").rglob("*.json")):
        text = part.read_text()
        json.loads(text)
        assert len(text.splitlines()) <= 320, f"divide {part.name}"
