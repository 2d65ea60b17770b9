"""What the official client does with a server that has its hands full: the test that starts this one keeps it so until the
first refusal."""


def test_the_client_comes_back_when_it_is_told_to(transcribe, requests):
    assert transcribe("en_word_16k.wav", model="whisper").text == "stop"
    assert len(requests) > 1
