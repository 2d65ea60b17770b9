"""What the official client does with a server that has its hands full: the test that starts this one keeps it so until the
first refusal."""


def test_the_client_retries_after_the_requested_time(transcribe, requests):
    assert transcribe("en_word_16k.wav", model="whisper").text == "stop"
    assert len(requests) > 1
