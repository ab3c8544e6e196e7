"""A passkey in software: it answers what a page asks a browser for, as an authenticator with a PIN would."""

import json
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

ORIGIN = "http://testserver"
PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    def __init__(self, flags: int = PRESENT_AND_VERIFIED) -> None:
        self.key, self.id, self.flags = ec.generate_private_key(ec.SECP256R1()), token_bytes(16), flags
        self.user_handle = b""

    def make(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.create` hands to the script."""
        asked = options["publicKey"]
        self.user_handle = websafe_decode(asked["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        about = self._data(asked["rp"]["id"], self.flags | AuthenticatorData.FLAG.AT, data)
        client = self._client("webauthn.create", asked)
        made = {"clientDataJSON": client, "attestationObject": AttestationObject.create("none", about, {})}
        return self._answer(made, {"credProps": {"rk": True}})

    def use(self, options: dict[str, Any]) -> str:
        """What `navigator.credentials.get` hands to the script."""
        asked = options["publicKey"]
        client, about = self._client("webauthn.get", asked), self._data(asked["rpId"], self.flags)
        signature = self.key.sign(about + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        made = {"clientDataJSON": client, "authenticatorData": about, "signature": signature}
        return self._answer({**made, "userHandle": self.user_handle}, {})

    def _client(self, kind: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(asked["challenge"]), ORIGIN)

    def _data(self, site: str, flags: int, data: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData.create(sha256(site.encode()).digest(), flags, 0, data)

    def _answer(self, made: dict[str, bytes], extensions: dict[str, Any]) -> str:
        name = websafe_encode(self.id)
        response = {key: websafe_encode(value) for key, value in made.items()}
        facts = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**facts, "clientExtensionResults": extensions})
