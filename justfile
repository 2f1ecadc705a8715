# The project's commands. `just` lists them; `just check` is the gate that every commit passes.

run := "uv run --group dev"

# list the commands
_default:
    @just --list --unsorted

# the whole gate: format, lint, types, generated files, tests (floors among them)
check: lint types generated test

# is everything formatted, and free of what ruff finds?
lint:
    {{ run }} ruff format --check --quiet .
    {{ run }} ruff check --quiet .

# do the types hold, under mypy --strict?
types:
    {{ run }} mypy

# are the generated files what the source says?
generated:
    {{ run }} python -m tools.generate --check

# the tests, on all cores; arguments go to pytest: just test tests/domain -k nick
test *ARGS:
    {{ run }} pytest -n auto {{ ARGS }}

# the fault tests at length: 200 rounds of kill -9, 200 simulated evenings, 200 more with bots, 10,000 lines for nobody,
# 10,000 hostile inputs at each request (half an hour)
faults *ARGS:
    ROOMFUL_FAULT_ROUNDS=${ROOMFUL_FAULT_ROUNDS:-200} ROOMFUL_HOSTILE=${ROOMFUL_HOSTILE:-10000} \
        {{ run }} pytest tests/faults tests/simulation tests/hub/test_hostile_requests.py {{ ARGS }}

# bring the source into form, and mend what ruff can mend
fmt:
    {{ run }} ruff format .
    {{ run }} ruff check --fix .

# write the generated files anew: schema, tables in docs/
docs:
    {{ run }} python -m tools.generate

# the web page for development, with reload, at http://127.0.0.1:5173 beside `roomful serve` (ROOMFUL_HTTP: where it runs)
web:
    {{ run }} python -m tools.web dev

# build the web page into the package; `uv run` does so by itself when web/ has changed
web-build:
    {{ run }} python -m tools.web build

# measure Roomful and its peers; writes docs/performance.md (minutes; --help lists the arguments)
bench *ARGS:
    uv run --group bench python -m bench.run {{ ARGS }}
