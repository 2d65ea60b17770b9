#ifdef __linux__
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#endif
#include <portaudio.h>

// Macros that Swift cannot import.
static const PaSampleFormat portAudioFloat32 = paFloat32;
static const PaDeviceIndex portAudioNoDevice = paNoDevice;
static const PaStreamFlags portAudioNoFlag = paNoFlag;
static const PaStreamCallbackFlags portAudioInputOverflow = paInputOverflow;
static const unsigned long portAudioAnyFrames = paFramesPerBufferUnspecified;

// Keeps the libraries below PortAudio from writing to standard error, each by its own means; one that is not there has
// none (alsa-lib, error.h; JACK, jack.h; PortAudio, pa_debugprint.h).
static inline void portAudioIgnoreMessage(const char *message) { (void)message; }
static inline void portAudioIgnoreError(const char *file, int line, const char *function, int code, const char *format, ...) {
    (void)file, (void)line, (void)function, (void)code, (void)format;
}

static inline void portAudioSilenceLibraries(void) {
#ifdef __linux__
    typedef int (*set_alsa_handler)(void (*)(const char *, int, const char *, int, const char *, ...));
    typedef void (*set_message_handler)(void (*)(const char *));
    set_alsa_handler alsa = (set_alsa_handler)dlsym(RTLD_DEFAULT, "snd_lib_error_set_handler");
    if (alsa) alsa(portAudioIgnoreError);
    const char *names[] = {"jack_set_error_function", "jack_set_info_function", "PaUtil_SetDebugPrintFunction"};
    for (int index = 0; index < 3; index++) {
        set_message_handler set = (set_message_handler)dlsym(RTLD_DEFAULT, names[index]);
        if (set) set(portAudioIgnoreMessage);
    }
#endif
}
