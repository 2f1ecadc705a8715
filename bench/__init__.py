"""The benchmark: a load generator in C (`loadgen/`), the driver (`driver/`), and what it writes (`docs/performance.md`)."""
