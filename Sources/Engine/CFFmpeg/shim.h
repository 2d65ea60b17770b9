#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/error.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>

// Macros that Swift cannot import.
static const int ffmpegEndOfFile = AVERROR_EOF;
static const int ffmpegDecoderNotFound = AVERROR_DECODER_NOT_FOUND;
static const int ffmpegInputOutput = AVERROR(EIO);
static const int ffmpegTryAgain = AVERROR(EAGAIN);
static const int ffmpegOutOfMemory = AVERROR(ENOMEM);
static const int ffmpegNotPermitted = AVERROR(EPERM);
static const int ffmpegInvalidArgument = AVERROR(EINVAL);
static const int64_t ffmpegNoTimestamp = AV_NOPTS_VALUE;
