"""An identity provider on a port of this machine: its document, its keys, a page to sign in, the exchange of codes."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = [
    json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "k1", "use": "sig"},
    json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key())) | {"kid": "e1", "use": "sig"},
]
SECRET = "the secret of the client"
PAGE = """<!doctype html><html lang="en"><title>The provider</title><main><h1>Who are you?</h1>
<form action="/agreed">{}<button>Log in</button></form></main></html>"""
Answer = tuple[int, bytes, dict[str, str]]


@dataclass
class IdentityProvider:
    """What it answers and what it was asked. ``claims`` change those of the next tokens; with ``answers`` an address
    answers that; no address of keys answers before ``open`` is set.
    """

    issuer: str = "https://id.example"
    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    keys: bytes = field(default_factory=lambda: json.dumps({"keys": KEYS}).encode())
    open: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    times: dict[str, int] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    exchanges: list[dict[str, str]] = field(default_factory=list)

    def token(self, header: dict[str, Any] | None = None, key: Any = RSA_KEY, **changes: Any) -> str:
        """A token; a claim that is None is left out."""
        moment, told = datetime.now(UTC), {"alg": "RS256", "kid": "k1"} | (header or {})
        claims = {"iss": self.issuer, "aud": "vaiven", "sub": "42", "email": "gt@example.org"}
        claims |= {"email_verified": True, "iat": moment, "exp": moment + timedelta(minutes=5), **changes}
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, key, told["alg"], headers=told)

    def answer(self, path: str, asked: dict[str, str], authorization: str) -> Answer:
        """What an address answers: status, content, headers."""
        self.times[path] = self.times.get(path, 0) + 1
        if path == "/keys":
            self.asked.set()
            self.open.wait()
        if path in self.answers:
            return self.answers[path]
        known = {
            "/.well-known/openid-configuration": lambda: _json(self.document()),
            "/keys": lambda: (200, self.keys, {}),
            "/favicon.ico": lambda: (204, b"", {}),
            "/login": lambda: _page(asked),
            "/agreed": lambda: self._agreed(asked),
            "/token": lambda: self._exchanged(asked, authorization),
        }
        return known.get(path, lambda: (404, b"", {}))()

    def document(self, **changes: Any) -> dict[str, Any]:
        """What it says of itself."""
        told = {"authorization_endpoint": "login", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{name: f"{self.address}/{path}" for name, path in told.items()}, **changes}

    def _agreed(self, asked: dict[str, str]) -> Answer:
        code = secrets.token_hex(8)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return 303, b"", {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"}

    def _exchanged(self, asked: dict[str, str], authorization: str) -> Answer:
        """A token for a code, once, as RFC 6749 (4.1.3) and RFC 7636 (4.6) ask for."""
        self.exchanges.append(asked)
        basic = base64.b64encode(f"vaiven:{SECRET}".encode()).decode()
        if authorization != f"Basic {basic}":
            return _json({"error": "invalid_client"}, 401)
        begun = self.codes.pop(asked["code"], {})
        hashed = hashlib.sha256(asked["code_verifier"].encode()).digest()
        shown = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        same = (asked["redirect_uri"], shown) == (begun.get("redirect_uri"), begun.get("code_challenge"))
        if not same or begun["code_challenge_method"] != "S256":
            return _json({"error": "invalid_grant"}, 400)
        token = self.token(**{"nonce": begun["nonce"], **self.claims})
        return _json({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})


Made = TypeVar("Made", bound=IdentityProvider)


def _json(content: Any, status: int = 200) -> Answer:
    return status, json.dumps(content).encode(), {"Content-Type": "application/json"}


def _page(asked: dict[str, str]) -> Answer:
    hidden = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in asked.items())
    return 200, PAGE.format(hidden).encode(), {"Content-Type": "text/html"}


@contextmanager
def running(made: Made) -> Iterator[Made]:
    """Let a provider answer; without an issuer it is its own."""

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._send(made.answer(parts.path, dict(parse_qsl(parts.query)), ""))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(made.answer(self.path, dict(parse_qsl(content)), self.headers.get("Authorization", "")))

        def _send(self, answer: Answer) -> None:
            status, content, headers = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_port}"
    made.issuer = made.issuer or made.address
    made.open.set()
    try:
        yield made
    finally:
        made.open.set()
        server.shutdown()
        server.server_close()
