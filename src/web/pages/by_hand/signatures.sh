curl -fsS "$PORTAL/.well-known/jwks.json" -o jwks.json
cat > signatures.py <<'PY'
import base64, hashlib, json, subprocess, sys
from tree import root, sha

def b64(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def b64text(data): return base64.urlsafe_b64encode(data).decode().rstrip("=")
def jcs(value): return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

def thumbprint(jwk):                          # RFC 7638
    members = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}[jwk["kty"]]
    return b64text(sha(jcs({name: jwk[name] for name in members})))

def der(tag, content):
    length = len(content)
    size = bytes([length]) if length < 128 else (lambda b: bytes([128 + len(b)]) + b)(length.to_bytes(-(-length.bit_length() // 8), "big"))
    return bytes([tag]) + size + content

def integer(data): return der(2, (b"\0" if data[:1] >= b"\x80" else b"") + data)

def public_key(jwk):
    if jwk["kty"] == "OKP": return bytes.fromhex("302a300506032b6570032100") + b64(jwk["x"])
    if jwk["kty"] == "EC": return bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004") + b64(jwk["x"]) + b64(jwk["y"])
    key = der(0x30, integer(b64(jwk["n"])) + integer(b64(jwk["e"])))
    return der(0x30, bytes.fromhex("300d06092a864886f70d0101010500") + der(3, b"\0" + key))

def verify(jwk, message, signature):          # by openssl
    if jwk["kty"] == "EC":                    # r and s, as DER
        signature = der(0x30, b"".join(integer(half.lstrip(b"\0") or b"\0") for half in (signature[:32], signature[32:])))
    for name, data in ("key.der", public_key(jwk)), ("message", message), ("signature", signature):
        open(name, "wb").write(data)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin", "-in", "message", "-sigfile", "signature"]
    subprocess.run(command + ([] if jwk["kty"] == "OKP" else ["-digest", "sha256"]), check=True, stdout=subprocess.DEVNULL)

def check(entry, keys):                       # commitment and signatures of one signed object
    jws, leaf = entry["jws"], base64.b64decode(entry["leaf"])
    payload = json.loads(b64(jws["payload"]))
    facts = jcs({name: value for name, value in payload.items() if name not in ("_sd", "_sd_alg")})
    signed = jws["payload"] + "".join(f".{s['protected']}.{s['signature']}" for s in jws["signatures"])
    digest = sha(signed.encode())
    commitment = sha(b"hocba/commitment/v1\n" + leaf[1:2] + b64(entry["blind"]) + len(facts).to_bytes(4, "big") + facts + digest)
    assert commitment == leaf[18:], "not what the leaf commits to"
    for s in jws["signatures"]:
        key = keys[json.loads(b64(s["protected"]))["kid"]]
        verify(key, f"{s['protected']}.{jws['payload']}".encode(), b64(s["signature"]))
    for disclosure in jws["signatures"][0].get("header", {}).get("disclosures", []):
        assert b64text(sha(disclosure.encode())) in payload["_sd"], "a group that was not signed"
    return payload, digest

evidence = json.load(open(sys.argv[1]))
roots = json.load(open("jwks.json"))["keys"]
for sheet in evidence["evidence"]:
    keys = {thumbprint(key): key for key in roots if key["role"] == "root"}
    for grant in sorted(sheet["keys"], key=lambda grant: grant["leaf_index"]):
        granted, _ = check(grant, keys)
        keys[thumbprint(granted["jwk"])] = granted["jwk"]
    manifest, _ = check(sheet["package"]["manifest"], keys)
    claims, digest = check(sheet["sheet"], keys)
    path = [b64(hash) for hash in sheet["package"]["path"]]
    line = root(sha(b"\0\3" + digest), sheet["package"]["line"] - 2, manifest["lines"], path)
    assert b64text(line) == manifest["root"], "not a line of this package"
    print(f"{claims['namhoc']}: signed by {len(sheet['sheet']['jws']['signatures'])} granted keys, line {sheet['package']['line']} of package {manifest['sequence']}")
PY
python3 signatures.py "$FILE"
