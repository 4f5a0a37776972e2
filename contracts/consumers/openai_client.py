"""What a program written for OpenAI's service expects, asked of a kokoro server with the official Python client.

Usage: openai_client.py URL JUNIT_FILE [KEY]
Every check is a case of the JUnit report; the exit status is 1 when one fails.
"""

import base64
import io
import json
import sys
import tempfile
import time
import traceback
import wave
from pathlib import Path
from xml.sax.saxutils import quoteattr

import openai

TEXT = "The quick brown fox jumps over the lazy dog."
LONG = "This is a sentence of ordinary length, spoken to be listened to. " * 6


def seconds_of_wav(audio: bytes) -> float:
    """Length of a WAV with true sizes: `wave` refuses any other."""
    with wave.open(io.BytesIO(audio)) as reader:
        assert reader.getframerate() == 24000, reader.getframerate()
        assert (reader.getnchannels(), reader.getsampwidth()) == (1, 2)
        assert len(reader.readframes(reader.getnframes())) == 2 * reader.getnframes()
        return reader.getnframes() / reader.getframerate()


def speech_as_a_file(client):
    answer = client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT, response_format="wav")
    assert 1 < seconds_of_wav(answer.content) < 10


def without_a_format_a_file_a_player_knows(client):
    answer = client.audio.speech.create(model="tts-1", voice="alloy", input=TEXT)
    kind = answer.response.headers["content-type"]
    starts = {"audio/mpeg": (b"ID3", b"\xff"), "audio/wav": (b"RIFF",)}[kind]
    assert answer.content.startswith(starts), (kind, answer.content[:4])


def every_voice_of_openai_speaks(client):
    for voice in "alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar".split():
        answer = client.audio.speech.create(model="tts-1", voice=voice, input="Hello.", response_format="pcm")
        assert len(answer.content) > 4800, voice


def streaming_to_a_file(client):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.pcm"
        with client.audio.speech.with_streaming_response.create(
            model="gpt-4o-mini-tts", voice="nova", input=LONG, response_format="pcm"
        ) as answer:
            answer.stream_to_file(path)
        assert path.stat().st_size > 48000 * 5


def sound_before_the_end(client):
    begun = time.monotonic()
    first = None
    size = 0
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="nova", input=LONG, response_format="pcm"
    ) as answer:
        assert "content-length" not in answer.headers
        for piece in answer.iter_bytes(4800):
            first = first or time.monotonic() - begun
            size += len(piece)
    assert size > 48000 * 5 and first is not None
    assert "ttfa;dur=" in answer.headers["server-timing"]


def events(client):
    audio = b""
    kinds = []
    with client.audio.speech.with_streaming_response.create(
        model="gpt-4o-mini-tts", voice="coral", input=TEXT, response_format="pcm", stream_format="sse"
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            event = json.loads(line[len("data: ") :])
            kinds.append(event["type"])
            if event["type"] == "speech.audio.delta":
                audio += base64.b64decode(event["audio"])
    assert kinds[-1] == "speech.audio.done" and set(kinds[:-1]) == {"speech.audio.delta"}, kinds
    usage = event["usage"]
    assert usage["input_tokens"] + usage["output_tokens"] == usage["total_tokens"] > len(TEXT)
    assert len(audio) > 48000


def speed_is_heard(client):
    lengths = [
        seconds_of_wav(
            client.audio.speech.create(
                model="tts-1", voice="alloy", input=TEXT, response_format="wav", speed=speed
            ).content
        )
        for speed in (0.5, 1.0, 2.0)
    ]
    assert lengths[0] > 1.5 * lengths[1] > 2 * lengths[2], lengths


def instructions_are_accepted_and_named(client):
    answer = client.audio.speech.with_raw_response.create(
        model="gpt-4o-mini-tts", voice="alloy", input="Hello.", instructions="Softly.", response_format="wav"
    )
    assert answer.headers["x-ignored"] == "instructions"


def mistakes_are_bad_requests(client):
    for arguments, param in [
        ({"voice": "nobody", "input": TEXT}, "voice"),
        ({"voice": "alloy", "input": ""}, "input"),
        ({"voice": "alloy", "input": "a" * 5000}, "input"),
        ({"voice": "alloy", "input": TEXT, "speed": 9}, "speed"),
        ({"voice": "alloy", "input": TEXT, "response_format": "aac"}, "response_format"),
    ]:
        try:
            client.audio.speech.create(model="tts-1", **arguments)
        except openai.BadRequestError as error:
            assert error.param == param, (error.param, param)
            assert error.type == "invalid_request_error" and error.code and error.request_id, vars(error)
            assert error.body["message"]
        else:
            raise AssertionError(f"{param}: expected a BadRequestError; found an answer")


def a_wrong_shape_is_unprocessable(client):
    try:
        client.audio.speech.create(model="tts-1", voice="alloy", input=5, response_format="wav")
    except openai.UnprocessableEntityError as error:
        assert (error.param, error.code) == ("input", "VALIDATION_ERROR")
    else:
        raise AssertionError("expected an UnprocessableEntityError; found an answer")


def models(client):
    (model,) = client.models.list().data
    assert client.models.retrieve(model.id).id == model.id
    assert model.object == "model" and model.created > 1_700_000_000
    try:
        client.models.retrieve("no-such-model")
    except openai.NotFoundError:
        return
    raise AssertionError("expected a NotFoundError; found a model")


CHECKS = [
    speech_as_a_file,
    without_a_format_a_file_a_player_knows,
    every_voice_of_openai_speaks,
    streaming_to_a_file,
    sound_before_the_end,
    events,
    speed_is_heard,
    instructions_are_accepted_and_named,
    mistakes_are_bad_requests,
    a_wrong_shape_is_unprocessable,
    models,
]


def main(url, report, key="none"):
    client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=60)
    cases = []
    failures = 0
    for check in CHECKS:
        begun = time.monotonic()
        failure = ""
        try:
            check(client)
        except Exception as error:  # each check stands alone
            failures += 1
            traceback.print_exc()
            message = f"{type(error).__name__}: {error}"[:500]
            failure = f"<failure message={quoteattr(message)}/>"
        name = check.__name__.replace("_", " ")
        print("failed" if failure else "passed", name, file=sys.stderr)
        seconds = time.monotonic() - begun
        cases.append(
            f'<testcase classname="openai-python {openai.__version__}" name={quoteattr(name)} time="{seconds:.3f}">{failure}</testcase>'
        )
    Path(report).write_text(
        f'<?xml version="1.0"?>\n<testsuites><testsuite name="openai-python" tests="{len(cases)}" failures="{failures}">'
        + "".join(cases)
        + "</testsuite></testsuites>\n"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
