# The two commands a newcomer needs: `make run` and `make test`. Everything else is a part of them.
#
#   make run     installs what is missing, builds, makes a cluster in ./data if there is none, serves in the foreground
#                (PORT=5432 by default) and prints the psql line to use
#   make test    installs what is missing, builds, runs all tests; the last line counts them
#   make build   programs in build/bin
#   make asan    the tests on a build with AddressSanitizer and UndefinedBehaviorSanitizer
#   make torture long random kill -9 storms        make bench   speed, beside PostgreSQL 15
PORT ?= 5432
BUILD ?= build
DATA ?= data
JOBS ?= $(shell nproc)

.PHONY: run test build setup setup-test asan torture bench clean
run: setup build
	@tools/run-server --bin $(BUILD)/bin --data $(DATA) --port $(PORT)

test: setup-test build
	@tools/run-tests --build $(BUILD) $(TESTS)

build: setup
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) -Dbuildtype=debugoptimized
	@ninja -C $(BUILD) -j $(JOBS)

setup:
	@tools/setup build

setup-test:
	@tools/setup build test

asan: setup-test
	@test -f build-asan/build.ninja || meson setup build-asan -Db_sanitize=address,undefined -Db_lundef=false -Dassertions=true
	@ninja -C build-asan -j $(JOBS)
	@tools/run-tests --build build-asan $(TESTS)

torture: setup-test build
	@tools/run-tests --build $(BUILD) --torture

bench: setup-test build
	@tools/bench --build $(BUILD)

clean:
	rm -rf build build-asan
