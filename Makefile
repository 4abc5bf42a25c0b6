# SPDX-License-Identifier: Apache-2.0
# sandprint: `make help` lists the targets. Everything is built below build/.

VERSION := 0.1.0
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
CC      ?= cc
CLANG   ?= clang
BPFTOOL ?= $(firstword $(shell command -v bpftool /usr/sbin/bpftool) bpftool)
CFLAGS  ?= -O2 -g

TOOLS := sp-record sp-merge sp-diff sp-emit sp-verify
B     := build$(if $(SAN),/san)
PC    := libbpf libelf libseccomp jansson yaml-0.1 zlib \
	 $(shell pkg-config --exists msgpack-c && echo msgpack-c || echo msgpack)

comma := ,
ifneq ($(V),1)
Q := @
say = @printf '  %-6s %s\n' $(1) $(2)
endif

WARN := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow \
	-Wformat=2 -Wundef -Wvla
CPPFLAGS += -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Ilib -Ibpf -I$(B) \
	    $(shell pkg-config --cflags $(PC) 2>/dev/null)
SP_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS) $(if $(SAN),-fsanitize=$(SAN) \
	    -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Only sp-record links libbpf. sp-emit loads capstone when it needs it;
# likewise, sp-record and sp-verify load libdw, and sp-record loads ncurses.
LIBS        := $(shell pkg-config --libs $(filter-out libbpf,$(PC)) 2>/dev/null) -lm
LIBS_EMIT    = $(if $(findstring STATIC_BUILD,$(CFLAGS)),$(shell pkg-config --libs capstone 2>/dev/null),-ldl)
LIBS_RECORD := $(shell pkg-config --libs $(PC) 2>/dev/null) -lm -ldl

# The tools do not contain lib/sandprint, which is the library for other
# programs.
LIB_OBJS := $(patsubst %.c,$(B)/%.o,$(filter-out lib/sandprint/%,$(wildcard lib/*/*.c)))
objs      = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)/*.c $(1)/*/*.c))
BINS     := $(TOOLS:%=$(B)/bin/%)
MANS     := $(wildcard sp-*/*.[157] lib/*/*.[35] lib/*.7)

.DELETE_ON_ERROR:
.PRECIOUS: $(B)/%.o $(B)/%.bpf.o $(B)/%.skel.h $(B)/%.variables
.PHONY: all help deps test-deps demo check lint bench bench-plot install install-library install-mime uninstall static deb rpm image check-package release clean tests fuzz replays soak check-allocations check-removals \
	check-kernels check-roundtrip check-jails check-names check-score check-profiles check-engines check-units check-coverage check-split check-stacks check-html check-filters mutate sandbox-data

all: $(BINS) ## Build the tools into build/bin/ (V=1 shows the commands, SAN=address,undefined)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.SECONDEXPANSION:
$(BINS): $(B)/bin/%: $$(call objs,$$*) $(B)/version.o $(B)/lib.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(SP_CFLAGS) $(LDFLAGS) -o $@ $^ $(if $(filter sp-record,$*),$(LIBS_RECORD),$(LIBS)) $(if $(filter sp-emit,$*),$(LIBS_EMIT))

# The commit for --version. It is an object of its own, so that a new commit
# only causes the tools to be linked again.
$(B)/version.o: $(B)/version.c
	$(Q)$(CC) $(SP_CFLAGS) -c -o $@ $<
$(B)/version.c: FORCE
	@mkdir -p $(@D)
	@.package/version >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
FORCE:

# Files in a folder of a tool include headers from the top folder of that
# tool.
$(B)/sp-verify/%.o build/fuzz/obj/sp-verify/%.o: CPPFLAGS += -Isp-verify
$(B)/sp-emit/%.o build/fuzz/obj/sp-emit/%.o: CPPFLAGS += -Isp-emit

$(B)/lib.a: $(LIB_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcsP $@ $^

$(B)/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) -MMD -MP -c -o $@ $<

# libsandprint has the readers of streams and the names of calls, in one object
# whose other symbols are local. lib/sandprint/pool.h manages its memory; the
# libc frees memory that libseccomp allocates.
SHARED_ABI  := 1
SHARED      := $(B)/shared/libsandprint.so.$(SHARED_ABI)
SHARED_OBJS := $(patsubst lib/%.c,$(B)/shared/%.o,$(wildcard lib/sandprint/*.c lib/stream/*.c) \
	       lib/base/array.c lib/base/text.c lib/kernel/syscall.c lib/kernel/path.c)
SHARED_PC   := libseccomp zlib $(filter msgpack%,$(PC))
$(B)/shared/%.o: lib/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) -fPIC -ffunction-sections -fdata-sections \
		$(if $(filter kernel/%,$*),,-include lib/sandprint/pool.h) -MMD -MP -c -o $@ $<
$(SHARED): $(SHARED_OBJS) lib/sandprint/sandprint.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(SP_CFLAGS) $(LDFLAGS) -shared -Wl,--gc-sections,--as-needed,-z,defs,-z,relro,-z,now \
		-Wl,-soname,$(@F),--version-script,lib/sandprint/sandprint.map \
		-o $@ $(SHARED_OBJS) $(shell pkg-config --libs $(SHARED_PC))
	$(Q)ln -sf $(@F) $(@D)/libsandprint.so
$(B)/shared/libsandprint.a: $(SHARED_OBJS) lib/sandprint/sandprint.map
	$(call say,AR,$@)
	$(Q)$(CC) -r -nostdlib -fno-lto -Wl,--gc-sections $(shell sed -n 's/^\t\(sandprint_.*\);/-Wl,-u,\1/p' lib/sandprint/sandprint.map) \
		-o $(@D)/whole.o $(SHARED_OBJS)
	$(Q)objcopy --wildcard --strip-unneeded -R '.gnu.lto_*' --keep-global-symbol='sandprint_*' $(@D)/whole.o $(@D)/libsandprint.o
	$(Q)rm -f $@ && $(AR) rcsD $@ $(@D)/libsandprint.o
$(B)/shared/libsandprint.pc: lib/sandprint/libsandprint.pc FORCE
	$(Q)sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))|; s|@VERSION@|$(VERSION)|; s|@MSGPACK@|$(filter msgpack%,$(PC))|' $< >$@
LIBRARY     := $(SHARED) $(B)/shared/libsandprint.a

# The kernel's constants by name.
$(B)/lib/kernel/constant.o build/fuzz/obj/lib/kernel/constant.o: $(B)/kernel/constants.h
$(B)/kernel/constants.h: lib/kernel/constants lib/kernel/constants.newer lib/kernel/constant-headers.h
	$(call say,TABLE,$@)
	@mkdir -p $(@D)
	$(Q)lib/kernel/constants $(CC) $(CPPFLAGS) >$@

# The style and the script of sp-emit --html become C strings.
$(B)/sp-emit/html-style.o build/fuzz/obj/sp-emit/html-style.o: $(B)/page/css.h $(B)/page/js.h
$(B)/page/%.h: sp-emit/page.%
	@mkdir -p $(@D)
	$(Q)sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $< >$@

# The kernel side is an object without debug info, embedded by its skeleton. Its
# BTF has the sources' paths, which are relative, so that builds are
# reproducible. Labels, and relocations that libbpf skips, would slow down each
# start. plain.bpf.o and command.bpf.o are built from the same source, but
# without the code that only few recordings need.
$(call objs,sp-record): $(B)/record.skel.h $(B)/plain.skel.h $(B)/command.skel.h
BPF_ARCH := $(patsubst riscv64,riscv,$(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(firstword $(subst -, ,$(shell $(CC) -dumpmachine))))))
$(B)/record.bpf.o $(B)/plain.bpf.o $(B)/command.bpf.o $(B)/older.bpf.o: bpf/record.bpf.c $(wildcard bpf/*.h)
$(B)/plain.bpf.o: BPF_FLAGS := -DPLAIN
$(B)/command.bpf.o: BPF_FLAGS := -DPLAIN -DCOMMAND
# This object is for kernels before 5.17: bpf/older.bpf.h.
$(B)/older.bpf.o: BPF_FLAGS := -DOLDER_KERNEL
ifeq ($(BPF_ARCH),x86)
$(B)/sp-record/older.o: $(B)/bpf/older.h
endif
$(B)/loader.bpf.o: tests/bench/loader.bpf.c
$(B)/wakeup.bpf.o: tests/bench/wakeup.bpf.c
$(B)/%.bpf.o:
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) -target bpf -mcpu=v3 -D__TARGET_ARCH_$(BPF_ARCH) $(BPF_FLAGS) -O2 -g \
		-Wall -Wextra -Ibpf -fdebug-compilation-dir=. -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null) \
		-c -o $@ $<
	$(Q)llvm-strip -g -w -N 'LBB*' -R .rel.BTF -R .rel.BTF.ext -R .rodata.cst16 -R .rodata.str1.1 $@

# sp-record accesses the variables of all objects through one skeleton, so each
# variable must have the same offset in all of them.
$(B)/sp-record/object.o: $(B)/record.variables $(B)/plain.variables $(B)/command.variables
$(B)/%.variables: $(B)/%.bpf.o
	$(Q)llvm-nm -S $< | sed -n 's/ plain_/ /; / [BbRr] /p' | sort >$@
	$(Q)[ $* = record ] || cmp $(B)/record.variables $@
$(B)/plain.variables $(B)/command.variables $(B)/older.variables: $(B)/record.variables

$(B)/%.skel.h: $(B)/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $* > $@

# The object for older kernels is compressed: it is only unpacked on such a
# kernel.
$(B)/bpf/older.h: $(B)/older.bpf.o $(B)/older.variables
	$(call say,PACK,$@)
	@mkdir -p $(@D)
	$(Q)gzip -9nc $< | od -An -v -tu1 | sed 's/ *\([0-9][0-9]*\)/\1,/g' >$@

-include $(shell find $(B) -name suites -prune -o -type f -name '*.d' -print 2>/dev/null)

# Tests: see tests/run.
UNITS     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*.c))
WITNESSES := $(patsubst tests/witness/%.c,$(B)/tests/witness/%,$(wildcard tests/witness/*.c))

$(B)/tests/unit/%: tests/unit/%.c $(B)/lib.a
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) -MMD -MP -o $@ $< $(filter %.o,$^) $(B)/lib.a $(LIBS)
# This one includes sp-record/load.c.
$(B)/tests/unit/objects: $(filter-out %/load.o %/sp-record.o,$(call objs,sp-record)) $(B)/version.o
$(B)/tests/unit/objects: LIBS = $(LIBS_RECORD)

M32 ?= -m32	# this is the compiler's option for 32-bit programs

# A witness is one file. Names with -32 are 32-bit programs, those with -static
# are static, and those with -nolibc have no libc.
$(B)/tests/witness/%: tests/witness/%.c $(wildcard tests/witness/*.h)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -O1 -pthread \
		$(if $(findstring -32,$*),$(M32)) \
		$(if $(findstring -32,$*)$(findstring -static,$*),-static) \
		$(if $(findstring -nolibc,$*),-nostdlib -static -fno-stack-protector) $(LDFLAGS) -o $@ $<

# These are the programs of the round trip, and the loader of their filters.
ROUNDTRIP := $(patsubst tests/roundtrip/%.c,$(B)/tests/roundtrip/%,$(wildcard tests/roundtrip/*.c))
$(ROUNDTRIP): $(B)/tests/roundtrip/%: tests/roundtrip/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -O1 -pthread \
		$(if $(findstring -nolibc,$*),-nostdlib -static -fno-stack-protector) -o $@ $<

# This fuzz target is a program that truncates and changes one stream in every
# possible way.
$(B)/tests/fuzz/%: tests/fuzz/%.c $(B)/lib.a
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) -DEXHAUSTIVE -MMD -MP -o $@ $< $(B)/lib.a $(LIBS)

# These are the targets of libFuzzer. Each is one file, and the parts are
# shared. One target contains sp-emit as a whole.
FUZZ_PARTS := records replay
FUZZ_RECORD := sp-verify/audit/audit-record
$(foreach t,audit elf,build/fuzz/obj/tests/fuzz/$t.o $(B)/tests/fuzz/$t.o): CPPFLAGS += -Isp-verify
build/fuzz/obj/tests/fuzz/code.o $(B)/tests/fuzz/code.o: CPPFLAGS += -Isp-emit/possible
FUZZERS    := $(filter-out $(FUZZ_PARTS),$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
# clang does not define this macro.
FUZZ_FLAGS  = -std=gnu11 -O1 -g -fno-sanitize-recover=all -fno-omit-frame-pointer \
	      -D__SANITIZE_ADDRESS__=1
fuzz_objs   = $(1:%=build/fuzz/obj/%.o)
build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link,address,undefined \
		$(if $(filter sp-emit/sp-emit,$*),-Dmain=sp_emit_main) -MMD -MP -c -o $@ $<
build/fuzz/parts.a: $(call fuzz_objs,$(basename $(filter-out lib/sandprint/%,$(wildcard lib/*/*.c)) $(wildcard sp-emit/*.c sp-emit/*/*.c)) $(FUZZ_RECORD) tests/fuzz/records)
	$(Q)rm -f $@ && $(AR) rcsP $@ $^
$(FUZZERS:%=build/fuzz/%): build/fuzz/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/parts.a
	$(call say,FUZZ,$@)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS) $(LIBS_EMIT)

FUZZ_SECONDS ?= 60
fuzz: $(FUZZERS:%=build/fuzz/%) ## Feed the parsers and writers with made-up input, FUZZ_SECONDS each (clang, libFuzzer)
	@tests/fuzz/run $(FUZZ_SECONDS) $(FUZZERS)

# The suite runs the same targets on files.
REPLAYS := $(FUZZERS:%=$(B)/tests/replay/%)
$(B)/tests/replay/sp-emit.o: CPPFLAGS += -Isp-emit
$(B)/tests/replay/sp-emit.o: sp-emit/sp-emit.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) -Wno-missing-prototypes -Dmain=sp_emit_main -MMD -MP -c -o $@ $<
$(REPLAYS): $(B)/tests/replay/%: $(B)/tests/fuzz/%.o $(B)/tests/fuzz/replay.o $(B)/tests/fuzz/records.o \
		$(B)/tests/replay/sp-emit.o $(filter-out %/sp-emit.o,$(call objs,sp-emit)) $(FUZZ_RECORD:%=$(B)/%.o) $(B)/lib.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SP_CFLAGS) -o $@ $(if $(filter writers,$*),$^,$(if $(filter code,$*),$(filter %/binary.o %/graph.o %/possible/code.o,$^)) \
		$(filter-out $(B)/tests/replay/sp-emit.o $(B)/sp-emit/%.o,$^)) $(LIBS) $(LIBS_EMIT)
replays: $(REPLAYS)

deps: ## Install what the build needs (Debian), or print the package names
	@tests/deps build

test-deps:
	@tests/deps test

.PHONY: picture
picture: all ## Draw a terminal with a session of the tools: build/session.svg (root)
	@tests/picture $(B)/bin >$(B)/session.svg
	@echo $(B)/session.svg

demo: deps ## Set up, build, record `ls /tmp`, print its table and OCI profile
	@$(MAKE) --no-print-directory all
	@tests/demo $(B)/bin

# This program prints which features the machine has; tests/run and
# tests/helper.bash use it.
$(B)/tests/machine: tests/machine.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS_RECORD)

tests: all $(LIBRARY) $(UNITS) $(WITNESSES) $(ROUNDTRIP) $(B)/tests/machine $(B)/tests/failing.so $(B)/tests/fuzz/stream

check: test-deps ## Set up, build and run the test suite (STRICT=1: no skip that the machine does not explain)
	@$(MAKE) --no-print-directory tests
	@tests/run $(if $(STRICT),--strict) $(B)

lint: ## Check the manual pages, the C sources, the tests and the shell scripts
	@mandoc -T lint -W warning $(MANS)
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 -D_GNU_SOURCE -D__x86_64__ \
		--enable=warning,portability,performance --suppress=missingInclude -Ilib lib sp-*
	@tests/lint
	@grep -rlE '^#!.*python3' tests | sort | xargs /usr/bin/python3 -m pyflakes $(wildcard tests/*/*.py)
	@shellcheck -x tests/run tests/state.bash tests/lint tests/deps tests/demo .ci/run tests/bench/*.sh tests/soak \
		tests/kernels/run tests/kernels/fetch tests/kernels/guest tests/kernels/cross \
		tests/kernels/init tests/kernels/start \
		tests/units/drive tests/suite tests/uapi tests/score-reference tests/inroot tests/failing/inputs tests/sandbox-data tests/html/run tests/stacks/run \
		lib/kernel/constants .package/deb .package/release .package/rpm .package/version

# These are tracers for comparison that no distribution packages, and the
# program that runs under all of them.
BENCHES := $(patsubst tests/bench/%.bpf.c,$(B)/tests/bench/%,$(wildcard tests/bench/*.bpf.c))
$(BENCHES): $(B)/tests/bench/%: tests/bench/%.c $(B)/%.skel.h
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(SP_CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS_RECORD)

$(B)/tests/bench/calls: tests/bench/calls.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -D_GNU_SOURCE -O2 -pthread -o $@ $<

$(B)/tests/bench/phases.so: tests/bench/phases.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -O2 -fPIC -shared -o $@ $<

BENCH_ROUNDS ?= 7
bench: test-deps ## Print what recording costs, against its peers (BENCH_ROUNDS; about twenty minutes)
	@tests/deps bench
	@$(MAKE) --no-print-directory tests $(BENCHES) $(B)/tests/bench/calls $(B)/tests/bench/phases.so
	@for part in calls startup filters scale; do \
		tests/bench/$$part.sh $(B)/bin $(BENCH_ROUNDS) && echo || exit; done
	@tests/bench/growth.sh $(B)/bin

bench-plot: ## Draw what the last `make bench` measured: build/bench/calls.svg
	@tests/bench/plot.sh $(B)/bench/calls.tsv > $(B)/bench/calls.svg
	@echo $(B)/bench/calls.svg

SOAK_STORMS  ?= 1000
SOAK_SECONDS ?= 600
soak: tests ## Attach a thousand times to a storm of forks, record a busy service for ten minutes
	@tests/soak $(B) $(SOAK_STORMS) $(SOAK_SECONDS)

$(B)/tests/failing.so: tests/failing/failing.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -Wall -Wextra -O2 -fPIC -shared -o $@ $<

check-allocations: tests ## Let each allocation of each tool and main mode fail (about half an hour)
	@tests/failing/run $(B)/tests/failing.so $(B)/bin

check-removals: tests ## Take each call out of four programs' profiles: is it named?
	@SP_STRIDE=1 BATS_TEST_TIMEOUT=1800 tests/run $(B) tests/removals.bats

check-roundtrip: test-deps ## Run each program again under every format of its recording
	@$(MAKE) --no-print-directory tests
	@SP_ROUNDTRIP_ALL=. BATS_TEST_TIMEOUT=3600 tests/run $(B) tests/roundtrip.bats

PODMAN_DIR := build/suites/podman
check-score: all ## Measure Docker's profile (DOCKER=FILE) and podman's newest again: are the figures of --score theirs?
	@tests/suite $(PODMAN_DIR) sid golang-github-containers-common
	@PATH="$(abspath $(B))/bin:$$PATH" tests/score-reference $(or $(DOCKER),tests/data/docker-default.json) \
		$(PODMAN_DIR)/root/usr/share/containers/seccomp.json

check-profiles: all ## Read the profiles that packages install: how many of each family, and are they read right?
	@PATH="$(abspath $(B))/bin:$$PATH" tests/profiles-corpus
	@$(MAKE) --no-print-directory tests
	@PROFILES=50 LXC_POLICIES=50 tests/run $(B) tests/profiles.bats tests/lxc.bats

check-jails: test-deps ## Compare the filters of policies with their own compilers' or loaders' (SP_JAILS of minijail, firejail, Kafel, snapd; 50 of LXC, systemd, OCI, Kubernetes)
	@$(MAKE) --no-print-directory tests
	@SP_JAILS=$${SP_JAILS:-80} BATS_TEST_TIMEOUT=1800 tests/run $(B) tests/jails.bats
	@SP_JAILS=50 LXC_POLICIES=50 PROFILES=150 BATS_TEST_TIMEOUT=1800 tests/run $(B) \
		tests/as.bats tests/lxc.bats tests/profiles.bats

check-filters: tests ## Compare the answers to 20,000 random profiles' filters with the kernel's (a minute)
	@$(B)/tests/unit/filter 20000

check-names: test-deps ## Ask the enforcers' parsers about 100,000 random names in each format of paths (half an hour)
	@$(MAKE) --no-print-directory tests
	@SP_NAMES=100000 BATS_TEST_TIMEOUT=7200 tests/run $(B) tests/properties.bats

check-coverage: $(B)/bin/sp-diff test-deps ## Predict 2,500 random samples of six test suites and compare with the truth (a minute)
	@tests/coverage/accuracy.py $< 100

.PHONY: check-possible
check-possible: all test-deps ## Of what halves of these test suites miss: how much does --possible list? (a minute)
	@tests/coverage/possible.py $(B)/bin 100

check-stacks: tests ## Compare the stacks of programs in C, C++, Rust and Python with those of strace -k (a minute)
	@tests/stacks/run $(B)/bin

check-html: tests ## Look at pages of sp-emit --html with Chromium and axe-core, wide and narrow, light and dark (three minutes)
	@tests/deps html
	@tests/html/run $(B)

check-split: test-deps ## Record suites of prove, ctest, make, bats, go test and pytest, a run for each test (two minutes)
	@$(MAKE) --no-print-directory tests
	@BATS_TEST_TIMEOUT=600 tests/run $(B) tests/split/examples.bats

check-kernels: test-deps ## Boot the kernels of Debian, 5.10 to the newest, arm64 and riscv64, under qemu; test there, with and without 32-bit programs (two hours or more)
	@tests/deps kernels
	@$(MAKE) --no-print-directory tests
	@tests/kernels/run $(B)

check-engines: test-deps ## Record containers and services of five engines, enforce their profiles in each, kill recorders, merge a fleet's (ten minutes)
	@tests/deps engines
	@$(MAKE) --no-print-directory tests
	@BATS_TEST_TIMEOUT=1200 tests/run $(B) tests/engines/*.bats tests/fleet/fleet.bats

check-units: test-deps ## Record units of Debian in a booted systemd and use them under their drop-ins (five minutes)
	@$(MAKE) --no-print-directory tests
	@BATS_TEST_TIMEOUT=600 tests/run $(B) tests/units/units.bats

MUTANTS ?= 150
SEED    ?= 1
mutate: test-deps ## Break the sources in small ways: what do the tests miss? (MUTANTS, SEED; hours; continues)
	@tests/mutate/run -s $(SEED) -n $(MUTANTS) map draw rest list

BASH_DIR := bash-completion/completions
ZSH_DIR  := zsh/site-functions
FISH_DIR := fish/vendor_completions.d
# podman and CRI-O look here if PREFIX is /usr or /usr/local.
HOOKS_DIR ?= $(if $(filter /usr/local,$(PREFIX)),/etc,$(PREFIX)/share)/containers/oci/hooks.d
UNIT_DIR  ?= $(PREFIX)/lib/systemd/system
sandbox-data: test-deps ## Record what the filters do once their files are open, for lib/process/sandbox-data.h (an hour)
	@$(MAKE) --no-print-directory tests B=build/sandbox CFLAGS="$(CFLAGS) -DSANDBOX_RECORD"
	@tests/sandbox-data build/sandbox

# Other programs are built with the files in $(LIBDIR) and $(PREFIX)/include.
install-library: $(LIBRARY) $(B)/shared/libsandprint.pc
	install -d $(addprefix $(DESTDIR),$(LIBDIR)/pkgconfig $(PREFIX)/include $(PREFIX)/share/man/man3)
	install -m 644 $(LIBRARY) $(DESTDIR)$(LIBDIR)
	ln -sf $(notdir $(SHARED)) $(DESTDIR)$(LIBDIR)/libsandprint.so
	install -m 644 lib/sandprint/sandprint.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(B)/shared/libsandprint.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 $(filter %.3,$(MANS)) $(DESTDIR)$(PREFIX)/share/man/man3

# These files tell file(1) and desktops about streams.
install-mime:
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,mime/packages sandprint)
	install -m 644 lib/stream/sandprint.xml $(DESTDIR)$(PREFIX)/share/mime/packages
	install -m 644 lib/stream/sandprint.magic $(DESTDIR)$(PREFIX)/share/sandprint/magic

# The dynamic loader finds a library in its search path only after ldconfig has
# run. A package's own scripts run ldconfig.
update_loader = [ -n "$(DESTDIR)" ] || PATH=$$PATH:/usr/sbin:/sbin ldconfig || \
	echo 'run ldconfig as root, so that programs find libsandprint' >&2

install: all install-library install-mime ## Install the tools, libsandprint, manuals, completions and the containers' hook (DESTDIR, PREFIX, LIBDIR, HOOKS_DIR, UNIT_DIR)
	install -d $(DESTDIR)$(PREFIX)/bin $(foreach n,1 5 7,$(DESTDIR)$(PREFIX)/share/man/man$n)
	install $(BINS) $(DESTDIR)$(PREFIX)/bin
	for runtime in runc crun; do ln -sf sp-record $(DESTDIR)$(PREFIX)/bin/sandprint-$$runtime; done
	install -m 644 $(filter %.1,$(MANS)) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(filter %.5,$(MANS)) $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 $(filter %.7,$(MANS)) $(DESTDIR)$(PREFIX)/share/man/man7
	install -d $(DESTDIR)$(HOOKS_DIR)
	sed 's|@BIN@|$(PREFIX)/bin|' sp-record/container/sandprint.json > $(DESTDIR)$(HOOKS_DIR)/sandprint.json
	install -d $(DESTDIR)$(UNIT_DIR) $(DESTDIR)$(PREFIX)/share/doc/sandprint
	sed 's|@BIN@|$(PREFIX)/bin|' sp-record/container/sandprint-nri.service > $(DESTDIR)$(UNIT_DIR)/sandprint-nri.service
	install -m 644 LICENSE bpf/LICENSE.GPL-2.0 sp-diff/workflow.yml $(DESTDIR)$(PREFIX)/share/doc/sandprint
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,$(BASH_DIR) $(ZSH_DIR) $(FISH_DIR))
	set -e; cd $(DESTDIR)$(PREFIX)/share; for tool in $(TOOLS); do \
		$(abspath $(B))/bin/$$tool --completion=bash > $(BASH_DIR)/$$tool; \
		$(abspath $(B))/bin/$$tool --completion=zsh > $(ZSH_DIR)/_$$tool; \
		$(abspath $(B))/bin/$$tool --completion=fish > $(FISH_DIR)/$$tool.fish; done
	@$(update_loader)

# Install into a temporary directory to find out which files to remove.
uninstall: all ## Remove what `make install` installs (the same DESTDIR, PREFIX, LIBDIR, HOOKS_DIR, UNIT_DIR)
	@set -e; dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; \
	$(MAKE) -s --no-print-directory install DESTDIR="$$dir"; \
	cd "$$dir"; find . ! -type d -printf '%P\0' | sed -z 's|^|$(DESTDIR)/|' | xargs -0 rm -f --; \
	rmdir --ignore-fail-on-non-empty $(addprefix $(DESTDIR)$(PREFIX)/share/,doc/sandprint sandprint)
	@$(update_loader)

# These four tools are for systems with another C library, or with none. They do
# not need libbpf.
static: ## Build the four filters without shared libraries into build/static/bin/
	@$(MAKE) --no-print-directory B=build/static CFLAGS='$(CFLAGS) -DSTATIC_BUILD' \
		LDFLAGS='-static $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc)' \
		$(patsubst %,build/static/bin/%,$(filter-out sp-record,$(TOOLS)))

rpm: ## Build RPM packages of the last commit into build/rpm/ (rpmbuild)
	@.package/rpm $(VERSION) build/rpm

deb: ## Build Debian packages of the last commit into build/deb/
	@tests/deps package
	@.package/deb $(VERSION) build/deb

IMAGE_BASE ?= debian:12-slim
image: deb ## Build a container image, sandprint:VERSION, of the Debian packages (podman; IMAGE_BASE: what it begins with)
	podman build --build-arg BASE=$(IMAGE_BASE) -t sandprint:$(VERSION) -f .package/Containerfile build/deb

check-package: test-deps ## Build the Debian packages twice, check, install and purge them in a clean root, build the container image (ten minutes)
	@tests/deps package
	@$(MAKE) --no-print-directory tests
	@BATS_TEST_TIMEOUT=1800 tests/run $(B) tests/package/package.bats

release: ## Check everything; write the archive, the packages and their SHA-256 sums into build/release/ (an hour)
	@.package/release $(VERSION) build/release

clean: ## Remove build/
	rm -rf build
