# `make up` brings everything up, `make test` proves it; `make help` lists the rest.
# STACK=NAME names the stack (default: local, on the lab); CONTEXT=NAME a context of your kubeconfig.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A context's name may be a path or an ARN; a stack's may not.
STACK ?= $(if $(CONTEXT),$(subst /,-,$(subst :,-,$(CONTEXT))),local)
PYTHON := .venv/bin/python
SHELL_SCRIPTS := scripts/stack scripts/github-report examples/teams/run .ci/run
UNIT_PROGRAMS := $(addprefix tests/unit/,components test_main.py test_gke_graph.py)
UNIT_PROCESSES := $(addprefix tests/unit/,lab environments)
CODE := __main__.py settings components checks environments policy render lab bench scripts tests

.PHONY: help setup lab up preview render checks down example example-down unit unit-programs unit-processes unit-rest lint test lab-test bench

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

setup: .venv/.installed ## the Python environment, from requirements-dev.txt

.venv/.installed: requirements.txt requirements-dev.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

lab: setup ## only the lab: a one-node Kubernetes on this machine (Linux, root)
	$(PYTHON) -m lab up

up: setup ## lab (or CONTEXT), the stack, and the post's two checks
	scripts/stack up $(STACK) $(CONTEXT)

preview: setup ## what `make up` would change, as a diff
	scripts/stack preview $(STACK) $(CONTEXT)

render: setup ## the whole environment as plain YAML, to OUT (default: build/render/STACK); needs no cluster
	OUT='$(OUT)' scripts/stack render $(STACK)

checks: setup ## the post's two checks against a stack that is up
	scripts/stack checks $(STACK)

down: setup ## destroy the stack, and the lab with the stack `local`
	scripts/stack down $(STACK)

example: setup ## two teams, one of them with a canary, on the lab (or CONTEXT); see docs/migration.md
	examples/teams/run up $(CONTEXT)

example-down: setup ## the end of the example, and of the lab with it
	examples/teams/run down $(CONTEXT)

# Side by side, parted by what they import: a program under mocks needs two SDKs, the lab's tests wait for processes.
unit: setup ## unit tests: seconds, no cluster
	@$(MAKE) --no-print-directory --jobs=3 --keep-going --output-sync unit-programs unit-processes unit-rest

# Where Python is told to write no bytecode, as in many containers, each run would compile every test.
unit-%: export PYTHONDONTWRITEBYTECODE :=

unit-programs:
	$(PYTHON) -m pytest --quiet $(UNIT_PROGRAMS)

unit-processes:
	$(PYTHON) -m pytest --quiet $(UNIT_PROCESSES)

unit-rest:
	$(PYTHON) -m pytest --quiet tests/unit $(addprefix --ignore=,$(UNIT_PROGRAMS) $(UNIT_PROCESSES))

# Built with the compiler that builds the toolchain: from the PATH, or from PyPI where there is none.
.venv/bin/actionlint: .venv/.installed lab/go/actionlint/go.sum
	"$$($(PYTHON) -m lab compiler)" build -C lab/go/actionlint -o $(CURDIR)/$@ github.com/rhysd/actionlint/cmd/actionlint

lint: setup .venv/bin/actionlint ## ruff, mypy, shellcheck, actionlint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy $(CODE)
	.venv/bin/shellcheck $(SHELL_SCRIPTS)
	.venv/bin/actionlint -shellcheck .venv/bin/shellcheck

lab-test: setup ## the stack on a lab of its own (slot 1), for real
	$(PYTHON) -m lab toolchain
	$(PYTHON) -m pytest tests/lab

test: lint unit lab-test ## everything

bench: setup ## the figures of docs/figures.md, side by side; needs wrk (apt-get install wrk)
	$(PYTHON) -m bench.preview
	$(PYTHON) -m bench.stages
	$(PYTHON) -m bench.extra_hop
	$(PYTHON) -m bench.weight_change
	$(PYTHON) -m bench.scale --picture build/scale.svg
	scripts/stack up local
	eval "$$($(PYTHON) -m lab env)" && GOGC=400 $(PYTHON) -m bench.up_against_kubectl
