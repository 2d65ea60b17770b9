"""The models at hand, as entries of models.yaml and for the bare engine."""

from dataclasses import dataclass
from pathlib import Path

from harness.paths import DEPS, FIXTURES

STARTER = "moonshine-tiny-en"


@dataclass(frozen=True)
class Model:
    """A model and its files, by their fields in models.yaml and in the C API; `tokens` is tokens.txt in all."""

    name: str
    family: str
    folder: Path
    files: dict

    def entry(self, name=None, **options):
        """The model's part of a models.yaml, by another name if wanted."""
        lines = [f"  {name or self.name}:", f"    type: {self.family}", f"    dir: {self.folder}", "    files:"]
        lines += [f"      {field}: {file}" for field, file in (self.files | {"tokens": "tokens.txt"}).items()]
        if options:
            lines += ["    options:"] + [f"      {key}: {value}" for key, value in options.items()]
        return "\n".join(lines) + "\n"

    def fields(self):
        """What the C API is told of it: paths by field."""
        fields = {"paraformer": "model"}  # where models.yaml and the C API have different names
        files = {f"{self.family}.{fields.get(field, field)}": self.folder / file for field, file in self.files.items()}
        return files | {"tokens": self.folder / "tokens.txt"}


def _fixture(family, **files):
    return Model(family, family, FIXTURES / "models" / family, files)


def whisper(folder):
    """A real Whisper in a folder: encoder, decoder (int8 before others) and tokens.txt."""
    files = {}
    for field in ["encoder", "decoder"]:
        found = sorted(Path(folder).glob(f"*{field}*.onnx"), key=lambda file: ("int8" not in file.name, file.name))
        if not found:
            raise ValueError(f"{folder} has no {field}")
        files[field] = found[0].name
    return Model("whisper", "whisper", Path(folder).resolve(), files)


#: What a server is given in the soak.
MODELS = {
    model.name: model
    for model in [
        Model(
            STARTER,
            "moonshine",
            DEPS / "models/moonshine-tiny-en",
            {"encoder": "encoder_model.ort", "merged_decoder": "decoder_model_merged.ort"},
        ),
        _fixture("sense_voice", model="model.onnx"),
        _fixture("whisper", encoder="encoder.onnx", decoder="decoder.onnx"),
        _fixture("paraformer", paraformer="model.onnx"),
        _fixture("transducer", encoder="encoder.onnx", decoder="decoder.onnx", joiner="joiner.onnx"),
    ]
}


#: One model of each family that the bare engine knows.
FAMILIES = {model.family: model for model in [*MODELS.values(), _fixture("zipformer_ctc", model="model.onnx")]}


def registry(*models):
    """The text of a models.yaml, whose default model is the first."""
    return f"default_model: {models[0].name}\nmodels:\n" + "".join(model.entry() for model in models)
