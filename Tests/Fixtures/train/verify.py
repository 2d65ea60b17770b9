"""Checks every fixture through the sherpa_onnx package and writes ../VERIFY.md."""
import sys
import json
import os
import subprocess
import tempfile
import threading
import numpy as np
import sherpa_onnx

ROOT = os.path.abspath(os.environ.get("FIXTURE_OUT", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")))
M = os.path.join(ROOT, "models")
AUDIO = os.path.join(ROOT, "audio")
VAD = os.path.join(ROOT, "..", "..", ".deps", "models", "silero-vad", "silero_vad_16k_op15.onnx")
MAN = json.load(open(os.path.join(AUDIO, "manifest.json"), encoding="utf-8"))
SPEECH = [f for f in MAN["files"] if f["language"] != "none"]
BY_NAME = {f["file"]: f for f in MAN["files"]}
_cache = {}


def pcm(name, rate=None):
    """Mono float samples, at the file's own rate unless another is asked for (decoded by ffmpeg)."""
    key = name, rate
    if key not in _cache:
        sr = rate or BY_NAME.get(name, MAN["session"])["sample_rate"]
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", os.path.join(AUDIO, name), "-ac", "1", "-ar", str(sr), "-f",
                              "f32le", "-"], check=True, stdout=subprocess.PIPE).stdout
        _cache[key] = np.frombuffer(raw, np.float32), sr
    return _cache[key]


def path(family, name):
    return os.path.join(M, family, name)


def sense_voice(**kw):
    return sherpa_onnx.OfflineRecognizer.from_sense_voice(
        model=path("sense_voice", "model.onnx"), tokens=path("sense_voice", "tokens.txt"), **kw)


def whisper(**kw):
    kw.setdefault("language", "")
    return sherpa_onnx.OfflineRecognizer.from_whisper(
        encoder=path("whisper", "encoder.onnx"), decoder=path("whisper", "decoder.onnx"),
        tokens=path("whisper", "tokens.txt"), **kw)


def transducer(**kw):
    return sherpa_onnx.OfflineRecognizer.from_transducer(
        **{k: path("transducer", k + ".onnx") for k in ("encoder", "decoder", "joiner")},
        tokens=path("transducer", "tokens.txt"), **kw)


def paraformer(**kw):
    return sherpa_onnx.OfflineRecognizer.from_paraformer(
        paraformer=path("paraformer", "model.onnx"), tokens=path("paraformer", "tokens.txt"), **kw)


def zipformer_ctc(**kw):
    return sherpa_onnx.OfflineRecognizer.from_zipformer_ctc(
        model=path("zipformer_ctc", "model.onnx"), tokens=path("zipformer_ctc", "tokens.txt"), **kw)


def streaming(**kw):
    return sherpa_onnx.OnlineRecognizer.from_transducer(
        **{k: path("streaming_transducer", k + ".onnx") for k in ("encoder", "decoder", "joiner")},
        tokens=path("streaming_transducer", "tokens.txt"), **kw)


def decode(r, name, rate=None, options=None, hotwords=None, samples=None):
    x, sr = samples if samples is not None else pcm(name, rate)
    s = r.create_stream(hotwords) if hotwords else r.create_stream()
    for k, v in (options or {}).items():
        s.set_option(k, v)
    s.accept_waveform(sr, x)
    r.decode_stream(s)
    return s.result


def stream(r, samples, tail=0.66):
    x, sr = samples
    x = np.concatenate([x, np.zeros(int(tail * sr), np.float32)])
    s = r.create_stream()
    step = sr // 10
    partial = []
    for k in range(0, len(x), step):
        s.accept_waveform(sr, x[k:k + step])
        while r.is_ready(s):
            r.decode_stream(s)
        partial.append(r.get_result(s))
    s.input_finished()
    while r.is_ready(s):
        r.decode_stream(s)
    return r.get_result_all(s), partial


def texts(name, run, want, files):
    """Runs at the file's own rate and at 16 kHz; returns a summary and prints misses."""
    good, total = 0, 0
    for f in files:
        for rate in (None, 16000):
            got, ref = run(f, rate), want(f)
            total += 1
            good += got == ref
            if got != ref:
                print("MISS %s %s @%s: want %r got %r" % (name, f["file"], rate or "own", ref, got))
    return "%d/%d" % (good, total)


def stamps(r, files, lead="\u2581 "):
    """Token times: one per token, rising, and how far word starts are from the true ones."""
    worst, errs, bad = 0.0, [], 0
    for f in files:
        res = decode(r, f["file"])
        if len(res.timestamps) != len(res.tokens) or any(b < a for a, b in zip(res.timestamps, res.timestamps[1:])):
            bad += 1
            print("STAMPS", f["file"], res.tokens, [round(t, 2) for t in res.timestamps])
            continue
        toks = list(res.tokens)
        if all(len(t.strip()) == 1 and ord(t.strip()[0]) > 255 for t in toks):
            starts, at = [], 0
            for w, _, _ in f["words"]:
                starts.append(res.timestamps[at])
                at += len(w)
        elif any(t.endswith("@@") for t in toks):
            starts = [t for k, t in enumerate(res.timestamps) if k == 0 or not toks[k - 1].endswith("@@")]
        elif any(t.startswith(" ") for t in toks):
            starts = [t for k, t in zip(toks, res.timestamps) if k.startswith(" ")]
        else:
            starts = res.timestamps
        if len(starts) == len(f["words"]):
            errs += [t - w[1] for t, w in zip(starts, f["words"])]
        else:
            bad += 1
            print("WORDS", f["file"], toks, len(starts), len(f["words"]))
    e = np.array(errs)
    return "%d files, %d bad; word start error mean %+.2f s, max %.2f s" % (len(files), bad, e.mean(), np.abs(e).max())


def batch(r, files):
    """decode_streams over all files at once against one at a time."""
    ss = []
    for f in files:
        s = r.create_stream()
        x, sr = pcm(f["file"])
        s.accept_waveform(sr, x)
        ss.append(s)
    r.decode_streams(ss)
    same = same_t = 0
    for f, s in zip(files, ss):
        one = decode(r, f["file"])
        same += one.text == s.result.text
        same_t += list(one.timestamps) == list(s.result.timestamps)
        if one.text != s.result.text:
            print("BATCH", f["file"], repr(one.text), repr(s.result.text))
    return "%d/%d texts equal, %d/%d timestamps equal" % (same, len(files), same_t, len(files))


def threads(r, files, n=8):
    """n threads decoding on one recognizer against one thread."""
    ref = {f["file"]: decode(r, f["file"]).text for f in files}
    bad = []
    def work():
        bad.extend(f["file"] for f in files if decode(r, f["file"]).text != ref[f["file"]])
    ts = [threading.Thread(target=work) for _ in range(n)]
    for t in ts:
        t.start()
    for t in ts:
        t.join()
    return "%d of %d texts differ" % (len(bad), n * len(files))


def size(family):
    return sum(os.path.getsize(path(family, f)) for f in os.listdir(os.path.join(M, family)))


def main():
    only = sys.argv[1:]
    rows, en = [], [f for f in SPEECH if f["language"] == "en"]
    add = lambda fam, what, res: (rows.append((fam, what, res)), print(fam, "|", what, "|", res, flush=True))
    want = lambda fam: (not only or fam in only) and os.path.isdir(os.path.join(M, fam))

    if want("sense_voice"):
        f = "sense_voice"
        for lang in ("auto", "en", "zh"):
            for itn in (False, True):
                r = sense_voice(language=lang, use_itn=itn)
                key = "text_itn" if itn else "text"
                def run(c, rate):
                    res = decode(r, c["file"], rate)
                    return res.lang, res.text.strip(), res.emotion, res.event
                def ref(c):
                    e = c["expected"][f]
                    w = e.get(lang) or e["auto"]
                    return w["lang"], w[key], "<|NEUTRAL|>", "<|Speech|>"
                add(f, "text, language=%s use_itn=%s" % (lang, itn), texts(f, run, ref, SPEECH))
        r = sense_voice(language="auto", use_itn=False)
        for c in MAN["files"]:
            if c["language"] == "none":
                res = decode(r, c["file"])
                add(f, c["file"], repr((res.lang, res.emotion, res.event, res.text)))
        res = decode(r, "en_digits_16k.wav", options={"use_itn": "1"})
        add(f, "stream option use_itn=1", repr(res.text))
        res = decode(r, "en_digits_16k.wav", options={"language": "zh"})
        add(f, "stream option language=zh", repr((res.lang, res.text)))
        add(f, "token timestamps", stamps(r, SPEECH))
        add(f, "batch", batch(r, SPEECH))
        add(f, "8 threads", threads(r, SPEECH))

    if want("paraformer"):
        f = "paraformer"
        r = paraformer()
        add(f, "text", texts(f, lambda c, rate: decode(r, c["file"], rate).text.strip(),
                             lambda c: c["expected"][f]["text"], MAN["files"]))
        add(f, "token timestamps", stamps(r, SPEECH))
        add(f, "batch", batch(r, SPEECH))
        add(f, "8 threads", threads(r, SPEECH))

    if want("transducer"):
        f = "transducer"
        for method in ("greedy_search", "modified_beam_search"):
            r = transducer(decoding_method=method)
            add(f, "text, " + method, texts(f, lambda c, rate: decode(r, c["file"], rate).text.strip(),
                                            lambda c: c["expected"][f]["text"],
                                            en + [c for c in MAN["files"] if c["language"] == "none"]))
            add(f, "token timestamps, " + method, stamps(r, en))
            add(f, "batch, " + method, batch(r, en))
            add(f, "8 threads, " + method, threads(r, en))
        h = BY_NAME["en_homophones_16k.wav"]["expected"][f]
        cfg = h["hotwords_config"]
        kw = dict(decoding_method=cfg["decoding_method"], modeling_unit="bpe", bpe_vocab=path(f, "bpe.vocab"),
                  hotwords_score=cfg["hotwords_score"])
        r = transducer(**kw)
        add(f, "no hotwords", repr(decode(r, "en_homophones_16k.wav").text.strip()))
        for hw, ref in h["hotwords"].items():
            got = decode(r, "en_homophones_16k.wav", hotwords=hw).text.strip()
            add(f, "stream hotwords " + hw, ("as expected: " if got == ref else "WRONG: ") + repr(got))
        with tempfile.TemporaryDirectory() as d:
            tmp = os.path.join(d, "hotwords.txt")
            open(tmp, "w").write("FOR\nWRITE :4.0\n")
            add(f, "hotwords_file FOR, WRITE :4.0",
                repr(decode(transducer(hotwords_file=tmp, **kw), "en_homophones_16k.wav").text.strip()))
        add(f, "multi-unit hotword ZERO on en_digits_16k.flac",
            repr(decode(r, "en_digits_16k.flac", hotwords="ZERO/SEVEN").text.strip()))

    if want("zipformer_ctc"):
        f = "zipformer_ctc"
        r = zipformer_ctc()
        add(f, "text", texts(f, lambda c, rate: decode(r, c["file"], rate).text.strip(),
                             lambda c: c["expected"][f]["text"],
                             en + [c for c in MAN["files"] if c["language"] == "none"]))
        add(f, "token timestamps", stamps(r, en))
        add(f, "batch", batch(r, en))

    if want("whisper"):
        f = "whisper"
        for mode, kw in (("auto", {}), ("en", dict(language="en")), ("zh", dict(language="zh")),
                         ("translate", dict(task="translate"))):
            r = whisper(**kw)
            def run(c, rate):
                res = decode(r, c["file"], rate)
                return res.lang, res.text.strip()
            def ref(c):
                e = c["expected"][f]
                w = e.get(mode) or e["auto"]
                return w["lang"], w["text"]
            add(f, "text, " + mode, texts(f, run, ref, SPEECH))
        r = whisper()
        for c in MAN["files"]:
            if c["language"] == "none":
                add(f, c["file"], repr(decode(r, c["file"]).text))
        res = decode(r, "en_digits_16k.wav", options={"language": "zh", "task": "translate"})
        add(f, "stream options language=zh task=translate", repr((res.lang, res.text)))
        for tp in (20, 50, 300):
            add(f, "text, tail_paddings=%d" % tp,
                texts(f, lambda c, rate: decode(whisper(tail_paddings=tp), c["file"], rate).text.strip(),
                      lambda c: c["expected"][f]["auto"]["text"], SPEECH))
        r = whisper(enable_segment_timestamps=True)
        add(f, "text, enable_segment_timestamps",
            texts(f, lambda c, rate: decode(r, c["file"], rate).text.strip(),
                  lambda c: c["expected"][f]["auto"]["text"], SPEECH))
        for n in ("en_two_phrases_16k.wav", "en_long_16k.flac"):
            res = decode(r, n)
            got = [(t.strip(), round(a, 2), round(a + d, 2)) for t, a, d in
                   zip(res.segment_texts, res.segment_timestamps, res.segment_durations)]
            true = [(s["text"], round(s["start"], 2), round(s["end"], 2)) for s in BY_NAME[n]["segments"]]
            add(f, "segments of " + n, "got %s true %s" % (got, true))
        r = whisper(enable_token_timestamps=True)
        add(f, "token timestamps (DTW)", stamps(r, en))
        r = whisper(enable_token_timestamps=True, enable_segment_timestamps=True)
        add(f, "token timestamps with segments", stamps(r, en))
        add(f, "batch", batch(whisper(), SPEECH))
        add(f, "8 threads", threads(whisper(), SPEECH))
        c = sherpa_onnx.SpokenLanguageIdentificationConfig(
            whisper=sherpa_onnx.SpokenLanguageIdentificationWhisperConfig(encoder=path(f, "encoder.onnx"),
                                                                          decoder=path(f, "decoder.onnx")))
        lid, good = sherpa_onnx.SpokenLanguageIdentification(c), 0
        for it in SPEECH:
            st = lid.create_stream()
            x, sr = pcm(it["file"])
            st.accept_waveform(sr, x)
            good += lid.compute(st) == it["language"]
        add(f, "spoken language identification", "%d/%d" % (good, len(SPEECH)))

    if want("streaming_transducer"):
        f = "streaming_transducer"
        r = streaming()
        add(f, "text", texts(f, lambda c, rate: stream(r, pcm(c["file"], rate))[0].text.strip(),
                             lambda c: c["expected"][f]["text"],
                             en + [c for c in MAN["files"] if c["language"] == "none"]))
        res, partial = stream(r, pcm("en_digits_16k.flac"))
        grow = [p.strip() for k, p in enumerate(partial) if k == 0 or p != partial[k - 1]]
        add(f, "partial results", repr(grow))
        add(f, "timestamps", repr([round(t, 2) for t in res.timestamps]))
        r = streaming(enable_endpoint_detection=True, rule2_min_trailing_silence=0.8)
        x, sr = pcm("session_60s.flac")
        s, out = r.create_stream(), []
        for k in range(0, len(x), 1600):
            s.accept_waveform(sr, x[k:k + 1600])
            while r.is_ready(s):
                r.decode_stream(s)
            if r.is_endpoint(s):
                t = r.get_result(s).strip()
                if t:
                    out.append(t)
                r.reset(s)
        ref = [u["text"].upper() for u in MAN["session"]["utterances"]]
        add(f, "session, endpoint detection", "%d/%d utterances" % (sum(a == b for a, b in zip(out, ref)), len(ref)))
        if out != ref:
            print(out)

    if not only or "vad" in only:
        c = sherpa_onnx.VadModelConfig()
        c.silero_vad.model = VAD
        c.silero_vad.threshold, c.silero_vad.min_silence_duration, c.silero_vad.min_speech_duration = 0.5, 0.5, 0.1
        c.sample_rate = 16000
        v = sherpa_onnx.VoiceActivityDetector(c, buffer_size_in_seconds=60)
        x, sr = pcm("session_60s.flac")
        segs = []
        for k in range(0, len(x), 512):
            v.accept_waveform(x[k:k + 512])
        v.flush()
        while not v.empty():
            segs.append((v.front.start, np.array(v.front.samples)))
            v.pop()
        u = MAN["session"]["utterances"]
        ok = len(segs) == len(u)
        add("vad", "session segments", "%d of %d" % (len(segs), len(u)))
        if ok:
            add("vad", "largest start and end difference", "%.2f s, %.2f s" % (
                max(abs(a / sr - w["start"]) for (a, _), w in zip(segs, u)),
                max(abs((a + len(s)) / sr - w["end"]) for (a, s), w in zip(segs, u))))
            for fam, mk in (("sense_voice", lambda: sense_voice(language="auto")), ("whisper", whisper),
                            ("transducer", transducer), ("paraformer", paraformer), ("zipformer_ctc", zipformer_ctc)):
                if os.path.isdir(os.path.join(M, fam)):
                    r = mk()
                    got = [decode(r, None, samples=(s, sr)).text.strip().lower() for _, s in segs]
                    add("vad", "session texts, " + fam, "%d/%d" % (sum(g == w["text"] for g, w in zip(got, u)), len(u)))
                    for g, w in zip(got, u):
                        if g != w["text"]:
                            print("  ", fam, repr(w["text"]), repr(g))
                    if fam != "whisper":  # which stops at 30 s
                        whole = decode(r, None, samples=(x, sr)).text.strip().lower()
                        add(fam, "whole session in one decode",
                            "exact" if whole == " ".join(w["text"] for w in u) else repr(whole))
    if only:
        return
    with open(os.path.join(ROOT, "VERIFY.md"), "w", encoding="utf-8") as o:
        o.write("# Verification of the fixture models\n\nMeasured with sherpa_onnx %s (onnxruntime %s) by "
                "`python train/verify.py`. Each text check runs every clip at its own sample rate and at 16 kHz; "
                "n/m counts exact matches with `audio/manifest.json`. The clips were chosen so that every family reads them; "
                "accuracy on unseen speech is in `train/README.md`.\n\n" % (sherpa_onnx.version,
                                                                             sherpa_onnx.onnxruntime_version))
        o.write("| family | bytes |\n| --- | --- |\n")
        for fam in sorted(os.listdir(M)):
            o.write("| %s | %d |\n" % (fam, size(fam)))
        o.write("| vad | %d |\n\n" % os.path.getsize(VAD))
        o.write("| family | check | result |\n| --- | --- | --- |\n")
        for row in rows:
            o.write("| %s | %s | %s |\n" % tuple(str(c).replace("|", "\\|") for c in row))
        notes = os.path.join(ROOT, "train", "library_notes.md")
        o.write("\n" + open(notes, encoding="utf-8").read())


if __name__ == "__main__":
    main()
