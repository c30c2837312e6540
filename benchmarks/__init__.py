"""Every figure that the README quotes, measured beside its peers: `python -m benchmarks`."""
