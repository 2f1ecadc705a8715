"""Asking: one function a question. What one may read is decided in `readable`, and nowhere else."""
