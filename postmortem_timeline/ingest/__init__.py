"""Where bytes come from: found, unpacked, decoded, recognised, cut into blocks, and quoted again."""
