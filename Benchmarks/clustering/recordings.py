"""What is sent: uploads of every size, and sound of every length. The texts are known from a node that does nothing else."""

import array
import io
import random
import struct
import wave
from dataclasses import dataclass

from harness.paths import FIXTURES
from harness.speech import RATE, samples, wav

DIGITS = FIXTURES / "audio/en_digits_16k.wav"


@dataclass
class Recording:
    name: str
    content: bytes
    #: Seconds of sound.
    length: float
    #: What a node at rest made of it.
    text: str = ""


def _counting(seconds):
    """Samples of somebody who counts to four, and pauses, and counts."""
    said, pause = samples(DIGITS), array.array("h", [0]) * (RATE // 2)
    sound = array.array("h")
    while len(sound) < seconds * RATE:
        sound += said + pause
    return sound[: int(seconds * RATE)]


def _padded(seconds, size):
    """The same sound as a WAV file of this size in bytes. A chunk that is to be skipped (JUNK) fills it: bytes without work."""
    file = wav(_counting(seconds))
    padding = (size - len(file) - 8) // 2 * 2
    head, rest = file[:12], file[12:]
    size_of_all = struct.pack("<I", len(file) + padding)
    return head[:4] + size_of_all + head[8:] + b"JUNK" + struct.pack("<I", padding) + bytes(padding) + rest


def sizes():
    """An upload of each size."""
    small = (FIXTURES / "audio/en_48k_opus.ogg").read_bytes()
    return [
        Recording("11 kB", small, 1.7),
        Recording("300 kB", wav(_counting(9.4)), 9.4),
        Recording("1.5 MB", _padded(8, 1_500_000), 8),
        Recording("20 MB", _padded(12, 20_000_000), 12),
    ]


def long():
    """One that takes so long that its stream is interrupted, of 8-bit samples at 8 kHz."""
    seconds = 1200
    samples = _counting(seconds)[::2]
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE // 2)
        file.writeframes(bytes((sample >> 8) + 128 for sample in samples))
    return Recording("10 MB, 20 minutes", target.getvalue(), seconds)


def mixed(count, seed):
    """Recordings of 1 to 30 s, most of them short."""
    chance = random.Random(seed)
    lengths = [min(30.0, max(1.0, chance.expovariate(1 / 7))) for _ in range(count)]
    return [Recording(f"{length:.1f} s", wav(_counting(length)), length) for length in lengths]


def spoken():
    """Samples of one turn of a live session: at 16 kHz, with the silence that ends it."""
    return (samples(DIGITS) + array.array("h", [0]) * RATE).tobytes()
