"""Clients: the official OpenAI client, behind a balancer."""

import base64
import contextlib
import json
import random
import ssl
import threading
import time

import openai

from clustering.ledger import BROKEN, ENDED, OK, REFUSED
from clustering.nodes import KEY, MODEL, PATIENCE

#: How often the client tries again by itself.
DEFAULT = openai.DEFAULT_MAX_RETRIES
TRANSCRIPTION = "conversation.item.input_audio_transcription."
#: What nginx says by itself if no node answers. These nodes send nothing on, so they never say it.
GONE = "upstream_unavailable"
#: The codes with which a session ends in the middle of a turn: the node stops, or fails, or (none) is gone.
CUT_OFF = [1001, 1011, None]


class Clients:
    """One client for each number of retries, as a program would have; threads share it."""

    def __init__(self, balancer, ledger, authority):
        self.balancer, self.ledger = balancer.name, ledger
        self.tls = ssl.create_default_context(cafile=authority)
        self.clients = {}
        for retries in (0, DEFAULT):
            transport = openai.DefaultHttpxClient(verify=self.tls, trust_env=False)
            self.clients[retries] = openai.OpenAI(
                base_url=f"{balancer.url}/v1", api_key=KEY, http_client=transport, max_retries=retries, timeout=PATIENCE)

    def _begin(self, kind, recording, retries):
        return self.ledger.begin(self.balancer, kind, recording.name, retries)

    def _create(self, request, recording, **options):
        return self.clients[request.retries].audio.transcriptions.create(
            file=(f"recording.{'ogg' if recording.content[:4] == b'OggS' else 'wav'}", recording.content), model=MODEL.name,
            extra_headers={"x-request-id": request.id}, **options)

    def upload(self, recording, retries):
        request = self._begin("upload", recording, retries)
        try:
            text = self._create(request, recording).text
        except openai.OpenAIError as error:
            self.ledger.end(request, *judged(error))
        else:
            self._finish(request, recording, text)
        return request

    def stream(self, recording, retries, has_spoken=lambda: None, enough=None):
        """Calls `has_spoken` at the first event, or at the end if there is none. Hangs up at the first event that comes after
        `enough` was set: the stream has survived what happened before.
        """
        request = self._begin("stream", recording, retries)
        text, has_survived, is_silent = None, False, True
        try:
            with self._create(request, recording, stream=True) as events:
                # The head of the answer is here: with the first event, or with a comment after 15 s.
                request.has_begun = True
                for event in events:
                    has_survived = enough is not None and enough.is_set()
                    if has_survived:
                        break
                    if is_silent:
                        is_silent = False
                        has_spoken()
                    if event.type == "transcript.text.done":
                        text = event.text
        except Exception as error:  # what the client raises in the middle of a stream depends on its HTTP library
            self.ledger.end(request, *((BROKEN, repr(error)) if request.has_begun else judged(error)))
        else:
            if has_survived:
                self.ledger.end(request, OK, "it goes on")
            elif text is None:
                self.ledger.end(request, BROKEN, "it ends without its last event")
            else:
                self._finish(request, recording, text)
        if is_silent:
            has_spoken()
        return request

    def _finish(self, request, recording, text):
        if recording.text in ("", text):
            request.length = recording.length
            self.ledger.end(request, OK, text)
        else:
            self.ledger.end(request, "wrong text", f"'{text}' and not '{recording.text}'")

    def session(self, sound, text, ended):
        """A live session that says the same turn again and again until `ended`; once if its text is not known yet, which is then
        in the request's detail. Returns the request.
        """
        request = self.ledger.begin(self.balancer, "session", "", 0)
        client = self.clients[0]
        try:
            # Without the client's own pings: a node whose engine stands still for long reads none.
            options = {"ssl": self.tls, "open_timeout": PATIENCE, "proxy": None, "ping_interval": None}
            headers = {"x-request-id": request.id}
            with client.realtime.connect(
                extra_query={"intent": "transcription"}, extra_headers=headers, websocket_connection_options=options,
                max_retries=0,
            ) as connection:
                audio = {"format": {"type": "audio/pcm", "rate": 16_000}}
                connection.session.update(session={"type": "transcription", "audio": {"input": audio}})
                while not ended.is_set():
                    said, is_whole = self._turn(connection, sound)
                    if text is None:
                        self.ledger.end(request, OK, said)
                        return request
                    if said != text and not is_whole:
                        # A node that stops completes the turn as it is, and then ends the session.
                        self._expect_end(connection)
                    if said != text:
                        self.ledger.end(request, "wrong text", f"'{said}' and not '{text}'")
                        return request
                    request.first_text = request.first_text or time.time()
                    request.has_begun = True
                    ended.wait(0.2)
            self.ledger.end(request, OK)
        except Exception as error:  # of the WebSocket library, or of the client
            result = ENDED if closing_code(error) == 1001 else BROKEN if request.has_begun else judged(error)[0]
            self.ledger.end(request, result, repr(error))
        return request

    def opens_with_a_secret(self):
        """Makes a client secret and opens a session with it. Returns why it cannot; `None` if it can."""
        client = self.clients[0]
        try:
            secret = client.realtime.client_secrets.create(session={"type": "transcription"}).value
            options = {"ssl": self.tls, "open_timeout": PATIENCE, "proxy": None}
            with client.with_options(api_key=secret).realtime.connect(
                extra_query={"intent": "transcription"}, websocket_connection_options=options, max_retries=0
            ) as connection:
                connection.recv()
        except Exception as error:  # of the WebSocket library, or of the client
            return repr(error)
        return None

    def lists_models(self):
        """Whether the list of models comes, without a redirect on the way."""
        answer = self.clients[0].models.with_raw_response.list()
        return MODEL.name in [model.id for model in answer.parse().data] and not answer.http_response.history

    def _turn(self, connection, sound):
        """Says a turn; its text, and whether the node heard its end. It ends a turn before that if it stops."""
        step, is_whole = 3200, False
        with patience(connection):
            for start in range(0, len(sound), step):
                connection.input_audio_buffer.append(audio=base64.b64encode(sound[start : start + step]).decode())
            while (event := connection.recv()).type != TRANSCRIPTION + "completed":
                is_whole = is_whole or event.type == "input_audio_buffer.speech_stopped"
                if event.type == "error":
                    raise RuntimeError(event)
            return event.transcript, is_whole

    @staticmethod
    def _expect_end(connection):
        """Returns if the connection does not end as that of a node that stops or fails; else raises how it ended."""
        with patience(connection):
            try:
                while True:
                    connection.recv()
            except Exception as error:  # of the WebSocket library, or of the client
                if closing_code(error) in CUT_OFF:
                    raise


@contextlib.contextmanager
def patience(connection):
    """Ends the connection if what is done meanwhile takes too long."""
    timer = threading.Timer(PATIENCE, connection.close)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def closing_code(error):
    """The code with which the other side closed a connection; `None` if it sent none."""
    return getattr(getattr(error, "rcvd", None), "code", None)


def judged(error):
    """The result and the detail of a request that failed before its first event."""
    response = getattr(error, "response", None)
    if response is None:
        return "no answer", f"{error!r} {error.__cause__!r}"
    try:
        response.read() if hasattr(response, "read") else None
        code = json.loads(response.content)["error"]["code"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "balancer", f"status {getattr(response, 'status_code', '?')}"
    if code == GONE:
        return "balancer", f"{response.status_code} {code}"
    if response.status_code in (429, 503) and response.headers.get("retry-after"):
        return REFUSED, code
    return "node's error", f"{response.status_code} {code}"


class Background:
    """Clients that go on and on, while the nodes have their accidents: small uploads, and live sessions."""

    def __init__(self, clients, recordings, spoken, text, seed):
        self.ended = threading.Event()
        self.threads = []
        for index, each in enumerate(clients):
            for retries in (0, DEFAULT):
                chance = random.Random(f"{seed} {index} {retries}")
                self._start(self._upload, each, recordings, retries, chance)
            for _ in range(2):
                self._start(self._speak, each, spoken, text)

    def _start(self, what, *arguments):
        self.threads.append(threading.Thread(target=what, args=arguments))
        self.threads[-1].start()

    def _upload(self, clients, recordings, retries, chance):
        while not self.ended.wait(chance.uniform(0.1, 0.4)):
            clients.upload(chance.choice(recordings), retries)

    def _speak(self, clients, spoken, text):
        """Opens a session, and another one whenever it ends."""
        while not self.ended.is_set():
            if clients.session(spoken, text, self.ended).result != OK:
                self.ended.wait(0.2)

    def end(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()
