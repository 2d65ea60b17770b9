"""Sound to transcribe, made of the two recordings of real speech that set-up fetched."""

import array
import contextlib
import io
import random
import re
import wave

from harness.paths import DEPS

RATE = 16_000
#: What is said in each recording: Samuel Beckett, "Worstward Ho"; Charles Dickens, "A Tale of Two Cities".
REFERENCES = {
    "beckett.wav": "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.",
    "two_cities.wav": """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
        foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the
        season of Darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had
        nothing before us, we were all going direct to Heaven, we were all going direct the other way - in short, the
        period was so far like the present period, that some of its noisiest authorities insisted on its being received,
        for good or for evil, in the superlative degree of comparison only.""",
}


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower())


def word_errors(reference, hypothesis):
    """The edit distance of two lists of words, bit-parallel (Myers 1999, in Hyyrö's form) on Python's long integers."""
    masks = {}
    for index, word in enumerate(reference):
        masks[word] = masks.get(word, 0) | 1 << index
    length = len(reference)
    full = (1 << length) - 1
    positive, negative, distance = full, 0, length
    for word in hypothesis:
        match = masks.get(word, 0)
        diagonal = (((match & positive) + positive) ^ positive) | match | negative
        horizontal_positive = negative | (full & ~(diagonal | positive))
        horizontal_negative = positive & diagonal
        if horizontal_positive >> (length - 1) & 1:
            distance += 1
        elif horizontal_negative >> (length - 1) & 1:
            distance -= 1
        horizontal_positive = (horizontal_positive << 1 | 1) & full
        horizontal_negative = horizontal_negative << 1 & full
        positive = horizontal_negative | (full & ~(diagonal | horizontal_positive))
        negative = horizontal_positive & diagonal
    return distance


def samples(path):
    """A recording as 16-bit samples at 16 kHz: the means of as many as fit, for rates that are multiples of that."""
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1
        sound = array.array("h", file.readframes(file.getnframes()))
        step = file.getframerate() // RATE
        if step == 1:
            return sound
        return array.array("h", (sum(sound[at : at + step]) // step for at in range(0, len(sound) - step + 1, step)))


def recordings():
    """The samples of both recordings, by name."""
    return {name: samples(DEPS / "speech" / name) for name in REFERENCES}


@contextlib.contextmanager
def written(target):
    """A file to write samples to, at a path or in memory."""
    with wave.open(target if isinstance(target, io.IOBase) else str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        yield file


def wav(sound):
    """Samples as the bytes of a file."""
    target = io.BytesIO()
    with written(target) as file:
        file.writeframes(sound.tobytes())
    return target.getvalue()


def build(folder, hours, seed):
    """Writes a long recording, clips in random order with random pauses, and each clip alone.

    Returns its path and the names of the clips in it, in order.
    """
    chance = random.Random(seed)
    clips = recordings()
    for name, clip in clips.items():
        (folder / name).write_bytes(wav(clip))
    path, order, length = folder / "long.wav", [], 0
    with written(path) as file:
        while length < hours * 3600 * RATE:
            name = chance.choice(sorted(clips))
            pause = array.array("h", [chance.randint(-20, 20) for _ in range(chance.randint(RATE // 2, 6 * RATE))])
            file.writeframes(clips[name].tobytes() + pause.tobytes())
            order.append(name)
            length += len(clips[name]) + len(pause)
    return path, order


def cut(seconds):
    """Clips of about these lengths, cut from the recordings where it is quiet, one after the other and round again."""
    sound = sum(recordings().values(), array.array("h"))
    step = RATE // 50
    loudness = [max(map(abs, sound[at : at + step])) for at in range(0, len(sound) - step, step)]
    place, clips = 0, []
    for length in seconds:
        wanted = int(length * RATE) // step
        if place + wanted + 20 > len(loudness):
            place = 0
        end = min(range(place + wanted - 15, place + wanted + 16), key=loudness.__getitem__)
        clips.append(sound[place * step : end * step])
        place = end
    return clips
