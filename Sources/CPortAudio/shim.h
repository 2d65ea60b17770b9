#include <portaudio.h>

// Macros that Swift cannot import.
static const PaSampleFormat portAudioFloat32 = paFloat32;
static const PaDeviceIndex portAudioNoDevice = paNoDevice;
static const PaStreamFlags portAudioNoFlag = paNoFlag;
static const PaStreamCallbackFlags portAudioInputOverflow = paInputOverflow;
static const unsigned long portAudioAnyFrames = paFramesPerBufferUnspecified;
