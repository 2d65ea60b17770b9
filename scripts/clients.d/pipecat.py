"""Pipecat: its OpenAIRealtimeSTTService in a pipeline."""

import asyncio

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
    STTUpdateSettingsFrame,
    TranscriptionFrame,
    VADUserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.openai.stt import OpenAIRealtimeSTTService
from pipecat.workers.runner import WorkerRunner

from harness.speech import RATE
from talk import BECKETT, CITIES, KEY, MODEL, URL, Heard, report, sound, spoken, until

UPSTREAM, DOWNSTREAM = FrameDirection.UPSTREAM, FrameDirection.DOWNSTREAM


class Watch(FrameProcessor):
    """Notes the frames of a kind that pass in one direction."""

    def __init__(self, kind, direction, frames):
        super().__init__()
        self.kind, self.direction, self.frames = kind, direction, frames

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if direction == self.direction and isinstance(frame, self.kind):
            self.frames.append(frame)
        await self.push_frame(frame, direction)


def service(turn_detection, model=MODEL, **settings):
    return OpenAIRealtimeSTTService(
        api_key=KEY, base_url=f"{URL.replace('http', 'ws', 1)}/v1/realtime", turn_detection=turn_detection,
        settings=OpenAIRealtimeSTTService.Settings(model=model, **settings))


async def say(*processors, sounds, ends, between=None):
    """Says sounds into a pipeline, until there are as many texts as frames of the kind `ends`. Returns the texts, and the
    parts that came before."""
    frames, errors = [], []
    worker = PipelineWorker(
        Pipeline([Watch(ErrorFrame, UPSTREAM, errors), *processors, Watch(Frame, DOWNSTREAM, frames)]),
        params=PipelineParams(audio_in_sample_rate=RATE), cancel_on_idle_timeout=False)
    started = asyncio.Event()
    worker.event_handler("on_pipeline_started")(lambda *_: started.set())

    def of(kind):
        return [frame for frame in frames if isinstance(frame, kind)]

    async def speak():
        await started.wait()
        for sound in sounds:
            async for piece in spoken(sound):
                await worker.queue_frame(InputAudioRawFrame(audio=piece, sample_rate=RATE, num_channels=1))
            await until(lambda: errors or len(of(TranscriptionFrame)) == len(of(ends)) > 0)
            if between:
                await worker.queue_frame(between)
        await worker.queue_frame(EndFrame())

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await asyncio.gather(runner.run(), speak())
    assert not errors, {frame.error for frame in errors}

    def text(kind, space):
        return space.join(frame.text for frame in of(kind))

    return text(TranscriptionFrame, " "), text(InterimTranscriptionFrame, "")


async def hears_turns():
    """turns that the server detects, with texts in between"""
    stt = service({"type": "server_vad"})
    return Heard([CITIES], *await say(stt, sounds=[sound(CITIES)], ends=ProposedUserStoppedSpeakingFrame))


async def commits():
    """turns that Pipecat's own detector commits, with the model `gpt-realtime-whisper` (its defaults)"""
    detector = VADProcessor(vad_analyzer=SileroVADAnalyzer())
    stt = service(False, "gpt-realtime-whisper")
    return Heard([CITIES], *await say(detector, stt, sounds=[sound(CITIES)], ends=VADUserStoppedSpeakingFrame))


async def changes_its_settings():
    """language, prompt, delay and noise reduction, and another delay within the session"""
    stt = service({"type": "semantic_vad", "eagerness": "low"}, prompt="A reading.", delay="minimal",
                  noise_reduction="near_field")
    update = STTUpdateSettingsFrame(delta=OpenAIRealtimeSTTService.Settings(delay="xhigh"))
    return Heard([BECKETT] * 2, *await say(
        stt, sounds=[sound(BECKETT)] * 2, ends=ProposedUserStoppedSpeakingFrame, between=update))


asyncio.run(report(hears_turns, commits, changes_its_settings))
