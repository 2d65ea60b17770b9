"""Entries of models.yaml for the models at hand."""

from harness.paths import DEPS, FIXTURES
from harness.serving import STARTER

#: Type, folder and files, by name; `tokens` is tokens.txt in all.
MODELS = {
    STARTER: (
        "moonshine",
        DEPS / "models/moonshine-tiny-en",
        {"encoder": "encoder_model.ort", "merged_decoder": "decoder_model_merged.ort"},
    ),
    "sense_voice": ("sense_voice", FIXTURES / "models/sense_voice", {"model": "model.onnx"}),
    "whisper": ("whisper", FIXTURES / "models/whisper", {"encoder": "encoder.onnx", "decoder": "decoder.onnx"}),
    "paraformer": ("paraformer", FIXTURES / "models/paraformer", {"paraformer": "model.onnx"}),
    "transducer": (
        "transducer",
        FIXTURES / "models/transducer",
        {"encoder": "encoder.onnx", "decoder": "decoder.onnx", "joiner": "joiner.onnx"},
    ),
}


def entry(name, model, **options):
    kind, folder, files = MODELS[model]
    lines = [f"  {name}:", f"    type: {kind}", f"    dir: {folder}", "    files:"]
    lines += [f"      {field}: {file}" for field, file in (files | {"tokens": "tokens.txt"}).items()]
    if options:
        lines += ["    options:"] + [f"      {key}: {value}" for key, value in options.items()]
    return "\n".join(lines) + "\n"


def registry(*names):
    """The text of a models.yaml, whose default model is the first."""
    return f"default_model: {names[0]}\nmodels:\n" + "".join(entry(name, name) for name in names)
