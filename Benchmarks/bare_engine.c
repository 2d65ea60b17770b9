/* sherpa-onnx called directly, as little as that takes: what the server is measured against.
 *
 *   bare_engine [--lanes N] [--threads N] [--repeat N] [--batch N] [--provider NAME] --set FIELD=VALUE… FILE.wav…
 *
 * One recognizer, as many lanes as said that decode on it side by side, each clip on a stream of its own. Files are
 * 16 kHz mono with 16 bits a sample, and are read before the clock starts. FIELD is one of FIELDS below. Prints one line
 * of JSON. With --ask it reads the number of a clip from each line of standard input, decodes it, and prints how long that
 * took. With --detector FILE it runs Silero's model over the clips instead of recognising them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sherpa-onnx/c-api/c-api.h"

#define RATE 16000
#define WINDOW 512 /* samples that Silero's model takes at a time */
#define MAX_BATCH 64
#define MAX_LANES 256

typedef struct {
    const char *path;
    float *samples;
    int32_t count;
    char *text;
} Clip;

typedef struct {
    int lanes, repeat, batch, ask;
    const char *detector;
    Clip *clips;
    int clip_count;
} Job;

typedef struct {
    const SherpaOnnxOfflineRecognizer *recognizer;
    const Job *job;
    double *latencies; /* by repetition and clip */
    atomic_int next;   /* the first clip that no lane has taken */
} Work;

typedef SherpaOnnxOfflineRecognizerConfig Config;

#define TEXT(name, field) {name, offsetof(Config, field), 0}
#define NUMBER(name, field) {name, offsetof(Config, field), 1}
static const struct {
    const char *name;
    size_t offset;
    int is_number;
} FIELDS[] = {
    TEXT("tokens", model_config.tokens),
    TEXT("moonshine.encoder", model_config.moonshine.encoder),
    TEXT("moonshine.merged_decoder", model_config.moonshine.merged_decoder),
    TEXT("whisper.encoder", model_config.whisper.encoder),
    TEXT("whisper.decoder", model_config.whisper.decoder),
    TEXT("whisper.language", model_config.whisper.language),
    NUMBER("whisper.tail_paddings", model_config.whisper.tail_paddings),
    TEXT("transducer.encoder", model_config.transducer.encoder),
    TEXT("transducer.decoder", model_config.transducer.decoder),
    TEXT("transducer.joiner", model_config.transducer.joiner),
    TEXT("zipformer_ctc.model", model_config.zipformer_ctc.model),
    TEXT("nemo_ctc.model", model_config.nemo_ctc.model),
    TEXT("paraformer.model", model_config.paraformer.model),
    TEXT("sense_voice.model", model_config.sense_voice.model),
    TEXT("sense_voice.language", model_config.sense_voice.language),
};

static void fail(const char *what, const char *value) {
    fprintf(stderr, "bare_engine: %s '%s'\n", what, value);
    exit(2);
}

static void *allocated(size_t size) {
    void *memory = calloc(1, size);
    if (!memory) fail("no memory for", "samples");
    return memory;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* A line of /proc/self/status in MB: VmHWM is the peak, RssAnon what is resident without mapped files. */
static double memory(const char *key) {
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double kilobytes = 0;
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, key, strlen(key))) kilobytes = atof(line + strlen(key) + 1);
    if (file) fclose(file);
    return kilobytes / 1024;
}

static void set_field(Config *config, const char *assignment) {
    const char *value = strchr(assignment, '=');
    if (!value) fail("--set wants FIELD=VALUE, not", assignment);
    size_t length = (size_t)(value++ - assignment);
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        if (strlen(FIELDS[i].name) != length || strncmp(FIELDS[i].name, assignment, length)) continue;
        char *field = (char *)config + FIELDS[i].offset;
        if (FIELDS[i].is_number) *(int32_t *)field = atoi(value);
        else *(const char **)field = value;
        return;
    }
    fail("unknown field", assignment);
}

static uint32_t little_endian(const unsigned char *bytes, int count) {
    uint32_t value = 0;
    while (count--) value = value << 8 | bytes[count];
    return value;
}

static void read_clip(Clip *clip, const char *path) {
    FILE *file = fopen(path, "rb");
    unsigned char head[12], chunk[8], format[16];
    if (!file || fread(head, sizeof head, 1, file) != 1) fail("cannot read", path);
    while (fread(chunk, sizeof chunk, 1, file) == 1 && memcmp(chunk, "data", 4)) {
        uint32_t size = little_endian(chunk + 4, 4);
        if (!memcmp(chunk, "fmt ", 4)) {
            if (fread(format, sizeof format, 1, file) != 1 || little_endian(format, 2) != 1
                || little_endian(format + 2, 2) != 1 || little_endian(format + 4, 4) != RATE
                || little_endian(format + 14, 2) != 16)
                fail("not 16 kHz, mono and 16 bits:", path);
            size -= sizeof format;
        }
        fseek(file, (long)(size + size % 2), SEEK_CUR);
    }
    clip->path = path;
    clip->count = (int32_t)(little_endian(chunk + 4, 4) / 2);
    unsigned char *bytes = allocated((size_t)clip->count * 2 + 1);
    if (!clip->count || fread(bytes, 2, (size_t)clip->count, file) != (size_t)clip->count) fail("no sound in", path);
    clip->samples = allocated((size_t)clip->count * sizeof(float));
    for (int32_t i = 0; i < clip->count; i++)
        clip->samples[i] = (float)(int16_t)little_endian(bytes + 2 * i, 2) / 32768.0f;
    free(bytes);
    fclose(file);
}

/* Decodes clips in one call, or alone as the server would. Returns how long that took. */
static double decode(const SherpaOnnxOfflineRecognizer *recognizer, Clip *clips, int count) {
    const SherpaOnnxOfflineStream *streams[MAX_BATCH];
    double start = now();
    for (int i = 0; i < count; i++) {
        streams[i] = SherpaOnnxCreateOfflineStream(recognizer);
        SherpaOnnxAcceptWaveformOffline(streams[i], RATE, clips[i].samples, clips[i].count);
    }
    if (count == 1) SherpaOnnxDecodeOfflineStream(recognizer, streams[0]);
    else SherpaOnnxDecodeMultipleOfflineStreams(recognizer, streams, count);
    char *texts[MAX_BATCH];
    for (int i = 0; i < count; i++) {
        const SherpaOnnxOfflineRecognizerResult *result = SherpaOnnxGetOfflineStreamResult(streams[i]);
        if (!result) fail("no result for", clips[i].path);
        texts[i] = strdup(result->text);
        SherpaOnnxDestroyOfflineRecognizerResult(result);
        SherpaOnnxDestroyOfflineStream(streams[i]);
    }
    double seconds = now() - start;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < count; i++) {
        if (!clips[i].text) clips[i].text = texts[i];
        else free(texts[i]);
    }
    pthread_mutex_unlock(&lock);
    return seconds;
}

static void *lane(void *argument) {
    Work *work = argument;
    const Job *job = work->job;
    for (;;) {
        int first = atomic_fetch_add(&work->next, job->batch);
        if (first >= job->repeat * job->clip_count) return NULL;
        int clip = first % job->clip_count;
        double seconds = decode(work->recognizer, job->clips + clip, job->batch);
        for (int i = 0; i < job->batch; i++) work->latencies[first + i] = seconds;
    }
}

static void print_text(const char *text) {
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') printf("\\%c", *text);
        else if ((unsigned char)*text < ' ') printf("\\u%04x", *text);
        else putchar(*text);
    }
    putchar('"');
}

static void run(const Job *job, const SherpaOnnxOfflineRecognizer *recognizer, double load) {
    double loaded = memory("RssAnon");
    for (int i = 0; i < job->lanes; i++) decode(recognizer, job->clips, 1); /* the first one sets up much */
    Work work = {recognizer, job, allocated(sizeof(double) * (size_t)(job->repeat * job->clip_count)), 0};
    pthread_t threads[MAX_LANES];
    double start = now(), cpu = cpu_seconds();
    for (int i = 1; i < job->lanes; i++) pthread_create(&threads[i], NULL, lane, &work);
    lane(&work);
    for (int i = 1; i < job->lanes; i++) pthread_join(threads[i], NULL);
    double wall = now() - start, audio = 0;
    cpu = cpu_seconds() - cpu;
    for (int i = 0; i < job->clip_count; i++) audio += (double)job->clips[i].count / RATE * job->repeat;
    printf("{\"load_seconds\": %.4f, \"wall_seconds\": %.4f, \"cpu_seconds\": %.4f, \"audio_seconds\": %.3f, ", load, wall,
        cpu, audio);
    printf("\"loaded_mb\": %.1f, \"resident_mb\": %.1f, \"peak_mb\": %.1f, \"latencies\": [", loaded, memory("RssAnon"),
        memory("VmHWM"));
    for (int i = 0; i < job->repeat * job->clip_count; i++) printf("%s%.5f", i ? ", " : "", work.latencies[i]);
    printf("], \"texts\": [");
    for (int i = 0; i < job->clip_count; i++) {
        if (i) printf(", ");
        print_text(job->clips[i].text);
    }
    printf("]}\n");
}

static void answer(const Job *job, const SherpaOnnxOfflineRecognizer *recognizer, double load) {
    char line[32];
    printf("%.4f\n", load);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        int clip = atoi(line);
        if (clip < 0 || clip >= job->clip_count) fail("no clip", line);
        printf("%.5f\n", decode(recognizer, job->clips + clip, 1));
        fflush(stdout);
    }
}

static void detect(const Job *job) {
    SherpaOnnxVadModelConfig config = {0};
    config.silero_vad.model = job->detector;
    config.silero_vad.threshold = 0.5f;
    config.silero_vad.min_silence_duration = 0.5f;
    config.silero_vad.min_speech_duration = 0.25f;
    config.silero_vad.window_size = WINDOW;
    config.silero_vad.max_speech_duration = 20;
    config.sample_rate = RATE;
    config.num_threads = 1;
    config.provider = "cpu";
    const SherpaOnnxVoiceActivityDetector *detector = SherpaOnnxCreateVoiceActivityDetector(&config, 60);
    if (!detector) fail("cannot load", job->detector);
    double start = now(), cpu = cpu_seconds(), audio = 0;
    for (int i = 0; i < job->clip_count; i++) {
        for (int32_t at = 0; at + WINDOW <= job->clips[i].count; at += WINDOW) {
            SherpaOnnxVoiceActivityDetectorAcceptWaveform(detector, job->clips[i].samples + at, WINDOW);
            while (!SherpaOnnxVoiceActivityDetectorEmpty(detector)) SherpaOnnxVoiceActivityDetectorPop(detector);
        }
        audio += (double)job->clips[i].count / RATE;
    }
    printf("{\"wall_seconds\": %.4f, \"cpu_seconds\": %.4f, \"audio_seconds\": %.3f}\n", now() - start,
        cpu_seconds() - cpu, audio);
    SherpaOnnxDestroyVoiceActivityDetector(detector);
}

int main(int count, char **arguments) {
    Config config = {0};
    config.feat_config.sample_rate = RATE;
    config.feat_config.feature_dim = 80;
    config.model_config.num_threads = 1;
    config.model_config.provider = "cpu";
    config.decoding_method = "greedy_search";
    Job job = {.lanes = 1, .repeat = 1, .batch = 1};
    job.clips = allocated(sizeof(Clip) * (size_t)count);
    for (int i = 1; i < count; i++) {
        const char *flag = arguments[i];
        if (strncmp(flag, "--", 2)) read_clip(&job.clips[job.clip_count++], flag);
        else if (!strcmp(flag, "--ask")) job.ask = 1;
        else if (i + 1 == count) fail("no value for", flag);
        else if (!strcmp(flag, "--lanes")) job.lanes = atoi(arguments[++i]);
        else if (!strcmp(flag, "--threads")) config.model_config.num_threads = atoi(arguments[++i]);
        else if (!strcmp(flag, "--repeat")) job.repeat = atoi(arguments[++i]);
        else if (!strcmp(flag, "--batch")) job.batch = atoi(arguments[++i]);
        else if (!strcmp(flag, "--provider")) config.model_config.provider = arguments[++i];
        else if (!strcmp(flag, "--detector")) job.detector = arguments[++i];
        else if (!strcmp(flag, "--set")) set_field(&config, arguments[++i]);
        else fail("unknown flag", flag);
    }
    if (!job.clip_count) fail("no clips for", arguments[0]);
    if (job.lanes < 1 || job.lanes > MAX_LANES || job.batch < 1 || job.batch > MAX_BATCH || job.repeat < 1
        || job.clip_count % job.batch)
        fail("lanes, batch and repeat are at least 1, and clips fill the batches:", arguments[0]);
    if (job.detector) return detect(&job), 0;
    double start = now();
    const SherpaOnnxOfflineRecognizer *recognizer = SherpaOnnxCreateOfflineRecognizer(&config);
    if (!recognizer) fail("the model cannot be loaded by", arguments[0]);
    if (job.ask) answer(&job, recognizer, now() - start);
    else run(&job, recognizer, now() - start);
    SherpaOnnxDestroyOfflineRecognizer(recognizer);
    return 0;
}
