#!/usr/bin/env python3
"""Makes two packages with an ordinary JOSE library, as docs/package-format.md says.

    pip install joserfc zstandard
    python make_package.py OUT_DIR

writes root.jwk (what the portal pins), bo-1.hbp (the ministry grants a province its key) and
24-1.hbp (the province grants a school its two keys and hands in one sheet). Check them with

    hocba package check --root OUT_DIR/root.jwk OUT_DIR/bo-1.hbp OUT_DIR/24-1.hbp

The head signs with ES256, everybody else with Ed25519. Every key is made afresh; nothing here is a
real person, and the identification number starts with 003, which is no province's.
"""

import base64
import hashlib
import json
import secrets
import sys
import unicodedata
import uuid
from pathlib import Path

import zstandard
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey

# Kinds of lines in the Merkle tree.
KINDS = {"hocba-key": 1, "hocba-sheet": 3, "hocba-status": 4, "hocba-backfill": 5}
COUNTERS = {"hocba-key": "keys", "hocba-sheet": "sheets", "hocba-status": "statuses", "hocba-backfill": "backfills"}


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def to_json(value) -> bytes:
    """UTF-8, NFC, no white space. Any order of members will do; the bytes that are signed are kept."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


# --- signed objects -------------------------------------------------------------------------------


def public_jwk(key) -> dict:
    """The public members and nothing else: no kid, use or alg."""
    return {name: value for name, value in key.as_dict(private=False).items() if name in ("crv", "kty", "x", "y")}


def sign(typ: str, payload, keys: list) -> dict:
    """A JWS in general JSON serialization, one signature by each key, in this order."""
    members = []
    for key in keys:
        # EdDSA is accepted too: the name Ed25519 (RFC 9864) is not known to every library yet.
        alg = "ES256" if isinstance(key, ECKey) else "Ed25519"
        # kid is the RFC 7638 thumbprint. No other members, but x5t#S256 where the grant has one.
        members.append({"protected": {"alg": alg, "kid": key.thumbprint(), "typ": typ}})
    payload = to_json(payload)
    signed = {"payload": b64(payload), "signatures": []}
    for member, key in zip(members, keys):
        one = jws.serialize_json([member], payload, key, algorithms=["Ed25519", "ES256"])
        signed["signatures"].append({name: one["signatures"][0][name] for name in ("protected", "signature")})
    return signed


def signed_digest(signed: dict) -> bytes:
    """SHA-256 of the signed bytes: payload, then .protected.signature for each signature."""
    text = signed["payload"] + "".join(f".{s['protected']}.{s['signature']}" for s in signed["signatures"])
    return hashlib.sha256(text.encode()).digest()


# --- sheets ---------------------------------------------------------------------------------------


def sign_sheet(claims: dict, groups: dict, head, institution) -> dict:
    """Puts each group behind a salted digest, then head and institution sign the claims."""
    disclosures = [b64(to_json([b64(secrets.token_bytes(16)), name, value])) for name, value in groups.items()]
    # Sorted, so that the order does not tell which group is which.
    digests = sorted(b64(hashlib.sha256(d.encode()).digest()) for d in disclosures)
    signed = sign("hocba-sheet", {**claims, "_sd": digests, "_sd_alg": "sha-256"}, [head, institution])
    signed["signatures"][0]["header"] = {"disclosures": disclosures}
    return signed


# --- packages -------------------------------------------------------------------------------------


def typ_of(signed: dict) -> str:
    protected = signed["signatures"][0]["protected"]
    return json.loads(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))["typ"]


def merkle_root(hashes: list) -> bytes:
    """RFC 6962 §2.1 over leaf hashes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    left, right = merkle_root(hashes[:middle]), merkle_root(hashes[middle:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def write_package(path: Path, key, lines: list, **manifest) -> None:
    """One zstd frame: the signed manifest, then the lines, each ended by a line feed."""
    counts = dict.fromkeys(COUNTERS.values(), 0)
    hashes = []
    for line in lines:
        typ = typ_of(line)
        counts[COUNTERS[typ]] += 1
        hashes.append(hashlib.sha256(b"\x00" + bytes([KINDS[typ]]) + signed_digest(line)).digest())
    payload = {
        "version": 1,
        "schema": 1,
        **manifest,
        "lines": len(lines),
        "counts": counts,
        "root": b64(merkle_root(hashes)),
    }
    signed = sign("hocba-manifest", payload, [key])
    text = b"".join(to_json(line) + b"\n" for line in [signed, *lines])
    path.write_bytes(zstandard.ZstdCompressor(level=3, write_checksum=True).compress(text))
    print(f"{path}: {len(lines)} lines, digest {b64(signed_digest(signed))}")


# --- the example ----------------------------------------------------------------------------------

PROVINCE = {"matinh": "24", "vintage": "2025-07-01", "tentinh": "Bắc Ninh"}
SCHOOL = {"matruong": "24000701", "tentruong": "Trường Trung học cơ sở Thử Nghiệm"}


def grant(key, holder: dict, role: str, by) -> dict:
    return sign(
        "hocba-key",
        {
            "action": "grant",
            "version": 1,
            "holder": holder,
            "role": role,
            "jwk": public_jwk(key),
            "valid_from": "2025-07-01T00:00:00+07:00",
            "valid_to": "2030-06-30T23:59:59+07:00",
            "issued_at": "2026-05-04T08:00:00+07:00",
        },
        [by],
    )


def example_sheet(head, institution) -> dict:
    claims = {
        "version": 1,
        "madinhdanhhocba": uuid.uuid4().hex,
        "idbanghi": uuid.uuid4().hex,
        "macaphoc": "03",
        "thongtu": "22/2021",
        "namhoc": "2025-2026",
        "makhoi": "06",
        "province": PROVINCE,
        "matruong": SCHOOL["matruong"],
        "frozen_at": "2026-05-29T16:30:00+07:00",
        "effective_from": "2026-05-29",
        "trichluc": False,
    }
    groups = {
        "name": {"hovaten": "Đỗ Thị Ví Dụ", "gioitinh": "2", "ngaythangnamsinh": "2014-03-09"},
        "identity": {"sodinhdanh": "003314000009", "mahocsinh": "24-0009"},
        "staff": {
            "tengiamhieu": "Vũ Thị Thử",
            "chucvugiamhieu": "Hiệu trưởng",
            "tengvcn": "Lê Văn Ví",
            "tenlop": "6A",
            "tentruong": SCHOOL["tentruong"],
            "diadanhphathanh": "Bắc Ninh",
            "ngaykyphathanh": "2026-05-29",
        },
        "results": {
            # Marks are text: floating-point numbers are refused everywhere.
            "monhoc": [
                {
                    "mamonhoc": "TOA",
                    "tenmonhoc": "Toán",
                    "diemhocky1": "8.0",
                    "diemhocky2": "8.5",
                    "diemcanam": "8.3",
                },
                {
                    "mamonhoc": "GTC",
                    "tenmonhoc": "Giáo dục thể chất",
                    "diemhocky1": "Đ",
                    "diemhocky2": "Đ",
                    "diemcanam": "Đ",
                },
            ],
            "duoclenlop": True,
        },
        "comments": {"nxetgvcn": "Chăm chỉ, hoà đồng với bạn bè."},
    }
    return sign_sheet(claims, groups, head, institution)


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    root, province, institution = (OKPKey.generate_key("Ed25519") for _ in range(3))
    head = ECKey.generate_key("P-256")
    (out / "root.jwk").write_bytes(to_json(public_jwk(root)) + b"\n")

    predecessors = [{"matinh": "24", "vintage": "2004-07-08"}, {"matinh": "27", "vintage": "2004-07-08"}]
    holder = {"type": "province", "province": PROVINCE, "predecessors": predecessors}
    common = {"namhoc": "2025-2026", "window": "completed", "sequence": 1, "previous": None}
    write_package(
        out / "bo-1.hbp",
        root,
        [grant(province, holder, "province", root)],
        **common,
        expected_enrolment=0,
        created_at="2026-05-04T09:00:00+07:00",
    )

    school = {"type": "school", "province": PROVINCE, **SCHOOL, "macaphoc": ["03"]}
    lines = [
        grant(head, school, "head", province),
        grant(institution, school, "institution", province),
        example_sheet(head, institution),
    ]
    write_package(
        out / "24-1.hbp",
        province,
        lines,
        province=PROVINCE,
        **common,
        expected_enrolment=1,
        created_at="2026-06-25T10:00:00+07:00",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
