"""A login at a provider, over HTTP and TLS, at the program as it is installed."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.e2e.program import Program
from tests.oidc_provider import CLIENT, SECRET, serving

pytest.importorskip("authlib", reason="authlib is not installed")
pytest.importorskip("httpx2", reason="httpx2 is not installed")


def test_a_login_at_a_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOGWATCH_OIDC_SECRET", SECRET)
    with serving() as provider:
        config = f"""
auth:
  roles: {{front_only: [front]}}
  oidc:
    issuer: {provider.url}
    client_id: {CLIENT}
    client_secret: "{{DOGWATCH_OIDC_SECRET}}"
    label: Log in at home
    role_claim: groups
    role_map: {{front_only: [family]}}
detectors: {{instant: {{type: fixed}}}}
cameras:
  front: {{ffmpeg: {{inputs: [{{path: "synthetic://street?seed=3&fps=5&size=320x180"}}]}}}}
  back: {{ffmpeg: {{inputs: [{{path: "synthetic://street?seed=4&fps=5&size=320x180"}}]}}}}
"""
        program = Program.run(tmp_path / "data", config)
        try:
            found = program.wait(lambda: re.search(r"https://127\.0\.0\.1:\d+", program.output()), 10, "the address")
            with httpx.Client(base_url=found.group(), verify=False, timeout=30) as browser:
                assert browser.get("/api/profile").status_code == 401
                assert browser.get("/api/auth/methods").json()["oidc"] == {"label": "Log in at home"}
                begun = browser.get("/api/login/oidc")
                assert begun.headers["set-cookie"].endswith("; Secure")
                back = httpx.get(begun.headers["location"], verify=False).headers["location"]
                assert back.startswith(f"{found.group()}/api/login/oidc/callback?")
                done = browser.get(back)
                assert (done.status_code, done.headers["location"]) == (303, "/"), program.output()
                assert browser.get("/api/profile").json() == {
                    "username": "ann", "role": "front_only", "allowed_cameras": ["front"],
                }  # fmt: skip
                assert browser.get("/api/back/latest.jpg").status_code == 403
                assert browser.get(back).headers["location"] == "/login?problem=expired"
                assert browser.get("/api/logout").headers["location"].startswith(f"{provider.url}/logout?")
                assert browser.get("/api/profile").status_code == 401
            written = program.output() + "".join(
                file.read_text(errors="replace") for file in (tmp_path / "data" / "logs").rglob("*") if file.is_file()
            )
            assert "ann has logged in at the provider" in written
            assert not [
                secret for secret in (SECRET, back.partition("code=")[2], *provider.granted) if secret in written
            ]
        finally:
            assert program.stop() < 10
