"""Side-by-side benchmarks: Parley against its peers and its own targets, in one run."""
