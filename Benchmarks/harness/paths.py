"""Where things are in the clone."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DEPS = ROOT / ".deps"
FIXTURES = ROOT / "Tests/Fixtures"
SERVER = ROOT / ".build/release/asr2clip-serve"
DETECTOR = DEPS / "models/silero-vad/silero_vad_16k_op15.onnx"
