"""Vaivén's engine: matches seasonal workers to job orders under bilateral agreements, provably well."""
