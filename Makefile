# What this project can be asked to do. Everything stays inside the clone, except that `make test`, `make lab`
# and `make bench`, run as root on Debian or Ubuntu, install the lab's system packages.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# The first interpreter that is new enough; `make PYTHON=/path/to/python3.12 setup` overrides it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
BIN := .venv/bin
TOX := $(BIN)/tox
LAB_FOLDER ?= out/lab

.PHONY: help setup demo test test-netbox test-vm lint lab lab-down bench clean system-packages

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

setup: .venv/.hecha  ## makes .venv with hecha in it: .venv/bin/hecha

demo: setup  ## audits a simulated county on loopback; the reports come to lie in out/demo
	@$(BIN)/hecha demo --out out/demo

test: setup .venv/.tox system-packages  ## lint, and every test against the built wheel; all run, each can fail it
	@$(TOX) run-parallel -q --parallel-live --parallel-no-spinner -e lint,py,oscal

test-netbox: setup .venv/.tox system-packages  ## the exchange with NetBox itself (Python 3.12 or newer, Redis, minutes)
	@HECHA_TEST_NETBOX=1 $(TOX) run -q -e py -- $(CURDIR)/tests/playbooks/test_netbox_itself.py

test-vm: setup .venv/.tox  ## remedies that hold from the next start, or of ports, on an emulated machine with Debian (root, minutes)
	@tests/lab/system-packages machine
	HECHA_TEST_VM=1 $(TOX) run -q -e py -- $(CURDIR)/tests/checks/test_remedies_started.py

lint: setup .venv/.tox  ## formatting, style, types, and which package may import which
	@$(TOX) run -q -e lint

lab: setup system-packages  ## real routers and servers in network namespaces, left up for trying (needs root)
	@$(BIN)/python tests/lab/topology.py up --folder $(LAB_FOLDER)

lab-down:  ## takes down what `make lab` left up
	@$(BIN)/python tests/lab/topology.py down --folder $(LAB_FOLDER)

bench: setup system-packages  ## speed and memory, each figure beside its limit
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python "$$script"; done

clean:  ## removes what the other targets made inside the clone
	@rm -rf .venv .tox .netbox .machine .machine.part out dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system-packages:
	@tests/lab/system-packages

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then
		echo "hecha needs Python 3.11 or newer and found: $$(python3 --version 2>&1 || true)." >&2
		echo "Install one (Debian 12, Ubuntu 24.04: apt-get install python3) or name it: make PYTHON=/path/to/python3.11 setup" >&2
		exit 2
	fi
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then
		package="$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
			apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$$package"
		else
			echo "Python's venv module is missing. Run this once, then make again: sudo apt-get install -y $$package" >&2
			exit 2
		fi
	fi
	$(PYTHON) -m venv .venv

.venv/.hecha: pyproject.toml | .venv/bin/python
	@echo "Installing hecha and its packages into .venv ..."
	$(BIN)/python -m pip install -q --editable .
	touch $@

.venv/.tox: pyproject.toml | .venv/.hecha
	@$(BIN)/python -m pip install -q 'tox>=4.22'
	touch $@
