"""The table of promises: `OPENBLAS_NUM_THREADS=1 PYTHONPATH=.:tests python -m benchmarks`."""

from benchmarks.measuring import table

for line in table():
    print(line, flush=True)
