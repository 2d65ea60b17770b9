"""The WebSocket of a test server, which sends texts back, with another implementation of RFC 6455: APIServerTests runs
this with the server's address as its argument."""

import asyncio
import random
import sys

import websockets

URL = sys.argv[1]


async def texts():
    """Texts of all sizes come back, whole and in fragments; compression is offered and not agreed on."""
    generator = random.Random(7)
    async with websockets.connect(URL, max_size=None, subprotocols=["other", "realtime"]) as socket:
        assert socket.subprotocol == "realtime", socket.subprotocol
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
        for size in [0, 1, 125, 126, 65535, 65536, 3_000_000]:
            text = "".join(generator.choices("aé€😀", k=size))
            await socket.send(text)
            assert await socket.recv() == text
            await socket.send([text[: size // 3], text[size // 3 : size // 2], text[size // 2 :]])
            assert await socket.recv() == text


async def pings():
    """Pings are answered, also between messages."""
    async with websockets.connect(URL) as socket:
        for _ in range(10):
            # This client stops reading, pongs too, when 16 messages wait.
            for number in range(10):
                await socket.send(f"message {number}")
                await asyncio.wait_for(await socket.ping(f"{number}"), 60)
            for number in range(10):
                assert await socket.recv() == f"message {number}"


async def closes():
    """Both sides can close, with a code and a reason."""
    socket = await websockets.connect(URL)
    await socket.close(4321, "enough")
    assert (socket.close_code, socket.protocol.close_rcvd_then_sent) == (4321, False)
    socket = await websockets.connect(URL)
    await socket.send(b"binary")
    try:
        await socket.recv()
        raise AssertionError("a binary message was taken")
    except websockets.ConnectionClosedError as error:
        assert (error.rcvd.code, error.rcvd.reason) == (1003, "Send text."), error
        assert error.rcvd_then_sent


async def many():
    """Many clients at the same time, each with many messages on the way."""

    async def one(name):
        async with websockets.connect(URL) as socket:
            sent = [f"{name}-{number}" * 100 for number in range(200)]

            async def send():
                for text in sent:
                    await socket.send(text)

            sending = asyncio.create_task(send())
            received = [await socket.recv() for _ in sent]
            await sending
            assert received == sent

    await asyncio.gather(*(one(name) for name in range(30)))


async def main():
    for test in [texts, pings, closes, many]:
        await test()
        print(f"{test.__name__} passed")


asyncio.run(main())
