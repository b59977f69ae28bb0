"""Measurements as ratios against a floor in the same run; figures and plots go to `docs/performance.md`."""
