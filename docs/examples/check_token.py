#!/usr/bin/env python3
"""Checks the QR of a shared copy without asking the portal.

    pip install pycose==1.1.0 cbor2==6.3.0
    curl -s https://<HOST>/.well-known/jwks.json > jwks.json
    python3 check_token.py jwks.json 'HTTPS://<HOST>/V/…#1.…'

Prints what the token says. Exit code 0: signed by the portal for this code; 1: not. Whether the copy was voided or its
sheets were withdrawn since, only the portal can say.
"""

import base64
import hashlib
import json
import sys

import cbor2
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message

KID = 4
EXP, IAT, CTI, SHEETS, COPY = 4, 6, 7, -70001, -70002


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def thumbprint(jwk):
    """RFC 7638, of an Ed25519 key."""
    members = {name: jwk[name] for name in ("crv", "kty", "x")}
    text = json.dumps(members, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).digest()


def read(qr):
    """The code in the URL and the COSE_Sign1 in its fragment."""
    url, _, token = qr.partition("#")
    version, _, text = token.partition(".")
    if version != "1":
        raise ValueError("not a token of version 1")
    return bytes.fromhex(url.rsplit("/", 1)[1]), base64.b32decode(text + "=" * (-len(text) % 8))


def check(jwks, qr):
    code, cose = read(qr)
    # Untagged: most libraries have another call for it, or want the tag 18 (0xd2) in front.
    message = Sign1Message.from_cose_obj(list(cbor2.loads(cose)), True)
    kid = cbor2.loads(message.phdr_encoded)[KID]
    for jwk in jwks["keys"]:
        if jwk.get("crv") == "Ed25519" and thumbprint(jwk)[:4] == kid:
            message.key = OKPKey(crv=Ed25519, x=b64url(jwk["x"]))
            if message.verify_signature():
                claims = cbor2.loads(message.payload)
                if claims[CTI] != code:
                    raise ValueError("the token is for another code")
                return claims
    raise ValueError("not signed by a key of the portal")


def main(jwks_file, qr):
    with open(jwks_file, encoding="utf-8") as file:
        jwks = json.load(file)
    try:
        claims = check(jwks, qr)
    except Exception as fault:  # whatever is wrong with it, it is not to be trusted
        print(f"not genuine: {fault}", file=sys.stderr)
        return 1
    json.dump(
        {
            "code": claims[CTI].hex(),
            "issued_at": claims[IAT],
            "discloses_until": claims[EXP],
            "sheets": claims[SHEETS].hex(),
            "copy": claims[COPY].hex(),
        },
        sys.stdout,
    )
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
