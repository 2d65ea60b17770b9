SERVER := .build/release/asr2clip-serve
# A stamp, because the build system leaves the file alone when nothing in it changed.
BUILT := .build/asr2clip-serve.built
SOURCES := Package.swift scripts/setup.d/pins/sherpa-onnx-core.txt $(shell find Sources)
STATIC := $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)
# For `make serve`: PORT=9000, or any flags of the server in ARGS. `make bench`, `make soak` and `make cluster` pass theirs on.
PORT :=
ARGS :=
# For `make fuzz`: times as much as the tests.
FUZZ_SCALE := 4
# For `make install`.
PREFIX := /usr/local

.PHONY: help setup needs build release serve install test check bench soak cluster fuzz format clean FORCE

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## Install and fetch all that is missing to build, serve and test
	@scripts/setup --test

# What building and serving take; the tests need a Python environment as well.
needs:
	@scripts/setup

build: needs ## Build everything for debugging
	swift build
	@ln -sfn asr2clip .build/debug/asr2clip-serve

release: $(BUILT) ## Build both programs for use, in .build/release

serve: $(BUILT) ## Serve the starter model on 127.0.0.1:8000 (PORT=9000, ARGS="--flag ...")
	@exec $(SERVER) --config .deps/models.yaml --model-dir .deps/models $(if $(PORT),--port $(PORT)) $(ARGS)

# The stamp gets the time when the build began, so that an edit during the build is seen next time.
$(BUILT): $(SOURCES) $(if $(wildcard $(SERVER)),,FORCE) | needs
	@mkdir -p .build && touch $@.new
	swift build --configuration release --product asr2clip-engine $(STATIC)
	swift build --configuration release --product asr2clip $(STATIC)
	@ln -sfn asr2clip $(SERVER)
	@mv -f $@.new $@ || test -e $@

install: needs ## Build both programs and install them, with libraries, completions and manual pages (PREFIX=/usr/local)
	swift build --configuration release --product asr2clip-engine $(STATIC)
	swift build --configuration release --product asr2clip $(STATIC)
	scripts/install .build $(PREFIX)

test: setup ## Set up, then run everything CI runs
	@scripts/check

check: ## Lint, build and test, without setting up
	@scripts/check

bench: $(BUILT) ## Measure the server against the bare engine (ARGS="--json FILE")
	@Benchmarks/bench.py --server $(SERVER) $(ARGS)

soak: $(BUILT) ## Mixed load, kills and bad clients for 30 minutes (ARGS="--minutes 5"), then damaged input (make fuzz)
	@Benchmarks/soak.py --server $(SERVER) $(ARGS)
	@$(MAKE) fuzz

cluster: $(BUILT) setup ## Two nodes behind nginx and HAProxy: killed, unplugged, drained, full, for five minutes (ARGS="--short")
	@.deps/venv/bin/python Benchmarks/cluster.py --server $(SERVER) $(ARGS)

fuzz: setup ## Send a server four times as many damaged forms and recordings as the tests do (FUZZ_SCALE=4)
	swift build --build-tests
	ASR2CLIP_FUZZ_SCALE=$(FUZZ_SCALE) swift test --skip-build --disable-xctest --filter FuzzTests

format: ## Format the Swift sources in place
	swift format --in-place --recursive --parallel --configuration .swift-format Package.swift Sources Tests $(wildcard Benchmarks)

clean: ## Remove what was built; .deps stays
	rm -rf .build
