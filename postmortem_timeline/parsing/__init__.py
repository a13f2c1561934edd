"""The vectorised machinery that formats drive: blocks of bytes in, columns out."""
