import Testing

/// A request body exactly as a client sent it, with the expected parts.
struct ClientBody: Sendable, CustomTestStringConvertible {
    let client: String
    let contentType: String
    let body: String
    let parts: [ReceivedPart]

    var testDescription: String { client }

    static let all = [curl, curlOddFilename, openAIPython, httpx, requests, aiohttp, chrome, node, emptyForm, pedant]

    static let curl = ClientBody(
        client: "curl 7.88 -F file=@a.wav -F model=…",
        contentType: "multipart/form-data; boundary=------------------------6d6cc3660cda8f14",
        body: lines(
            "--------------------------6d6cc3660cda8f14",
            #"Content-Disposition: form-data; name="file"; filename="a.wav""#,
            "Content-Type: application/octet-stream", "", "RIFF§",
            "--------------------------6d6cc3660cda8f14",
            #"Content-Disposition: form-data; name="model""#, "", "sensevoice-small",
            "--------------------------6d6cc3660cda8f14--", ""),
        parts: [
            ReceivedPart("file", filename: "a.wav", data: "RIFF§"),
            ReceivedPart("model", data: "sensevoice-small"),
        ])

    static let curlOddFilename = ClientBody(
        client: #"curl 7.88 with the file na"ï\ve.wav"#,
        contentType: "multipart/form-data; boundary=------------------------0890b136da87df00",
        body: lines(
            "--------------------------0890b136da87df00",
            #"Content-Disposition: form-data; name="file"; filename="na%22ï\ve.wav""#,
            "Content-Type: application/octet-stream", "", "§",
            "--------------------------0890b136da87df00--", ""),
        parts: [ReceivedPart("file", filename: #"na"ï\ve.wav"#, data: "§")])

    static let openAIPython = ClientBody(
        client: "openai-python 3.54",
        contentType: "multipart/form-data; boundary=1ad1e97d93df4a01c6952e3bc52bcfa9",
        body: lines(
            "--1ad1e97d93df4a01c6952e3bc52bcfa9", #"Content-Disposition: form-data; name="model""#, "", "m",
            "--1ad1e97d93df4a01c6952e3bc52bcfa9",
            #"Content-Disposition: form-data; name="chunking_strategy[type]""#, "", "server_vad",
            "--1ad1e97d93df4a01c6952e3bc52bcfa9",
            #"Content-Disposition: form-data; name="timestamp_granularities[]""#, "", "word",
            "--1ad1e97d93df4a01c6952e3bc52bcfa9",
            #"Content-Disposition: form-data; name="timestamp_granularities[]""#, "", "segment",
            "--1ad1e97d93df4a01c6952e3bc52bcfa9",
            #"Content-Disposition: form-data; name="file"; filename="a.wav""#, "Content-Type: audio/x-wav", "",
            "RIFF§",
            "--1ad1e97d93df4a01c6952e3bc52bcfa9--", ""),
        parts: [
            ReceivedPart("model", data: "m"), ReceivedPart("chunking_strategy[type]", data: "server_vad"),
            ReceivedPart("timestamp_granularities[]", data: "word"),
            ReceivedPart("timestamp_granularities[]", data: "segment"),
            ReceivedPart("file", filename: "a.wav", data: "RIFF§"),
        ])

    static let httpx = ClientBody(
        client: #"python-httpx 0.28 with the file na"ï\ve.wav"#,
        contentType: "multipart/form-data; boundary=b5028f52581b31b2edb96534d6a49392",
        body: lines(
            "--b5028f52581b31b2edb96534d6a49392", #"Content-Disposition: form-data; name="model""#, "", "m",
            "--b5028f52581b31b2edb96534d6a49392",
            #"Content-Disposition: form-data; name="file"; filename="na%22ï\\ve.wav""#, "Content-Type: audio/x-wav",
            "",
            "ab", "--b5028f52581b31b2edb96534d6a49392--", ""),
        parts: [
            ReceivedPart("model", data: "m"),
            ReceivedPart("file", filename: #"na"ï\ve.wav"#, data: "ab"),
        ])

    static let requests = ClientBody(
        client: "python-requests 2.34",
        contentType: "multipart/form-data; boundary=d1c17762cfcb01ca9ba35b26e0ae5733",
        body: lines(
            "--d1c17762cfcb01ca9ba35b26e0ae5733", #"Content-Disposition: form-data; name="model""#, "", "m",
            "--d1c17762cfcb01ca9ba35b26e0ae5733",
            #"Content-Disposition: form-data; name="file"; filename="na%22ï\ve.wav""#, "", "ab",
            "--d1c17762cfcb01ca9ba35b26e0ae5733--", ""),
        parts: [ReceivedPart("model", data: "m"), ReceivedPart("file", filename: #"na"ï\ve.wav"#, data: "ab")])

    static let aiohttp = ClientBody(
        client: "aiohttp 3.14, which puts the type first",
        contentType: "multipart/form-data; boundary=9440b73987d54eb08f53e3274e33b312",
        body: lines(
            "--9440b73987d54eb08f53e3274e33b312", "Content-Type: text/plain; charset=utf-8",
            #"Content-Disposition: form-data; name="model""#, "", "m",
            "--9440b73987d54eb08f53e3274e33b312", "Content-Type: audio/x-wav",
            #"Content-Disposition: form-data; name="file"; filename="na%22.wav""#, "", "§",
            "--9440b73987d54eb08f53e3274e33b312--", ""),
        parts: [
            ReceivedPart("model", data: "m"),
            ReceivedPart("file", filename: "na\".wav", data: "§"),
        ])

    static let chrome = ClientBody(
        client: "Chrome, FormData with a recording",
        contentType: "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
        body: lines(
            "------WebKitFormBoundary7MA4YWxkTrZu0gW",
            #"Content-Disposition: form-data; name="file"; filename="blob""#,
            "Content-Type: audio/webm;codecs=opus", "",
            "\u{1A}E§", "------WebKitFormBoundary7MA4YWxkTrZu0gW",
            #"Content-Disposition: form-data; name="prompt""#, "", "",
            "------WebKitFormBoundary7MA4YWxkTrZu0gW--", ""),
        parts: [
            ReceivedPart("file", filename: "blob", data: "\u{1A}E§"),
            ReceivedPart("prompt"),
        ])

    static let node = ClientBody(
        client: "Node 20 fetch with FormData",
        contentType: "multipart/form-data; boundary=----formdata-undici-014698740937",
        body: lines(
            "------formdata-undici-014698740937", #"Content-Disposition: form-data; name="na%22me""#, "", "a", "b",
            "------formdata-undici-014698740937",
            #"Content-Disposition: form-data; name="file"; filename="na%22ï\ve.wav""#, "Content-Type: audio/wav",
            "", "ab",
            "------formdata-undici-014698740937--", ""),
        parts: [
            ReceivedPart("na\"me", data: "a\r\nb"),
            ReceivedPart("file", filename: #"na"ï\ve.wav"#, data: "ab"),
        ])

    static let emptyForm = ClientBody(
        client: "Node 20 fetch with an empty FormData",
        contentType: "multipart/form-data; boundary=----formdata-undici-055080537167",
        body: lines("------formdata-undici-055080537167--", ""),
        parts: [])

    static let pedant = ClientBody(
        client: "all that RFC 2046 allows, and a boundary at once after the headers",
        contentType: #"Multipart/Form-Data; charset=utf-8; boundary="a b:c""#,
        body: lines(
            "§ preamble --a b:c", "--a b:c \t", "content-disposition: FORM-DATA;", "\t name=x ; filename=y.wav", "",
            "--a b:c\t", #"Content-Disposition:form-data;name="z""#, "X-Empty:", "", "", "",
            "--a b", "--a b:c--not a line end", "--a b:c", "\nepilogue§"),
        parts: [ReceivedPart("x", filename: "y.wav"), ReceivedPart("z", data: "\r\n\r\n--a b")])
}
