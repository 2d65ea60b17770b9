// Every text of the page. For another language, copy this file, translate it and export it under the same name.

import { bytes, clock, languageName, number } from "./shared/format.js";

/** Says how long a recording is, if that is known, and something else about it. */
const timed = (seconds, text) => [Number.isFinite(seconds) && clock(seconds), text].filter(Boolean).join(", ");

export const texts = {
  language: "en",

  areas: { label: "Areas", files: "Files", microphone: "Microphone", models: "Models" },

  actions: {
    copy: "Copy", copied: "Copied.", close: "Close", cancel: "Cancel", delete: "Delete",
    again: "Try again", transcribeAgain: "Transcribe again", back: "All files",
    edit: "Edit", editDone: "Done editing", save: "Save as",
    copyFailed: "The browser did not let the page copy. Select the text and press Ctrl+C.",
  },

  server: {
    ok: "Ready", loading: "Loading the model", failed: "Model missing", lost: "No connection", unknown: "Connecting",
    notReached: "The server cannot be reached. Is it running?",
    noAnswer: (status) => `The server answered with status ${status} and no reason.`,
    advice: "The standard model cannot be used. Choose another one in the options of your recordings, or see what can be done "
      + "under",
    showModels: "Models",
    brokeOff: "The connection broke off before the text was complete.",
    brokeOffOften: "The connection broke off five times although the server is there. "
      + "A proxy between may limit the size or the time of uploads.",
  },

  key: {
    title: "API key",
    lead: "This server wants a key. The page keeps it until you close this tab, and sends it to this server only.",
    field: "Key", use: "Use this key", wrong: "The server does not know this key.",
    unsendable: "Browsers cannot send a key with these characters.",
    needed: "The server wants an API key.", enter: "Enter a key",
  },

  files: {
    title: "Drop recordings here",
    hint: "Audio or video, as many as you like. The text appears while it is recognised.",
    choose: "Choose files", release: "Release to add the recordings",
    count: (total, done, failed = 0) => total === done
      ? `${number(total)} ${total === 1 ? "file" : "files"}`
      : `${number(done)} of ${number(total)} done` + (failed ? `, ${number(failed)} failed` : ""),
    saveAll: "Save all", deleteAll: "Delete all", cleared: "All files were deleted.", deleted: (name) => `“${name}” was deleted.`,
    deletedElsewhere: (name) => `“${name}” was deleted in another tab.`,
    remove: (name) => `Delete ${name}`,
    kept: (size) => size
      ? `Recordings go to this server only. They stay in this browser with their texts until you delete them: ${bytes(size)}.`
      : "Recordings go to this server only. They stay in this browser with their texts until you delete them.",
    keptNowhere: "This browser does not let the page store anything. If you close the page, the texts are gone.",
    unreadable: "The browser cannot read what this page stored before. Nothing is stored now; what was stored is left as it is.",
    full: "The browser has no room for more texts. Delete files, or save the texts before you close this page.",
    givenUp: (names) => names.length === 1
      ? `The browser had no room for a text, so the recording of “${names[0]}” was deleted. Its text stays.`
      : `The browser had no room for texts, so ${number(names.length)} recordings were deleted. Their texts stay: ${names.join(", ")}.`,
    tooLarge: (name) => `The browser has no room to keep “${name}”. Leave this page open until its text is there.`,
    folder: "A folder cannot be dropped here. Choose the files in it.",
    announceAll: (count) => count === 1 ? "The text is ready." : `All ${number(count)} texts are ready.`,
    announceFailed: (name) => `${name} failed.`,
    announce: (name, state) => `${name}: ${state}`,
    waitingForServer: "The server cannot be reached. The queue goes on as soon as it is back; nothing is lost.",
    otherTab: "The queue runs in another tab of this page.",
  },

  state: {
    waiting: "Waiting", begun: "In work",
    uploading: (percent) => `Uploading, ${percent} %`,
    hearing: (heard, total) => [
      "Transcribing", heard && (total ? `${clock(heard)} of ${clock(total)}` : clock(heard)),
    ].filter(Boolean).join(", "),
    copying: "Copying into the browser",
    moved: "The file was moved or changed on the disk before the browser had a copy of it. Choose it again.",
    elsewhere: "In work in another tab",
    done: (seconds, words) => timed(seconds, `${number(words)} ${words === 1 ? "word" : "words"}`),
    silent: (seconds) => timed(seconds, "no speech"),
    failed: "Failed",
    lost: "The recording is not in this browser any more. Choose the file again.",
    edited: "edited",
  },

  detail: {
    noSpeech: "Nobody speaks in this recording.",
    waiting: "Its turn has not come yet.",
    growing: "The text grows here as it is recognised.",
    ignored: (fields) => `This model made no use of: ${fields}.`,
    noPlayer: "This browser cannot play this format.",
    notKept: "The browser has no room for this recording, so only its text is kept.",
    play: "Play", pause: "Pause", position: "Position", speed: (rate) => `Speed: ${rate}×`, video: "Video",
    playFromAbout: (seconds) => `Play from about ${clock(seconds)}`,
    estimated: "This model gives no times for single sentences, so this one is estimated.",
    playFrom: (seconds) => `Play from ${clock(seconds)}`,
    sentences: "Sentences", sentence: "Sentence",
    editing: "Click into the text to change it. Changes are kept at once, and all formats are made from them.",
    transcribeAgain: "With the options that are set now. The text stays until there is another one.",
    sureAgain: "Your changes of the text will be lost.", failedAgain: (reason) => `It could not be transcribed again: ${reason}`,
    former: "This is the former text. It stays until the new one is complete.",
    keepFormer: "Keep this text",
    editedMeanwhile: "its text was changed meanwhile, and was kept.",
    editedElsewhere: (text) => `Another tab had changed this sentence to “${text}”.`, useOther: "Use that",
    editLost: (text) => `The text was replaced in another tab, so your last change was not kept: “${text}”`,
    editGone: (text) => `The file was deleted in another tab, so your last change was not kept: “${text}”`,
    restore: "Restore the original", restored: "The original text is back.",
    formats: { txt: "Text", srt: "SubRip subtitles", vtt: "WebVTT subtitles", json: "JSON with times" },
  },

  options: {
    title: "Options",
    model: "Model", standardModel: "Standard model",
    language: "Language", detected: "Detect",
    task: "Result", transcript: "What is said", translation: "English translation",
    words: "Words to expect", wordsHint: "Names and terms, separated by commas",
    lines: "Lines", linesReadable: "Readable sentences", linesPauses: "One for each stretch of speech",
    delay: "Text appears",
    delays: {
      minimal: "As early as possible", low: "Early", medium: "A little later", high: "When it is final",
      xhigh: "At the end of each turn",
    },
    languageName,
  },

  microphone: {
    title: "Microphone", hint: "Press, or hold the space bar while you speak.", text: "What you say", level: "Level",
    placeholder: "Your words appear here while you speak.",
    start: "Start recording", stop: "Stop recording", stopAndCopy: "Stop and copy", captions: "Captions", earlier: "Earlier",
    idle: "Ready to record", asking: "Waiting for the microphone", connecting: "Connecting", live: "Listening", finishing: "Finishing",
    silent: "No speech was heard.",
    kept: "Sound goes to this server only. Texts stay in this browser until you delete them.",
    keptNowhere: "Sound goes to this server only. This browser stores no texts: if you close the page, they are gone.",
    insecure: "Browsers give the microphone only to pages with https or on this machine. Open http://localhost with the server’s "
      + "port on the machine it runs on, or put a proxy with TLS in front of the server.",
    unsupported: "This browser cannot record sound for a page.",
    denied: "The browser did not allow the microphone. Allow it in the settings of this page, beside the address, and try again.",
    noDevice: "No microphone was found. Connect one and try again.",
    busy: "The microphone cannot be used. Another program may have it.",
    lost: "The connection to the server was lost. Go on speaking: the recording is kept and will be transcribed as a file.",
    rescued: "The recording was moved to Files, where it will be transcribed.",
    rescuedName: (date) => `Dictation ${date.toLocaleString("sv").slice(0, 16).replace(":", ".")}.wav`,
    takenUp: "A recording that was not finished when the page was closed was moved to Files.",
    full: "The browser has no room for a text under “Earlier”. Copy it before you close this page, or delete something.",
    notStored: "The browser does not store the texts under “Earlier”. Copy them before you close this page.",
    silentServer: "The server has said nothing for two minutes.",
    failed: (reason) => `The recording could not be finished: ${reason}`,
    ended: "The microphone was taken away or turned off.",
  },

  captions: { smaller: "Smaller text", larger: "Larger text" },

  models: {
    title: "Models", lead: "A model is loaded when a recording needs it.",
    registered: "On this server",
    standard: "standard", alias: (names) => `also ${names.join(", ")}`,
    status: {
      missing: "Not downloaded", downloading: "Downloading", loading: "Loading", loaded: "In memory",
      unloaded: "Ready to load", failed: "Failed",
    },
    sends: (hosts) => `Sends your recordings to ${hosts.join(", ")}`,
    upstreamStatus: { loading: "Not reached yet", loaded: "Ready", failed: "Cannot be reached" },
    progress: (done, total) => total ? `${bytes(done)} of ${bytes(total)}` : bytes(done),
    percent: (percent) => `${percent} %`,
    load: "Load", unload: "Unload", pull: "Download", stop: "Stop", remove: "Delete files", add: "Add and download",
    sure: (name) => `Delete the downloaded files of ${name}?`, sureHint: "Its entry stays. You can download the model again.",
    languages: (codes) => {
      if (codes.length === 0) return "language not stated";
      return codes.length > 6 ? `${number(codes.length)} languages` : codes.map(languageName).join(", ");
    },
    capabilities: {
      times: "times of words", punctuation: "punctuation", translation: "translates into English", live: "writes while you speak",
      hints: "takes words to expect",
    },
    speed: { fast: "fast", medium: "medium speed", slow: "slow", unknown: "" },
    announce: (name, status) => `${name}: ${status}`,
    limits: {
      key_required: "Models can be downloaded and loaded here. To add, unload and delete them, start the server with --api-key, or "
        + "use asr2clip models on its machine.",
      off: "This server lets no page change its models (--no-model-changes). On its machine, asr2clip models does that.",
    },
    added: (name) => `${name} was added and is being downloaded.`,
    removed: (name) => `The files of ${name} were deleted.`,
  },

  catalogue: {
    title: "More models", lead: "Known models of sherpa-onnx. Adding one writes it into models.yaml and downloads it.",
    search: "Search by name, language or kind", language: "Language", anyLanguage: "All languages",
    count: (count) => count === 1 ? "1 model" : `${number(count)} models`,
    nothing: "No model fits. Try fewer words, or another language.",
    registered: "On this server",
    recommended: (machine, reason) => `A first choice for a ${machine} machine: ${reason}.`,
    licence: (name) => name === "unknown" ? "licence unknown" : name,
  },

  keys: {
    open: "Keys", title: "Keys", single: "Use single keys",
    singleHint: "Turn this off if they get in the way of a screen reader or voice control.",
    groups: [
      ["Everywhere", [["1 2 3", "Files, microphone, models"], ["?", "These keys"], ["Esc", "Close, or stop editing"]]],
      ["Files", [
        ["O", "Choose files"], ["Space", "Play or pause"], ["← →", "5 seconds back or on"],
        ["↑ ↓", "Sentence before or after"], ["E", "Edit"], ["C", "Copy the text"], ["S", "Save as"],
        ["Delete", "Delete the file"],
      ]],
      ["Microphone", [
        ["Space", "Hold to speak, or press to start and stop"], ["C", "Copy, and stop if recording"],
        ["L", "Large captions"],
      ]],
      ["Models", [["/", "Search the catalogue"]]],
    ],
  },
};
