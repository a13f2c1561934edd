"""Postmortems that people wrote in Markdown, read as data: facts, timeline rows, marks, action items."""
