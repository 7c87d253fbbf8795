MENDS: dict[str, str] = {}
