curl -fsS "$PORTAL/log/vkey" -o vkey
curl -fsS "$PORTAL/log/vkey-freshness" -o vkey-freshness
cat > tree.py <<'PY'
import base64, hashlib, json, sys

def sha(data): return hashlib.sha256(data).digest()

def root(hash, index, size, path):            # RFC 9162, 2.1.3.2
    last = size - 1
    assert 0 <= index <= last, "no such leaf"
    for sibling in path:
        assert last, "path too long"
        if index % 2 or index == last:
            hash = sha(b"\1" + sibling + hash)
            while index % 2 == 0: index, last = index // 2, last // 2
        else:
            hash = sha(b"\1" + hash + sibling)
        index, last = index // 2, last // 2
    assert last == 0, "path too short"
    return hash

def entries(part):                            # every leaf with its proof
    if isinstance(part, dict) and "proof" in part: yield part
    if isinstance(part, dict): part = list(part.values())
    for inner in part if isinstance(part, list) else []: yield from entries(inner)

if __name__ == "__main__":
    notes = set()
    for entry in entries(json.load(open(sys.argv[1]))):
        head, note = entry["proof"].split("\n\n", 1)
        _, index, *path = [line for line in head.split("\n") if not line.startswith("extra ")]
        leaf, index = base64.b64decode(entry["leaf"]), int(index.split()[1])
        size, expected = note.split("\n")[1:3]
        found = root(sha(b"\0" + leaf), index, int(size), [base64.b64decode(hash) for hash in path])
        assert index == entry["leaf_index"] and found == base64.b64decode(expected), f"entry {index}"
        notes.add(note)
        print(f"entry {index} is in the tree of {size}")
    [note] = notes                            # one checkpoint for all of them
    open("note", "w").write(note)
PY
python3 tree.py "$FILE"

ed25519() { # KEY LINE, MESSAGE, SIGNATURE
  (printf 302a300506032b6570032100 | xxd -r -p; cut -d+ -f3- "$1" | base64 -d | tail -c 32) > key.der
  openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in "$2" -sigfile "$3"
}
checkpoint() { # NOTE: signed by the log, and when it was cosigned
  sed '/^$/,$d' "$1" > text
  ORIGIN=$(sed -n 1p text)
  [ "$(cut -d+ -f1 vkey)" = "$ORIGIN" ]
  grep "^— $ORIGIN " "$1" | cut -d' ' -f3 | base64 -d | tail -c +5 > log.sig
  ed25519 vkey text log.sig
  grep "^— $ORIGIN/freshness " "$1" | cut -d' ' -f3 | base64 -d | tail -c +5 > cosignature
  COSIGNED=$((16#$(head -c 8 cosignature | xxd -p)))
  tail -c +9 cosignature > freshness.sig
  (printf 'cosignature/v1\ntime %s\n' "$COSIGNED"; cat text) > cosigned
  ed25519 vkey-freshness cosigned freshness.sig
  date -u -d "@$COSIGNED"
}
checkpoint note
