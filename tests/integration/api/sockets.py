"""How tests reach WebSockets."""

from dogwatch.testing.app import Nvr


def at(url: str, path: str) -> str:
    return url.replace("http", "ws", 1) + path


def bearer(app: Nvr, user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {app.token(user)}"}
