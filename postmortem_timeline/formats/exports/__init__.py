"""Nested exports that need code: one module a format, its samples (`name.sample.json`) and their events beside it."""
