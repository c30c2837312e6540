WRONG: list[tuple[str, str, str]] = []
