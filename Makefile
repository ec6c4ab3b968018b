# Everything a user or a contributor does with this project. `make` alone lists it.
#
# The work is done by the scripts in .ci; this file names what they need.

# ---- Debian / Ubuntu packages -------------------------------------------------------------------

PACKAGES :=
# Links what rustc compiles; libc6-dev has the start-up objects and libm that the linker asks for.
PACKAGES += gcc libc6-dev
# The JPEG encoder's crate builds libjpeg-turbo from its own copy of the source: cmake drives the
# build, make runs it, nasm assembles the SIMD code, without which encoding is several times slower.
PACKAGES += cmake make nasm
# Finds GStreamer's libraries for the gstreamer crates.
PACKAGES += pkg-config
# Cargo checks the servers it fetches crates from against these certificates.
PACKAGES += ca-certificates
# OpenCV's core and imgproc, and the compiler whose library the bindings are generated with (feature `opencv`).
PACKAGES += libopencv-core-dev libopencv-imgproc-dev clang
# Headers and .pc files of GStreamer's core, and of its video, app and pbutils libraries.
PACKAGES += libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
# decodebin, videoconvert, videoscale, appsink, typefinders.
PACKAGES += gstreamer1.0-plugins-base
# avi, mp4, mkv and flv (de)muxers, rtspsrc, v4l2src, jpegdec, VP8 and VP9.
PACKAGES += gstreamer1.0-plugins-good
# Parsers (H.264, H.265, AV1), MPEG-TS and HLS: camera streams and users' own files need them.
PACKAGES += gstreamer1.0-plugins-bad
# x264enc, which writes annotated.mp4.
PACKAGES += gstreamer1.0-plugins-ugly
# Decoders: H.264, H.265, MPEG-4 and the demo video's own codec, MS-MPEG-4.
PACKAGES += gstreamer1.0-libav
# The font that labels are drawn with.
PACKAGES += fonts-dejavu-core

# For `make test` alone.
TEST_PACKAGES :=
# Fetches NVIDIA's metadata libraries, which the metadata tests are run against a second time.
TEST_PACKAGES += python3-pip

# ---- Settings -----------------------------------------------------------------------------------

# Both are taken as they were typed: a `$` in a file's name stays a `$`.
override INPUT := $(value INPUT)
override OUT := $(or $(value OUT),target/demo)
export INPUT OUT

# rustup's folder, for a shell that has not read the profile since Rust was installed.
export PATH := $(PATH):$(HOME)/.cargo/bin

# ---- Commands -----------------------------------------------------------------------------------

.PHONY: help demo test bench doc lint check setup capi aarch64 sanitize miri clean-demo clean
.DEFAULT_GOAL := help
# One thing at a time, so that output stays readable and cargo is not asked twice at once.
.NOTPARALLEL:

help: ## this list
	@echo 'Usage: make COMMAND'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r c t; do printf '  %-12s %s\n' $$c "$$t"; done
	@echo
	@echo '  make demo INPUT=my.mp4               on a video of your own (a file, or a URI such as rtsp://…)'
	@echo '  make demo INPUT="a.mp4 b.mp4"        on several at once'
	@echo '  make demo INPUT=my.mp4 OUT=folder    with the results in a folder of your own choice'

demo: ## crops every tracked person out of a street video (INPUT=, OUT=)
	@bash .ci/setup $(PACKAGES)
	@bash .ci/check-rust
	@bash .ci/demo

test: ## all tests: units, integration, documentation; on NVIDIA's libraries too where they can be had
	@bash .ci/setup $(PACKAGES) $(TEST_PACKAGES)
	@bash .ci/check-rust
	@bash .ci/test

bench: ## all benchmarks; benches/README.md, benches/ratios.svg and target/bench/cpu.json from them
	@bash .ci/setup $(PACKAGES)
	@bash .ci/check-rust
	@bash .ci/bench

doc: ## the documentation, in target/doc/dsframe/index.html
	@bash .ci/setup $(PACKAGES)
	@bash .ci/check-rust
	cargo doc --no-deps

lint: ## formatting, clippy and documentation, warnings counted as errors
	@bash .ci/setup $(PACKAGES)
	@bash .ci/check-rust
	@bash .ci/lint

capi: ## the shared library for C in target/capi, tested with C programs (and valgrind where it is installed)
	@bash .ci/setup $(PACKAGES) $(TEST_PACKAGES)
	@bash .ci/check-rust
	@bash .ci/capi

sanitize: ## tests of the embedded runtime under AddressSanitizer (needs a nightly toolchain)
	@bash .ci/setup $(PACKAGES)
	@bash .ci/sanitize

miri: ## unit tests of the rooms without C under Miri (needs a nightly toolchain with Miri)
	@bash .ci/miri

aarch64: ## unit tests built for aarch64, under QEMU (a few minutes more; says so where it cannot)
	@bash .ci/setup $(PACKAGES)
	@bash .ci/check-rust
	@bash .ci/aarch64

check: ## everything that must pass before a change is accepted
	@bash .ci/run

setup: ## installs the packages that building and testing need, and checks Rust; nothing else
	@bash .ci/setup $(PACKAGES) $(TEST_PACKAGES)
	@bash .ci/check-rust

clean-demo: ## removes the demo's results (OUT=), and nothing else
	@bash .ci/demo --clean

clean: ## removes everything that was built or fetched
	cargo clean
